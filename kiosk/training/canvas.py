"""The display's composition in torch, differentiable: layers over one artwork to a picture.

The twin of the gallery's shader at the generator's resolution. The artwork is kept at twice that
resolution and sampled twice a pixel, nearly as the puppet does: it is worth several decibels.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kiosk.messages import Floats
from kiosk.model.layers import canvas_grid, over, warp
from kiosk.model.spec import RESOLUTION, WORKING
from kiosk.puppet.figure import SIZE, Figure


class TrainingCanvas(nn.Module):
    """One artwork's textures, and the picture that layers make of them.

    Args:
        figure: the artwork's canvas.
        slope: (3,) how its red, green and blue follow light.
    """

    artwork: Tensor
    plate: Tensor
    grid: Tensor
    slope: Tensor

    def __init__(self, figure: Figure, slope: Floats) -> None:
        super().__init__()
        self.landmarks = figure.landmarks  # (478, 3) neutral, canvas coordinates
        rgba = torch.cat([_image(figure.artwork), torch.from_numpy(figure.matte)[None, None]], 1)
        self.register_buffer("artwork", rgba)  # (1, 4, SIZE, SIZE)
        plate = F.avg_pool2d(_image(figure.plate), SIZE // RESOLUTION)
        self.register_buffer("plate", plate)  # (1, 3, RESOLUTION, RESOLUTION)
        self.register_buffer("grid", canvas_grid(RESOLUTION))
        self.register_buffer("slope", torch.as_tensor(slope).view(1, 3, 1, 1))

    def matte(self) -> Tensor:
        """(1, 1, RESOLUTION, RESOLUTION)."""
        return F.avg_pool2d(self.artwork[:, 3:4], SIZE // RESOLUTION)

    def textures(self) -> tuple[Tensor, Tensor]:
        """Artwork (1, 4, WORKING, WORKING) and plate, as the generator holds them."""
        artwork = F.avg_pool2d(self.artwork, SIZE // WORKING)
        return artwork, F.avg_pool2d(self.plate, RESOLUTION // WORKING)

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


def _image(pixels: object) -> Tensor:
    """(H, W, 3) 0 to 255 to (1, 3, H, W) 0 to 1."""
    return torch.as_tensor(pixels, dtype=torch.float32).permute(2, 0, 1)[None] / 255
