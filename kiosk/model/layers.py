"""Blocks of the networks: a convolution that a style modulates, sampling, the canvas's grid."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class FiLMConvolution(nn.Module):
    """3x3 convolution, feature-wise modulation by a style, leaky ReLU.

    Perez et al., *FiLM: Visual Reasoning with a General Conditioning Layer*, 2018. The modulation
    starts as the identity.
    """

    def __init__(self, source: int, target: int, style: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(source, target, 3, padding=1)
        self.modulation = nn.Linear(style, 2 * target)
        nn.init.zeros_(self.modulation.weight)
        nn.init.zeros_(self.modulation.bias)

    def forward(self, x: Tensor, style: Tensor, own: Tensor | None = None) -> Tensor:
        """(N, source, H, W), (N, style) to (N, target, H, W).

        Args:
            x: features.
            style: of this moment.
            own: (N, 2 * target) a person's own scale and shift, beside the style's.
        """
        wanted = self.modulation(style)
        if own is not None:
            wanted = wanted + own
        scale, shift = wanted[:, :, None, None].chunk(2, 1)
        return F.leaky_relu(self.convolution(x) * (1 + scale) + shift, 0.1)


def canvas_grid(size: int) -> Tensor:
    """Canvas coordinates of pixel centres: (1, size, size, 2), x then y, in (-1, 1)."""
    centres = (torch.arange(size) + 0.5) / size * 2 - 1
    y, x = torch.meshgrid(centres, centres, indexing="ij")
    return torch.stack([x, y], -1)[None]


def border_window(size: int, width: float = 0.06) -> Tensor:
    """1 inside, falling smoothly to 0 at the canvas's border: (1, 1, size, size)."""
    pixels = torch.arange(size)
    inward = torch.minimum(pixels, size - 1 - pixels)  # of each row and column: 0 at the border
    edge = torch.minimum(inward[:, None], inward) * 2 / size  # canvas units
    t = (edge / width).clamp(0, 1)
    return (t * t * (3 - 2 * t))[None, None]


def warp(image: Tensor, flow: Tensor, grid: Tensor) -> Tensor:
    """Sample (N or 1, C, h, w) at `grid` + `flow` (N, 2, H, W): (N, C, H, W)."""
    where = grid + flow.permute(0, 2, 3, 1)
    image = image.expand(len(where), -1, -1, -1)
    return F.grid_sample(image, where, "bilinear", "border", align_corners=False)


def over(figure: Tensor, plate: Tensor) -> Tensor:
    """Lay an RGBA figure (N, 4, H, W), not premultiplied, over a plate (N or 1, 3, H, W)."""
    alpha = figure[:, 3:4]
    return alpha * figure[:, :3] + (1 - alpha) * plate


def upsample(x: Tensor, factor: int = 2) -> Tensor:
    """Repeat the pixels of (N, C, H, W) an integer number of times, each way."""
    return F.interpolate(x, scale_factor=factor, mode="nearest")
