"""What learning must know of artworks besides the moments: how they hang, where the heads are."""

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from kiosk.face import CHIN
from kiosk.messages import Floats
from kiosk.model.layers import border_window
from kiosk.model.spec import RESOLUTION, draw_masks
from kiosk.puppet.figure import Figure

_BELOW_CHIN = 0.04  # canvas units that still are head
_MARGIN = np.ones((47, 47), np.uint8)


class TrainingCanvas(nn.Module):
    """Artworks at rest.

    Args:
        figures: the canvases of N artworks: one for each moment, or one alone for all.
    """

    picture: Tensor  # (N, 3, RESOLUTION, RESOLUTION) as they hang, 0 to 1
    masks: Tensor  # (N, MASKS, WORKING, WORKING) of their landmarks, 0 to 1
    landmarks: Tensor  # (N, 478, 3) neutral, canvas coordinates
    head: Tensor  # (N, 1, RESOLUTION, RESOLUTION) where it is, with a margin
    slope: Tensor  # (N, 3, 1, 1) how their colours follow light
    window: Tensor  # (1, 1, RESOLUTION, RESOLUTION) 0 at the border, where nothing may change

    def __init__(self, *figures: Figure) -> None:
        super().__init__()
        small = [figure.at(RESOLUTION) for figure in figures]
        masks = [draw_masks(figure.landmarks) for figure in figures]
        landmarks = torch.from_numpy(np.stack([figure.landmarks for figure in figures]))
        heads = [_find_head(figure) for figure in small]
        picture = torch.from_numpy(np.stack([figure.artwork for figure in small]))
        self.register_buffer("picture", picture.permute(0, 3, 1, 2) / 255)
        self.register_buffer("masks", torch.from_numpy(np.stack(masks)).float() / 255)
        self.register_buffer("landmarks", landmarks)
        self.register_buffer("head", torch.from_numpy(np.stack(heads))[:, None])
        slopes = torch.from_numpy(np.stack([figure.slope for figure in figures]))
        self.register_buffer("slope", slopes[..., None, None])
        self.register_buffer("window", border_window(RESOLUTION))


def _find_head(figure: Figure) -> Floats:
    """The sitter down to the chin, and a margin: (RESOLUTION, RESOLUTION), 0 or 1."""
    rows = (np.arange(RESOLUTION) + 0.5) / RESOLUTION * 2 - 1
    head = (figure.matte > 0.5) & (rows < figure.landmarks[CHIN, 1] + _BELOW_CHIN)[:, None]
    return cv2.dilate(head.astype(np.uint8), _MARGIN).astype(np.float32)
