"""People who never existed: shapes and skins of two faces mixed, reshaped, recoloured, painted.

In go pictures of real ones, out comes a picture of somebody else, to be looked at as any other.
Rough is good enough: it teaches a network how paint moves, and is shown to nobody.
"""

from dataclasses import dataclass

import numpy as np

from kiosk.face import OVAL
from kiosk.messages import Bytes, Floats
from kiosk.painting import blend
from kiosk.painting.brush import LAYERS, paint
from kiosk.painting.head import HeadRecipe, reshape_face

MIXED, MIRRORED, PAINTED = 0.75, 0.5, 0.3  # how often
BORDER_POINTS = 9  # along each side, which stay where they are


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Somebody to mix from: a square picture (S, S, 3) RGB and landmarks (478, 3), its pixels."""

    image: Bytes
    landmarks: Floats


def imagine(models: list[Model], rng: np.random.Generator) -> Bytes:
    """A picture of somebody new, as large as the first model's."""
    first, second = (models[number] for number in rng.choice(len(models), 2))
    size = (first.image.shape[1], first.image.shape[0])
    points, other = first.landmarks[:, :2], second.landmarks[:, :2]
    mixed = rng.random() < MIXED
    shape = points
    if mixed:
        share = float(rng.uniform(0.15, 0.85))
        shape = points * (1 - share) + blend.align(other, points) * share
    shape = reshape_face(shape.astype(np.float32), _proportions(rng))
    border = _border(*size)
    places = blend.plan_warp(np.r_[points, border], np.r_[shape, border], size=size)
    picture = blend.warp(first.image, places).astype(np.float32)
    if mixed:
        skin = blend.warp(second.image, blend.plan_warp(other, shape, size=size))
        picture = _lay_skin(picture, skin.astype(np.float32), shape, rng)
    picture = _recolour(picture, rng)
    shown = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < PAINTED:
        shown = _paint(shown, shape, rng)
    return np.ascontiguousarray(shown[:, ::-1]) if rng.random() < MIRRORED else shown


def _proportions(rng: np.random.Generator) -> HeadRecipe:
    """Child or elder, broad or long."""

    def about(spread: float) -> float:
        return float(np.exp(rng.normal(0, spread)))

    child = rng.uniform(-0.06, 0.06)  # larger eyes in a smaller jaw
    return HeadRecipe(
        shape_share=0.0,
        skin_share=0.0,
        chin=(0.0, 0.0),
        face_height_px=1.0,
        jaw=about(0.06) - child,
        nose=about(0.06) - child,
        eye_gap=about(0.04),
        eye_size=about(0.06) + child,
        lips=about(0.1),
        mouth=about(0.06),
    )


def _lay_skin(
    picture: blend.Array, skin: blend.Array, shape: Floats, rng: np.random.Generator
) -> blend.Array:
    """Put a share of the other's skin into the face's outline, in the first one's colours."""
    size = (picture.shape[1], picture.shape[0])
    unit = float(np.ptp(shape[:, 1]))
    face = blend.region(shape[list(OVAL)], size=size, grow=-int(0.03 * unit), soft=0.04 * unit)
    skin = blend.match_colours(skin, picture, (face > 0.5).astype(np.float32), reach=0.2 * unit)
    return blend.fuse(picture, skin, face * float(rng.uniform(0.2, 1.0)))


def _recolour(picture: blend.Array, rng: np.random.Generator) -> blend.Array:
    """Another light, another palette: contrast, brightness, warmth, saturation."""
    unit = np.clip(picture / 255, 0, 1) ** rng.uniform(0.7, 1.5, 3)
    grey = unit @ np.array([0.299, 0.587, 0.114])
    unit = grey[..., None] + (unit - grey[..., None]) * rng.uniform(0.3, 1.4)
    unit = unit * rng.uniform(0.6, 1.1) + rng.uniform(0.0, 0.08)
    return np.asarray(255 * unit, np.float32)


def _paint(picture: Bytes, shape: Floats, rng: np.random.Generator) -> Bytes:
    """In oil, finest in the face."""
    size = (picture.shape[1], picture.shape[0])
    unit = float(np.ptp(shape[:, 1]))
    matter = 0.8 * blend.region(shape, size=size, grow=0, soft=0.05 * unit) + 0.2
    return paint(picture, matter, seed=int(rng.integers(1 << 30)), layers=LAYERS[2:])


def _border(width: int, height: int) -> Floats:
    along = np.linspace(0, 1, BORDER_POINTS)
    zero, one = np.zeros_like(along), np.ones_like(along)
    sides = [(along, zero), (along, one), (zero, along), (one, along)]
    points = np.concatenate([np.column_stack(side) for side in sides])
    return np.asarray(np.unique(points, axis=0) * (width - 1, height - 1), np.float32)
