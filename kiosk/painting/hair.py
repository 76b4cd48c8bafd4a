"""Hair that no photograph had: locks behind the neck and in front of the ears.

Made from outlines and waves, in the units of ``dress``; coloured like the head's own hair.
"""

import cv2
import numpy as np

from kiosk.painting.blend import Array
from kiosk.painting.dress import Frame, Outline, lay_over, shape_mask, soft_noise

Colour = tuple[float, float, float]

NAPE: Outline = (
    (-0.40, -0.70), (-0.47, -0.35), (-0.48, -0.05), (-0.51, 0.20), (-0.54, 0.42), (-0.40, 0.56),
    (0.0, 0.60), (0.40, 0.56), (0.54, 0.42), (0.50, 0.20), (0.46, -0.05), (0.45, -0.35),
    (0.38, -0.70),
)  # fmt: skip
# frizzed hair from the temple to the jaw: the left side; the right is its mirror image
CURLS: Outline = (
    (-0.40, -0.92), (-0.365, -0.74), (-0.385, -0.56), (-0.405, -0.38), (-0.385, -0.22),
    (-0.335, -0.08), (-0.33, -0.01), (-0.38, 0.05), (-0.47, 0.04), (-0.54, -0.06),
    (-0.585, -0.24), (-0.60, -0.46), (-0.585, -0.68), (-0.54, -0.86), (-0.46, -0.96),
)  # fmt: skip


def hang_behind(picture: Array, frame: Frame, rng: np.random.Generator, colour: Colour) -> Array:
    """Hair behind the neck, darkest next to it."""
    x, _ = frame.grid()
    outward = np.clip((np.abs(x) - 0.28) / 0.25, 0, 1)
    level = 0.25 + outward * 0.8 * _strands(frame, rng)
    hair = np.array(colour, np.float32) * level[..., None]
    return lay_over(picture, hair, shape_mask(NAPE, frame, soft=0.02))


def hang_before_ears(
    picture: Array, frame: Frame, *, rng: np.random.Generator, colour: Colour
) -> Array:
    """Curls on both sides of the face; they grow out of the hair above them."""
    x, y = frame.grid()
    mirrored = tuple((-a, b) for a, b in CURLS)
    body = shape_mask(CURLS, frame, soft=0.022) + shape_mask(mirrored, frame, soft=0.022)
    frizz = soft_noise(frame, rng, cells=(frame.width // 14, frame.height // 14))
    curl = soft_noise(frame, rng, cells=(26, 32))
    cover = np.clip((body - 0.5 + 0.06 * frizz + 0.10 * curl) * 2.5 + 0.5, 0, 1)
    cover *= np.clip((y + 0.90) / 0.25, 0, 1) * (body > 0.02)
    phase = 46 * (0.55 * y + 0.9 * np.abs(x)) + 2.2 * curl
    round_ = 1.05 - 0.9 * np.clip((np.abs(np.abs(x) - 0.49) - 0.02) / 0.12, 0, 1) ** 2 * 0.5
    level = round_ * (0.82 + 0.20 * np.sin(phase) + 0.09 * np.sin(2.6 * phase + 1) + 0.10 * frizz)
    level *= 1 - 0.35 * np.clip((y + 0.25) / 0.3, 0, 1)
    near = np.clip(cv2.GaussianBlur(body, (0, 0), 0.035 * frame.unit), 0, 1)[..., None]
    hair = np.array(colour, np.float32) * np.clip(level, 0.15, 1.6)[..., None]
    return lay_over(picture * (1 - 0.5 * near), hair, cover)


def _strands(frame: Frame, rng: np.random.Generator) -> Array:
    """Light and dark along wavy, hanging strands, about 1: (H, W)."""
    x, y = frame.grid()
    bend = 0.022 * np.sin(y * 6 + 3 * x) + 0.03 * soft_noise(frame, rng, cells=(8, 6))
    fine = soft_noise(frame, rng, cells=(frame.width // 9, 7))
    waves = np.sin((x + bend) * 88) * 0.16 + np.sin((x - bend) * 47 + 2) * 0.18
    return np.asarray(np.clip(0.95 + waves + 0.14 * fine, 0.3, 1.6), np.float32)
