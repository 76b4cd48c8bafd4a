"""Some pairs as tensors."""

from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kiosk.model.spec import MASKS, SEEN
from kiosk.training.pairs import Pairs


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What a network is given, and what it should answer."""

    landmarks: Tensor  # (N, 478, 3)
    given: Tensor  # (N, GIVEN, WORKING, WORKING) from `Generator.look`
    below: Tensor  # (N, 3, RESOLUTION, RESOLUTION), 0 to 1: the rig's picture
    cover: Tensor  # (N, 1, RESOLUTION, RESOLUTION), 0 to 1: of the rig's own paint in it
    photographed: Tensor  # (N, 1, 1, 1) 1 where light is to be learnt; else the rig knows it
    picture: Tensor  # (N, 3, RESOLUTION, RESOLUTION), 0 to 1
    seams: Tensor  # (N, 1, RESOLUTION, RESOLUTION), 0 to 1
    counts: Tensor  # (N, 1, RESOLUTION, RESOLUTION), 0 to 1: where the picture is to be met

    @classmethod
    def take(cls, pairs: Pairs, index: NDArray[np.intp], device: torch.device) -> "Batch":
        """Read and convert the pairs with these numbers."""
        index = np.sort(index)

        def real(column: NDArray[np.float16]) -> Tensor:
            return torch.from_numpy(np.array(column[index])).to(device).float()

        def unit(values: NDArray[np.uint8]) -> Tensor:
            return torch.from_numpy(np.ascontiguousarray(values)).to(device).float() / 255

        def colours(column: NDArray[np.uint8]) -> Tensor:  # mixed orders in memory are slow
            return unit(column[index].transpose(0, 3, 1, 2))

        return cls(
            landmarks=torch.from_numpy(np.array(pairs.landmarks[index])).to(device),
            given=real(pairs.given).permute(0, 3, 1, 2),
            below=colours(pairs.below),
            cover=unit(pairs.cover[index])[:, None],
            photographed=torch.from_numpy(pairs.photographed[index])
            .to(device)
            .float()[:, None, None, None],
            picture=colours(pairs.frame),
            seams=unit(pairs.seams[index])[:, None],
            counts=unit(pairs.counts[index])[:, None],
        )

    @classmethod
    def join(cls, *batches: "Batch") -> "Batch":
        """Several as one."""
        columns = ([getattr(batch, field.name) for batch in batches] for field in fields(cls))
        return cls(*(torch.cat(column) for column in columns))

    @property
    def masks(self) -> Tensor:
        """Of mouth, eyes and irises: (N, MASKS, WORKING, WORKING), 0 to 1."""
        return self.given[:, SEEN - MASKS : SEEN]

    def without_drawn(self) -> "Batch":
        """The same, but that what the rig has painted counts no more."""
        return replace(self, counts=self.counts * (1 - self.cover))
