"""A falling linen collar edged with lace, as worn about 1635.

Made from an outline and waves alone, in the units of ``dress``.
"""

import cv2
import numpy as np

from kiosk.painting.blend import Array
from kiosk.painting.dress import Frame, Outline, cast_shadow, lay_over, shape_mask, soft_noise

HALF: Outline = (
    (0.012, 0.335), (0.15, 0.30), (0.27, 0.215), (0.33, 0.13), (0.375, 0.16), (0.52, 0.30),
    (0.74, 0.405), (0.90, 0.50), (0.90, 0.61), (0.76, 0.76), (0.54, 0.88), (0.33, 0.93),
    (0.175, 0.90), (0.115, 0.80), (0.05, 0.56),
)  # fmt: skip
NECK = (0.0, 0.10)  # what the pleats run out from
LACE = 0.085  # its depth, face heights
LINEN = np.array([224, 214, 196], np.float32)


def wear_collar(picture: Array, frame: Frame, rng: np.random.Generator) -> Array:
    """Lay both halves of the collar, and their shadow, over the clothes in ``picture``."""
    right = shape_mask(HALF, frame, soft=0.003)
    left = shape_mask(tuple((-x, y) for x, y in HALF), frame, soft=0.003)
    for half in (right, left):
        linen, cover = _make_half(half, frame, rng)
        picture = cast_shadow(picture, cover, frame, by=(0.025, 0.05), strength=0.55)
        picture = lay_over(picture, linen, cover)
    return _pin(picture, frame)


def _pin(picture: Array, frame: Frame) -> Array:
    """A small gold brooch with a garnet, where the two halves meet."""
    x, y = frame.grid()
    x, y = x / 0.034, (y - 0.372) / 0.042
    away = np.hypot(x, y)
    cover = np.clip((1 - away) / 0.12 + 0.5, 0, 1)
    picture = cast_shadow(picture, cover, frame, by=(0.008, 0.016), strength=0.6)
    bulge = np.clip(0.75 - 0.45 * x - 0.5 * y, 0.25, 1.5)[..., None]
    gold = np.array([188, 142, 66], np.float32) * bulge
    stone = np.array([112, 22, 26], np.float32) * (1.3 - 0.6 * bulge)
    spark = np.exp(-(((x + 0.22) / 0.12) ** 2) - (((y + 0.25) / 0.12) ** 2))
    stone = stone + 190 * spark[..., None]
    gem = np.clip((0.62 - away) / 0.1 + 0.5, 0, 1)
    return lay_over(picture, lay_over(gold, stone, gem), np.asarray(cover, np.float32))


def _make_half(half: Array, frame: Frame, rng: np.random.Generator) -> tuple[Array, Array]:
    """One half's colours (H, W, 3) and cover (H, W): pleats, hem, lace, scallops."""
    x, y = frame.grid()
    angle = np.arctan2(x - NECK[0], y - NECK[1])
    away = np.hypot(x - NECK[0], y - NECK[1])
    inside = cv2.distanceTransform((half > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / frame.unit
    outward = np.clip((away - 0.34) / 0.2, 0, 1)
    bend = 0.05 * soft_noise(frame, rng, cells=(5, 6))
    pleats = np.sin((angle + bend) * 13) + 0.6 * np.sin((angle - bend) * 29 + 1)
    level = 1 + 0.11 * pleats * outward - 0.05 * soft_noise(frame, rng, cells=(9, 11))
    level *= 0.86 + 0.14 * np.clip(inside / 0.03, 0, 1)
    level *= np.clip(1.04 - 0.16 * x - 0.16 * np.clip(y - 0.5, 0, 1), 0.6, 1.1)
    phase = angle * 62
    lace = np.clip((LACE - inside) / 0.012, 0, 1) * outward
    scallop = 0.014 * (1 - np.abs(np.sin(phase / 2)))
    rosette = np.sin(phase) * np.sin(inside * 190) + 0.5 * np.sin(phase * 2 + inside * 140)
    holes = np.clip((rosette - 0.25) / 0.4, 0, 1) * lace * np.clip((inside - 0.018) / 0.01, 0, 1)
    hem = np.exp(-(((inside - LACE) / 0.006) ** 2)) * outward
    cover = half * np.clip((inside - scallop * outward) / 0.005, 0, 1) * (1 - 0.6 * holes)
    colour = LINEN * (level * (1 - 0.20 * hem))[..., None]
    return np.asarray(colour, np.float32), np.asarray(cover, np.float32)
