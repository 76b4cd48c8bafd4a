"""Landmarks and flow to layers: a small network that knows one artwork.

The rig says where the paint of every pixel comes from (`kiosk.rig`). The artwork warped by that
flow, the flow itself and masks of mouth and eyes enter a small U-Net, modulated by a linear code of
the landmarks, that refines the flow and paints what neither a warp nor the rig can give.

A portrait's network holds its artwork. The base (`kiosk.base`) learns many at once, and is told of
each by a `Sitter`.

After Zakharov et al., *Few-Shot Adversarial Learning of Realistic Neural Talking Head Models*,
2019, and *Fast Bi-layer Neural Synthesis of One-Shot Realistic Head Avatars*, 2020.
"""

from typing import NamedTuple

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
FLOW_INPUT_GAIN = 5.0  # brings flow to the scale of the picture
JUMP_GAIN = 50.0  # and how it differs within a pixel: large only where lids and lips part
TRACE = 0.5 / 255  # of the rig's cover: less is not seen
JUMP = 0.004  # canvas units, 3/4 pixel of the layers: so much is an edge that covers another


class Moment(NamedTuple):
    """What the rig drew: the network's inputs, as in `spec.INPUTS`; all float32."""

    landmarks: Tensor  # (N, 478, 3) canvas coordinates
    flow: Tensor  # (N, 2, RESOLUTION, RESOLUTION) canvas units, source minus target
    light: Tensor  # (N, 1, RESOLUTION, RESOLUTION) change of log luminance
    drawn: Tensor  # (N, 4, RESOLUTION, RESOLUTION) paint and its cover, 0 to 1
    masks: Tensor  # (N, MASKS, WORKING, WORKING) 0 to 1


class Sitter(NamedTuple):
    """What the network must know of an artwork besides its weights."""

    artwork: Tensor  # (N or 1, 4, RESOLUTION, RESOLUTION) RGB and matte, 0 to 1
    plate: Tensor  # (N or 1, 3, RESOLUTION, RESOLUTION) 0 to 1
    slope: Tensor  # (N or 1, 3, 1, 1) how red, green and blue follow light
    neutral: Tensor  # (N or 1, 478 * 3) landmarks at rest
    adaptive: Tensor | None = None  # (N, ADAPTIVE) from the embedder; none where weights hold it


