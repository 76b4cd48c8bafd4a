"""Landmarks and flow to layers: a small network that knows one artwork.

The rig says where the paint of every pixel comes from (`kiosk.rig`). The artwork warped by that
flow, the flow itself and masks of mouth and eyes enter a small U-Net, modulated by a linear code of
the landmarks, that refines the flow and paints what neither a warp nor the rig can give.

After Zakharov et al., *Few-Shot Adversarial Learning of Realistic Neural Talking Head Models*,
2019, and *Fast Bi-layer Neural Synthesis of One-Shot Realistic Head Avatars*, 2020.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kiosk.face import LANDMARKS
from kiosk.model import spec
from kiosk.model.layers import (
    FiLMConvolution,
    border_window,
    canvas_grid,
    over,
    upsample,
    warp,
)

FLOW_STEP = 0.05  # canvas units: what the refining head's unit means
COVER_BIAS = -4.0  # begin by covering nothing
_UNET = ("down0", "down1", "down2", "down3", "middle", "up2", "up1", "up0", "refine")
FLOW_INPUT_GAIN = 5.0  # brings flow to the scale of the picture
JUMP_GAIN = 50.0  # and how it differs within a pixel: large only where lids and lips part


class Generator(nn.Module):
    """What the gallery runs, once per frame."""

    artwork: Tensor
    plate: Tensor
    code_mean: Tensor
    code_basis: Tensor
    grid: Tensor
    window: Tensor

    def __init__(self) -> None:
        super().__init__()
        for name in ("artwork", "plate", "code_mean", "code_basis"):
            self.register_buffer(name, torch.zeros(spec.weight_shapes()[name]))
        self.register_buffer("grid", canvas_grid(spec.WORKING), persistent=False)
        self.register_buffer("window", border_window(spec.RESOLUTION), persistent=False)
        self.style = nn.Sequential(
            nn.Linear(spec.CODE, 128), nn.LeakyReLU(0.1),
            nn.Linear(128, spec.STYLE), nn.LeakyReLU(0.1),
        )  # fmt: skip
        self._build_unet()
        self._build_heads()

    def _build_unet(self) -> None:
        c0, c1, c2, c3 = spec.CHANNELS
        inputs = spec.SEEN * 4
        self.down0 = FiLMConvolution(inputs, c0, spec.STYLE)
        self.down1 = FiLMConvolution(c0, c1, spec.STYLE)
        self.down2 = FiLMConvolution(c1, c2, spec.STYLE)
        self.down3 = FiLMConvolution(c2, c3, spec.STYLE)
        self.middle = FiLMConvolution(c3, c3, spec.STYLE)
        self.up2 = FiLMConvolution(c3 + c2, c2, spec.STYLE)
        self.up1 = FiLMConvolution(c2 + c1, c1, spec.STYLE)
        self.up0 = FiLMConvolution(c1 + c0, c0, spec.STYLE)
        self.refine = FiLMConvolution(c0, c0, spec.STYLE)

    def _build_heads(self) -> None:
        self.expand = nn.Conv2d(spec.CHANNELS[0], 20 * 4, 3, padding=1)
        pixels = spec.FINER**2  # of the layers, to one where the network works
        self.detail = nn.Conv2d(20 + spec.GIVEN, spec.DETAIL, 3, padding=1)
        self.heads = nn.Conv2d(spec.DETAIL, spec.HEADS * pixels, 3, padding=1)
        nn.init.normal_(self.heads.weight, 0, 0.01)
        assert self.heads.bias is not None
        nn.init.zeros_(self.heads.bias)
        with torch.no_grad():
            self.heads.weight[: 2 * pixels] = 0  # flow: begin with the rig's alone
            self.heads.bias[5 * pixels :] = COVER_BIAS

    def encode(self, landmarks: Tensor) -> Tensor:
        """(N, 478, 3) to (N, CODE); always in float32."""
        return (landmarks.reshape(-1, LANDMARKS * 3) - self.code_mean) @ self.code_basis

    def forward(
        self, landmarks: Tensor, flow: Tensor, masks: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The layers of one moment.

        Args:
            landmarks: (N, 478, 3) float32, canvas coordinates.
            flow: (N, 2, RESOLUTION, RESOLUTION) float32, canvas units, as the rig draws it.
            masks: (N, MASKS, WORKING, WORKING) float, 0 to 1.

        Returns:
            flow (N, 2, RESOLUTION, RESOLUTION), paint (N, 3, ...), logit of cover (N, 1, ...).
        """
        given = self.look(flow, masks)
        return self.finish(self.draw_heads(landmarks, given), flow)

    def look(self, flow: Tensor, masks: Tensor) -> Tensor:
        """What the convolutions are given: (N, GIVEN, WORKING, WORKING) float32.

        The artwork as the flow shows it, the flow, the masks; and for each pixel of the layers, how
        much its flow differs from the mean of the pixel that holds it.
        """
        fine = F.pixel_unshuffle(flow, spec.FINER).unflatten(1, (2, -1))  # pixels of each of ours
        coarse = fine.mean(2)  # (N, 2, WORKING, WORKING)
        jumps = (fine - coarse[:, :, None]).flatten(1, 2)
        seen = over(warp(self.artwork, coarse, self.grid), self.plate) * 2 - 1
        return torch.cat([seen, coarse * FLOW_INPUT_GAIN, masks, jumps * JUMP_GAIN], 1)

    def draw_heads(self, landmarks: Tensor, given: Tensor) -> Tensor:
        """Landmarks and what `look` gives to heads: (N, HEADS * FINER ** 2, WORKING, WORKING).

        A head's FINER ** 2 channels are the pixels of the layers in each of ours, row by row.
        """
        style = self.style(self.encode(landmarks) * 4)
        kind = self.expand.weight.dtype
        given = given.to(kind)
        features = self._unet(F.pixel_unshuffle(given[:, : spec.SEEN], 2), style.to(kind))
        features = F.pixel_shuffle(self.expand(features), 2)
        features = F.leaky_relu(self.detail(torch.cat([features, given], 1)), 0.1)
        return self.heads(features).float()

    def finish(self, heads: Tensor, flow: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Heads and what they refine to what `forward` returns."""
        heads = F.pixel_shuffle(heads, spec.FINER)  # (N, HEADS, RESOLUTION, RESOLUTION)
        refined = flow + heads[:, :2] * FLOW_STEP
        return refined * self.window, heads[:, 2:5].sigmoid(), heads[:, 5:6]

    def layers(
        self, landmarks: Tensor, flow: Tensor, masks: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """As `forward`, with the cover itself: 0 to 1, and 0 at the canvas's border."""
        flow, paint, logit = self(landmarks, flow, masks)
        return flow, paint, torch.sigmoid(logit) * self.window

    def lower_convolutions(self, kind: torch.dtype) -> "Generator":
        """Let the convolutions compute in another precision, in place; the code does not."""
        for name in (*_UNET, "expand", "detail", "heads"):
            getattr(self, name).to(kind)
        return self

    def _unet(self, x: Tensor, style: Tensor) -> Tensor:
        d0 = self.down0(x, style)  # (N, c0, H/4, W/4)
        d1 = self.down1(F.avg_pool2d(d0, 2), style)  # (N, c1, H/8, W/8)
        d2 = self.down2(F.avg_pool2d(d1, 2), style)  # (N, c2, H/16, W/16)
        d3 = self.middle(self.down3(F.avg_pool2d(d2, 2), style), style)  # (N, c3, H/32, W/32)
        u2 = self.up2(torch.cat([upsample(d3), d2], 1), style)
        u1 = self.up1(torch.cat([upsample(u2), d1], 1), style)
        u0 = self.up0(torch.cat([upsample(u1), d0], 1), style)
        return self.refine(u0, style)
