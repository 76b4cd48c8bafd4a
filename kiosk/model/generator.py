"""Landmarks and what the rig drew to paint and light: a small network that knows one artwork.

The rig moves the artwork (`kiosk.rig`). Its picture, the flow that made it and masks of mouth and
eyes enter a small U-Net, modulated by a linear code of the landmarks, that paints over it what
neither a warp nor the rig can give, and says how light falls where the rig does not know.

A portrait's network holds its artwork and its sitter. The base (`kiosk.base`) learns many at once,
and is told of each.

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

COVER_BIAS = -4.0  # begin by covering nothing
MOST_LIGHT = 0.5  # of log luminance: no face grows darker or lighter by more
DIM = 0.004  # of log luminance, a step of 255: a smaller change is noise
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


class Painted(NamedTuple):
    """What the network answers."""

    paint: Tensor  # (N, 3, RESOLUTION, RESOLUTION) 0 to 1
    logit: Tensor  # (N, 1, RESOLUTION, RESOLUTION) of its cover
    light: Tensor  # (N, 1, RESOLUTION, RESOLUTION) change of log luminance, besides the rig's


class Sitter(NamedTuple):
    """What the network must know of whom it paints, where its weights do not say it."""

    neutral: Tensor  # (N or 1, 478 * 3) landmarks at rest
    adaptive: Tensor  # (N, ADAPTIVE) from the embedder


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
        self.relight = nn.Conv2d(spec.CHANNELS[0], 1, 3, padding=1)
        nn.init.zeros_(self.relight.weight)
        nn.init.zeros_(self.relight.bias)  # type: ignore[arg-type]
        self.expand = nn.Conv2d(spec.CHANNELS[0], spec.BESIDE * 4, 3, padding=1)
        pixels = spec.FINER**2  # of the layers, to one where the network works
        self.detail = nn.Conv2d(spec.BESIDE + spec.GIVEN, spec.DETAIL, 3, padding=1)
        self.heads = nn.Conv2d(spec.DETAIL, spec.HEADS * pixels, 3, padding=1)
        nn.init.normal_(self.heads.weight, 0, 0.01)
        assert self.heads.bias is not None
        nn.init.zeros_(self.heads.bias)
        with torch.no_grad():
            self.heads.bias[3 * pixels :] = COVER_BIAS

    @torch.no_grad()
    def hold(self, artwork: Tensor, plate: Tensor, slope: Tensor, neutral: Tensor) -> None:
        """Take an artwork in place of the one held.

        Args:
            artwork: (4, RESOLUTION, RESOLUTION) RGB and matte, 0 to 1.
            plate: (3, RESOLUTION, RESOLUTION) RGB, 0 to 1.
            slope: (3,) how red, green and blue follow light.
            neutral: (478, 3) landmarks at rest, canvas coordinates.
        """
        self.artwork.copy_(artwork[None])
        self.plate.copy_(plate[None])
        self.slope.copy_(slope[None, :, None, None])
        self.code_mean.copy_(neutral.flatten())

    @torch.no_grad()
    def become(self, adaptive: Tensor) -> None:
        """Make a person's adaptive parameters (1, ADAPTIVE) the modulations' own, in place."""
        for name, own in _split(adaptive).items():
            getattr(self, name).modulation.bias += own[0]

    def encode(self, landmarks: Tensor, neutral: Tensor | None = None) -> Tensor:
        """How landmarks differ from those at rest: (N, 478, 3) to (N, CODE).

        Always in float32; no matrix product, for Turing's TensorRT has none of that precision.
        """
        neutral = self.code_mean if neutral is None else neutral
        moved = landmarks.reshape(-1, LANDMARKS * 3, 1) - neutral[..., None]
        return (moved * self.code_basis).sum(1)

    def forward(self, moment: Moment) -> tuple[Tensor, Tensor, Tensor]:
        """What a display is to show: paint, cover and light, as in `spec.OUTPUTS`.

        Light falls on the sitter alone; too dim to be meant, it is none.
        """
        paint, logit, light = self.paint(moment.landmarks, self.look(moment))
        sitter = warp(self.artwork[:, 3:], moment.flow, self.fine_grid)
        return paint, torch.sigmoid(logit) * self.window, bright_enough(light) * sitter

    def look(self, moment: Moment) -> Tensor:
        """What the convolutions are given: (N, GIVEN, WORKING, WORKING) float32.

        The artwork as the flow shows it, the flow, the masks; for each pixel of the layers, how
        much its flow differs from the mean of the pixel that holds it; and, at edges and under the
        rig's paint, how much the rig's whole picture does.
        """
        small, behind = (F.avg_pool2d(x, spec.FINER) for x in (self.artwork, self.plate))
        fine = F.pixel_unshuffle(moment.flow, spec.FINER).unflatten(1, (2, -1))
        coarse = fine.mean(2)  # (N, 2, WORKING, WORKING)
        jumps = (fine - coarse[:, :, None]).flatten(1, 2)
        seen = over(warp(small, coarse, self.grid), behind) * 2 - 1
        figure = warp(self.artwork, moment.flow, self.fine_grid)
        lit = figure[:, :3] * torch.exp(moment.light * self.slope)
        picture = over(torch.cat([lit, figure[:, 3:]], 1), self.plate)
        picture = over(moment.drawn, picture) * 2 - 1
        apart = F.pixel_unshuffle(picture, spec.FINER).unflatten(1, (3, -1)) - seen[:, :, None]
        apart = apart.flatten(1, 2) * _where_to_look_closely(jumps, moment.drawn[:, 3:])
        inputs = [seen, coarse * FLOW_INPUT_GAIN, moment.masks, jumps * JUMP_GAIN, apart]
        return torch.cat(inputs, 1)

    def paint(self, landmarks: Tensor, given: Tensor, sitter: Sitter | None = None) -> Painted:
        """Answer to what `look` gives.

        Args:
            landmarks: (N, 478, 3) canvas coordinates.
            given: (N, GIVEN, WORKING, WORKING).
            sitter: whom; else the one that this network holds.
        """
        heads, light = self.draw_heads(landmarks, given, sitter)
        light = F.interpolate(light, scale_factor=2 * spec.FINER, mode="bilinear")
        return Painted(*self.finish(heads, given), light)

    def draw_heads(
        self, landmarks: Tensor, given: Tensor, sitter: Sitter | None = None
    ) -> tuple[Tensor, Tensor]:
        """Landmarks and what `look` gives to heads and light.

        Returns:
            heads (N, HEADS * FINER ** 2, WORKING, WORKING), whose FINER ** 2 channels are each the
            pixels of the layers in one of ours, row by row; light (N, 1, WORKING / 2, WORKING / 2),
            coarse, for it is soft.
        """
        neutral, adaptive = sitter or (None, None)
        kind = self.expand.weight.dtype
        style = self.style((self.encode(landmarks, neutral) * 4).to(kind))
        given = given.to(kind)
        features = self._unet(F.pixel_unshuffle(given[:, : spec.SEEN], 2), style, adaptive)
        light = torch.tanh(self.relight(features).float()) * MOST_LIGHT
        features = F.pixel_shuffle(self.expand(features), 2)
        features = F.leaky_relu(self.detail(torch.cat([features, given], 1)), 0.1)
        return self.heads(features).float(), light

    def finish(self, heads: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        """Heads and what they look at to paint and logit of cover, as in `Painted`.

        Paint begins as the rig's picture: what is learnt is how it differs, which is much the same
        for all people.
        """
        pixels = spec.FINER**2
        apart = given[:, -3 * pixels :].unflatten(1, (3, -1))
        colours = (given[:, :3, None] + apart) / 2 + 0.5
        change, logit = heads.split([3 * pixels, pixels], 1)
        paint = F.pixel_shuffle(colours.flatten(1, 2) + change, spec.FINER).clamp(0, 1)
        return paint, F.pixel_shuffle(logit, spec.FINER)

    def lower(self, kind: torch.dtype) -> "Generator":
        """Let all that is learnt compute in another precision, in place; the code does not."""
        for name in ("style", *spec.FILMS, "relight", "expand", "detail", "heads"):
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


def bright_enough(light: Tensor) -> Tensor:
    """Light without what is too dim to be meant."""
    return light - light.clamp(-DIM, DIM)


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