class Generator(nn.Module):
    """What the gallery runs, once per frame."""

    artwork: Tensor
    plate: Tensor
    slope: Tensor
    code_mean: Tensor
    code_basis: Tensor
    grid: Tensor
    fine_grid: Tensor
    window: Tensor

    def __init__(self) -> None:
        super().__init__()
        for name in ("artwork", "plate", "slope", "code_mean", "code_basis"):
            self.register_buffer(name, torch.zeros(spec.weight_shapes()[name]))
        self.register_buffer("grid", canvas_grid(spec.WORKING), persistent=False)
        self.register_buffer("fine_grid", canvas_grid(spec.RESOLUTION), persistent=False)
        self.register_buffer("window", border_window(spec.RESOLUTION), persistent=False)
        self.style = nn.Sequential(
            nn.Linear(spec.CODE, 128), nn.LeakyReLU(0.1),
            nn.Linear(128, spec.STYLE), nn.LeakyReLU(0.1),
        )  # fmt: skip
        self._build_unet()
        self._build_heads()

    def _build_unet(self) -> None:
        for name, (source, target) in spec.FILMS.items():
            self.add_module(name, FiLMConvolution(source, target, spec.STYLE))

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

    def sitter(self) -> Sitter:
        """The artwork that this network holds."""
        return Sitter(self.artwork, self.plate, self.slope, self.code_mean[None])

    @torch.no_grad()
    def become(self, sitter: Sitter) -> None:
        """Hold one artwork; its adaptive parameters become the modulations' own, in place."""
        self.artwork.copy_(sitter.artwork[0])
        self.plate.copy_(sitter.plate[0])
        self.slope.copy_(sitter.slope[0])
        self.code_mean.copy_(sitter.neutral[0])
        for name, own in _split(sitter.adaptive).items():
            getattr(self, name).modulation.bias += own[0]

    def encode(self, landmarks: Tensor, neutral: Tensor | None = None) -> Tensor:
        """How landmarks differ from those at rest: (N, 478, 3) to (N, CODE); always in float32."""
        neutral = self.code_mean if neutral is None else neutral
        return (landmarks.reshape(-1, LANDMARKS * 3) - neutral) @ self.code_basis

    def forward(
        self, moment: Moment, sitter: Sitter | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The layers of one moment.

        Args:
            moment: what the rig drew.
            sitter: whose; else the one that this network holds.

        Returns:
            flow (N, 2, RESOLUTION, RESOLUTION), paint (N, 3, ...), logit of cover (N, 1, ...).
        """
        given = self.look(moment, sitter)
        return self.finish(self.draw_heads(moment.landmarks, given, sitter), moment.flow, given)

    def look(self, moment: Moment, sitter: Sitter | None = None) -> Tensor:
        """What the convolutions are given: (N, GIVEN, WORKING, WORKING) float32.

        The artwork as the flow shows it, the flow, the masks; for each pixel of the layers, how
        much its flow differs from the mean of the pixel that holds it; and, at edges and under the
        rig's paint, how much the rig's whole picture does.
        """
        sitter = sitter or self.sitter()
        small, behind = (F.avg_pool2d(x, spec.FINER) for x in sitter[:2])
        fine = F.pixel_unshuffle(moment.flow, spec.FINER).unflatten(1, (2, -1))
        coarse = fine.mean(2)  # (N, 2, WORKING, WORKING)
        jumps = (fine - coarse[:, :, None]).flatten(1, 2)
        seen = over(warp(small, coarse, self.grid), behind) * 2 - 1
        figure = warp(sitter.artwork, moment.flow, self.fine_grid)
        lit = figure[:, :3] * torch.exp(moment.light * sitter.slope)
        picture = over(torch.cat([lit, figure[:, 3:]], 1), sitter.plate)
        picture = over(moment.drawn, picture) * 2 - 1
        apart = F.pixel_unshuffle(picture, spec.FINER).unflatten(1, (3, -1)) - seen[:, :, None]
        apart = apart.flatten(1, 2) * _where_to_look_closely(jumps, moment.drawn[:, 3:])
        inputs = [seen, coarse * FLOW_INPUT_GAIN, moment.masks, jumps * JUMP_GAIN, apart]
        return torch.cat(inputs, 1)

    def draw_heads(self, landmarks: Tensor, given: Tensor, sitter: Sitter | None = None) -> Tensor:
        """Landmarks and what `look` gives to heads: (N, HEADS * FINER ** 2, WORKING, WORKING).

        A head's FINER ** 2 channels are the pixels of the layers in each of ours, row by row.
        """
        neutral = None if sitter is None else sitter.neutral
        style = self.style(self.encode(landmarks, neutral) * 4)
        kind = self.expand.weight.dtype
        given, adaptive = given.to(kind), None if sitter is None else sitter.adaptive
        features = self._unet(F.pixel_unshuffle(given[:, : spec.SEEN], 2), style.to(kind), adaptive)
        features = F.pixel_shuffle(self.expand(features), 2)
        features = F.leaky_relu(self.detail(torch.cat([features, given], 1)), 0.1)
        return self.heads(features).float()

    def finish(self, heads: Tensor, flow: Tensor, given: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Heads and what they refine to what `forward` returns.

        Flow begins as the rig's, and paint as its picture: what is learnt is how they differ,
        which is much the same for all people.
        """
        pixels = spec.FINER**2
        apart = given[:, -3 * pixels :].unflatten(1, (3, -1))
        colours = (given[:, :3, None] + apart) / 2 + 0.5
        shift, change, logit = heads.split([2 * pixels, 3 * pixels, pixels], 1)
        paint = F.pixel_shuffle(colours.flatten(1, 2) + change, spec.FINER).clamp(0, 1)
        refined = flow + F.pixel_shuffle(shift, spec.FINER) * FLOW_STEP
        return refined * self.window, paint, F.pixel_shuffle(logit, spec.FINER)

    def layers(self, moment: Moment) -> tuple[Tensor, Tensor, Tensor]:
        """As `forward`, with the cover itself: 0 to 1, and 0 at the canvas's border."""
        flow, paint, logit = self(moment)
        return flow, paint, torch.sigmoid(logit) * self.window

    def lower_convolutions(self, kind: torch.dtype) -> "Generator":
        """Let the convolutions compute in another precision, in place; the code does not."""
        for name in (*spec.FILMS, "expand", "detail", "heads"):
            getattr(self, name).to(kind)
        return self

    def _unet(self, x: Tensor, style: Tensor, adaptive: Tensor | None) -> Tensor:
        own = _split(adaptive)

        def film(name: str, x: Tensor) -> Tensor:
            result: Tensor = getattr(self, name)(x, style, own.get(name))
            return result

        d0 = film("down0", x)  # (N, c0, W/2, W/2), where W is WORKING
        d1 = film("down1", F.avg_pool2d(d0, 2))  # (N, c1, W/4, W/4)
        d2 = film("down2", F.avg_pool2d(d1, 2))  # (N, c2, W/8, W/8)
        d3 = film("middle", film("down3", F.avg_pool2d(d2, 2)))  # (N, c3, W/16, W/16)
        u2 = film("up2", torch.cat([upsample(d3), d2], 1))
        u1 = film("up1", torch.cat([upsample(u2), d1], 1))
        u0 = film("up0", torch.cat([upsample(u1), d0], 1))
        return film("refine", u0)


def _where_to_look_closely(jumps: Tensor, cover: Tensor) -> Tensor:
    """Pixels with an edge or the rig's paint in or beside them: (N, 1, WORKING, WORKING)."""
    edges = jumps.abs().amax(1, keepdim=True) > JUMP
    painted = F.max_pool2d(cover, spec.FINER) > TRACE
    return F.max_pool2d((edges | painted).float(), 3, 1, 1)


def _split(adaptive: Tensor | None) -> dict[str, Tensor]:
    """Each modulated convolution's part of the adaptive parameters."""
    if adaptive is None:
        return {}
    sizes = [2 * target for _, target in spec.FILMS.values()]
    return dict(zip(spec.FILMS, adaptive.split(sizes, 1), strict=True))
