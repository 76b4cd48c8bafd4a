"""The display's composition in torch, differentiable: layers over artworks to pictures.

The twin of the gallery's shader at the generator's resolution. The artwork is kept at twice that
resolution and sampled twice a pixel, nearly as the puppet does: it is worth several decibels.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kiosk.messages import Floats
from kiosk.model.generator import Sitter
from kiosk.model.layers import border_window, canvas_grid, over, warp
from kiosk.model.spec import RESOLUTION, draw_masks
from kiosk.puppet.figure import SIZE, Figure
from kiosk.training.losses import head_mask


class TrainingCanvas(nn.Module):
    """Artworks' textures, and the pictures that layers make of them.

    Args:
        figures: the canvases of N artworks: one for each moment, or one alone for all.
    """

    artwork: Tensor
    plate: Tensor
    grid: Tensor
    window: Tensor
    slope: Tensor

    landmarks: Tensor
    head: Tensor  # (N, 1, RESOLUTION, RESOLUTION) where it is at rest, with a margin

    def __init__(self, *figures: Figure) -> None:
        super().__init__()
        mattes = torch.from_numpy(np.stack([figure.matte for figure in figures]))[:, None]
        colours = _images([figure.artwork for figure in figures])
        self.register_buffer("artwork", torch.cat([colours, mattes], 1))  # (N, 4, SIZE, SIZE)
        plates = F.avg_pool2d(_images([figure.plate for figure in figures]), SIZE // RESOLUTION)
        self.register_buffer("plate", plates)  # (N, 3, RESOLUTION, RESOLUTION)
        self.register_buffer("grid", canvas_grid(RESOLUTION))
        self.register_buffer("window", border_window(RESOLUTION))
        slopes = torch.from_numpy(np.stack([figure.slope for figure in figures]))
        self.register_buffer("slope", slopes[..., None, None])  # (N, 3, 1, 1)
        landmarks = torch.from_numpy(np.stack([figure.landmarks for figure in figures]))
        self.register_buffer("landmarks", landmarks)  # (N, 478, 3) neutral, canvas coordinates
        self.register_buffer("head", head_mask(landmarks, self.matte()))

    def matte(self) -> Tensor:
        """(N, 1, RESOLUTION, RESOLUTION)."""
        return F.avg_pool2d(self.artwork[:, 3:4], SIZE // RESOLUTION)

    def at_rest(self) -> tuple[Tensor, Tensor]:
        """The artworks as they hang, (N, 3, RESOLUTION, RESOLUTION), and their masks."""
        masks = [draw_masks(landmarks) for landmarks in self.landmarks.cpu().numpy()]
        picture = F.avg_pool2d(self.artwork[:, :3], SIZE // RESOLUTION)
        return picture, torch.from_numpy(np.stack(masks)).to(picture) / 255

    def sitter(self, adaptive: Tensor | None = None) -> Sitter:
        """What the generator is told of the artworks."""
        artwork = F.avg_pool2d(self.artwork, SIZE // RESOLUTION)
        return Sitter(artwork, self.plate, self.slope, self.landmarks.flatten(1), adaptive)

    def compose(
        self,
        flow: Tensor,
        light: Tensor,
        paint: Tensor,
        cover: Tensor,
        *,
        drawn: Tensor | None = None,
        samples: int = 2,
    ) -> Tensor:
        """Picture (N, 3, RESOLUTION, RESOLUTION), 0 to 1.

        Args:
            flow: (N, 2, RESOLUTION, RESOLUTION) canvas units.
            light: (N, 1, RESOLUTION, RESOLUTION) change of log luminance.
            paint: (N, 3, RESOLUTION, RESOLUTION), 0 to 1.
            cover: (N, 1, RESOLUTION, RESOLUTION), 0 to 1.
            drawn: (N, 4, RESOLUTION, RESOLUTION) paint and cover that lie below, 0 to 1.
            samples: of the artwork in each pixel: 2 while learning, 4 as the puppet takes them.
        """
        moved = [warp(self.artwork, flow, self.grid + shift) for shift in self._places(samples)]
        figure = torch.stack(moved).mean(0)
        lit = figure[:, :3] * torch.exp(light * self.slope)
        figure = torch.cat([lit, figure[:, 3:]], 1)
        picture = over(figure, self.plate)
        if drawn is not None:
            picture = picture * (1 - drawn[:, 3:]) + drawn[:, :3] * drawn[:, 3:]
        return picture * (1 - cover) + paint * cover

    def _places(self, samples: int) -> Tensor:
        """Where in a pixel the artwork is sampled: (samples, 2), its corners' middles."""
        corners = torch.tensor([(-1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (1.0, -1.0)])
        return corners[:samples].to(self.grid) * (0.5 / RESOLUTION)


def _images(pixels: list[Floats]) -> Tensor:
    """N of (H, W, 3), 0 to 255, to (N, 3, H, W), 0 to 1."""
    return torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2) / 255
