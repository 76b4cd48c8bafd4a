"""Some pairs as tensors."""

from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kiosk.model.generator import Moment
from kiosk.model.spec import draw_masks
from kiosk.training.pairs import Pairs


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What a network is given, and what it should answer."""

    landmarks: Tensor  # (N, 478, 3)
    flow: Tensor  # (N, 2, RESOLUTION, RESOLUTION)
    light: Tensor  # (N, 1, RESOLUTION, RESOLUTION)
    masks: Tensor  # (N, MASKS, WORKING, WORKING), 0 to 1
    drawn: Tensor  # (N, 4, RESOLUTION, RESOLUTION), 0 to 1: the rig's paint and its cover
    picture: Tensor  # (N, 3, RESOLUTION, RESOLUTION), 0 to 1
    seams: Tensor  # (N, 1, RESOLUTION, RESOLUTION), 0 to 1
    counts: Tensor  # (N, 1, RESOLUTION, RESOLUTION), 0 to 1: where the picture is to be met

    @classmethod
    def take(cls, pairs: Pairs, index: NDArray[np.intp], device: torch.device) -> "Batch":
        """Read and convert the pairs with these numbers."""
        index = np.sort(index)

        def real(column: NDArray[np.float16]) -> Tensor:
            return torch.from_numpy(np.array(column[index], np.float32)).to(device)

        def unit(column: NDArray[np.uint8]) -> Tensor:
            return torch.from_numpy(np.array(column[index], np.float32)).to(device) / 255

        landmarks = np.array(pairs.landmarks[index])
        masks = np.stack([draw_masks(face) for face in landmarks])
        return cls(
            landmarks=torch.from_numpy(landmarks).to(device),
            masks=torch.from_numpy(masks).to(device).float() / 255,
            drawn=unit(pairs.drawn).permute(0, 3, 1, 2).contiguous(),
            picture=unit(pairs.frame).permute(0, 3, 1, 2).contiguous(),
            flow=real(pairs.flow),
            light=real(pairs.light),
            seams=unit(pairs.seams)[:, None],
            counts=unit(pairs.counts)[:, None],
        )

    @classmethod
    def join(cls, *batches: "Batch") -> "Batch":
        """Several as one."""
        columns = ([getattr(batch, field.name) for batch in batches] for field in fields(cls))
        return cls(*(torch.cat(column) for column in columns))

    def moment(self) -> Moment:
        """What the network is given of it."""
        return Moment(self.landmarks, self.flow, self.light, self.drawn, self.masks)

    def without_drawn(self) -> "Batch":
        """The same, but that what the rig has painted counts no more."""
        return replace(self, counts=self.counts * (1 - self.drawn[:, 3:]))
