"""Blocks of the networks: a convolution that a style modulates, sampling, the canvas's grid."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FOVEA = 1.0  # by how much the middle of the prior flow's grid is denser


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

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """(N, source, H, W), (N, style) to (N, target, H, W)."""
        scale, shift = self.modulation(style)[:, :, None, None].chunk(2, 1)
        return F.leaky_relu(self.convolution(x) * (1 + scale) + shift, 0.1)


def canvas_grid(size: int) -> Tensor:
    """Canvas coordinates of pixel centres: (1, size, size, 2), x then y, in (-1, 1)."""
    centres = (torch.arange(size) + 0.5) / size * 2 - 1
    y, x = torch.meshgrid(centres, centres, indexing="ij")
    return torch.stack([x, y], -1)[None]


def border_window(size: int, width: float = 0.06) -> Tensor:
    """1 inside, falling smoothly to 0 at the canvas's border: (1, 1, size, size)."""
    edge = 1 - canvas_grid(size).abs().amax(-1)  # distance from the border, canvas units
    t = ((edge - 1 / size) / width).clamp(0, 1)
    return (t * t * (3 - 2 * t))[:, None]


def look_up(image: Tensor, where: Tensor) -> Tensor:
    """Sample (N or 1, C, h, w) at canvas coordinates (N, H, W, 2): (N, C, H, W)."""
    image = image.expand(where.shape[0], -1, -1, -1)
    return F.grid_sample(image, where, "bilinear", "border", align_corners=False)


def warp(image: Tensor, flow: Tensor, grid: Tensor) -> Tensor:
    """Sample (N or 1, C, h, w) at `grid` + `flow` (N, 2, H, W): (N, C, H, W)."""
    return look_up(image, grid + flow.permute(0, 2, 3, 1))


def into_frame(grid: Tensor, frame: Tensor) -> Tensor:
    """Where points of the canvas lie in a frame that has moved.

    Args:
        grid: (1, H, W, 2) canvas coordinates.
        frame: (N, 3, 2) where the frame's x, y and 1 have gone: x @ frame[:2] + frame[2].

    Returns:
        (N, H, W, 2) coordinates in the frame.
    """
    (a, b), (c, d) = (row.unbind(-1) for row in frame[:, :2].unbind(1))
    area = (a * d - b * c).clamp_min(1e-3)  # a face seen from its edge still gives numbers
    inverse = torch.stack([d, -b, -c, a], -1) / area[:, None]
    places = (grid.flatten(1, 2) - frame[:, 2:]) @ inverse.view(-1, 2, 2)
    return places.view(-1, *grid.shape[1:])


def foveate(places: Tensor, centre: Tensor) -> Tensor:
    """Spread the middle of a picture: places (..., 2) of the canvas to those of a denser grid.

    About `centre` (2,) steps are `1 + FOVEA` times as long, at the border so much shorter; the
    border itself stays.
    """
    share, room = _from_centre(places, centre)
    return centre + share * (1 + FOVEA) / (1 + FOVEA * share.abs()) * room


def unfoveate(places: Tensor, centre: Tensor) -> Tensor:
    """Undo `foveate`."""
    share, room = _from_centre(places, centre)
    return centre + share / (1 + FOVEA - FOVEA * share.abs()) * room


def _from_centre(places: Tensor, centre: Tensor) -> tuple[Tensor, Tensor]:
    """How far towards the border places lie, on each axis, -1 to 1; and the room to it."""
    offset = places - centre
    room = 1 - torch.sign(offset) * centre
    return offset / room, room


def over(figure: Tensor, plate: Tensor) -> Tensor:
    """Lay an RGBA figure (N, 4, H, W), not premultiplied, over a plate (N or 1, 3, H, W)."""
    alpha = figure[:, 3:4]
    return alpha * figure[:, :3] + (1 - alpha) * plate


def upsample(x: Tensor, factor: int = 2, mode: str = "nearest") -> Tensor:
    """Enlarge (N, C, H, W) by an integer factor."""
    aligned = None if mode == "nearest" else False
    return F.interpolate(x, scale_factor=factor, mode=mode, align_corners=aligned)
