"""What a sitter wears and sits before, made from outlines and noise: no photograph in it.

Shapes are outlines in units of the face's height (hairline to chin), from the chin: x right, y
down. Everything goes out as (H, W) masks in [0, 1] or (H, W, 3) float32 RGB to 255.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import splev, splprep

from kiosk.painting.blend import Array

Outline = tuple[tuple[float, float], ...]

NECK: Outline = (
    (-0.30, -0.40), (-0.318, -0.05), (-0.316, 0.14), (-0.35, 0.28), (-0.50, 0.42), (-0.80, 0.52),
    (-0.70, 0.90), (0.0, 1.05), (0.70, 0.90), (0.80, 0.52), (0.50, 0.42), (0.35, 0.28),
    (0.316, 0.14), (0.318, -0.05), (0.30, -0.40),
)  # fmt: skip
BODY: Outline = (
    (-0.34, 0.24), (-0.62, 0.40), (-1.00, 0.52), (-1.24, 0.68), (-1.36, 1.05), (-1.46, 1.60),
    (-1.55, 2.60), (1.55, 2.60), (1.46, 1.60), (1.36, 1.05), (1.24, 0.68), (1.00, 0.52),
    (0.62, 0.40), (0.34, 0.24), (0.0, 0.30),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the sitter is in the picture: the chin, and the face's height, in pixels."""

    width: int
    height: int
    chin: tuple[float, float]
    unit: float

    def grid(self) -> tuple[Array, Array]:
        """Every pixel's place in face heights from the chin: x and y, each (H, W)."""
        y, x = np.mgrid[0 : self.height, 0 : self.width].astype(np.float32)
        return (x - self.chin[0]) / self.unit, (y - self.chin[1]) / self.unit


def shape_mask(outline: Outline, frame: Frame, *, soft: float, smooth: bool = True) -> Array:
    """A mask of a closed outline, its edge blurred by ``soft`` face heights."""
    points = np.array(outline, np.float64)
    if smooth:
        closed = np.r_[points, points[:1]].T
        curve, _ = splprep(closed, s=0.0, per=True)
        points = np.stack(splev(np.linspace(0, 1, 400), curve), 1)
    places = points * frame.unit + frame.chin
    mask = np.zeros((frame.height, frame.width), np.float32)
    cv2.fillPoly(mask, [np.round(places * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(soft * frame.unit, 0.5)), np.float32)


def soft_noise(frame: Frame, rng: np.random.Generator, *, cells: tuple[int, int]) -> Array:
    """Smooth noise (H, W), about unit spread, with ``cells`` (across, down) bumps."""
    coarse = rng.standard_normal((cells[1], cells[0])).astype(np.float32)
    place = (frame.width, frame.height)
    return np.asarray(cv2.resize(coarse, place, interpolation=cv2.INTER_CUBIC), np.float32)


def lay_over(below: Array, above: Array | tuple[float, ...], cover: Array) -> Array:
    """``above`` painted over ``below`` where ``cover`` (H, W) is 1."""
    top = np.asarray(above, np.float32)
    return np.asarray(below + (top - below) * cover[..., None], np.float32)


def cast_shadow(
    picture: Array, mask: Array, frame: Frame, *, by: tuple[float, float], strength: float
) -> Array:
    """Darken ``picture`` where the shape ``mask``, moved ``by`` (x, y), keeps the light off it."""
    move = np.array([[1, 0, by[0] * frame.unit], [0, 1, by[1] * frame.unit]], np.float32)
    shade = cv2.warpAffine(mask, move, (frame.width, frame.height))
    reach = 0.6 * float(np.hypot(*by)) * frame.unit
    shade = strength * cv2.GaussianBlur(shade, (0, 0), reach)
    tint = np.array([0.9, 1.05, 1.1], np.float32)  # red light comes through skin
    return np.asarray(picture * (1 - np.clip(shade[..., None] * tint, 0, 0.95)), np.float32)


def make_ground(frame: Frame, rng: np.random.Generator, colour: tuple[float, ...]) -> Array:
    """A warm dark ground, scumbled, lighter beside the shaded cheek."""
    x, y = frame.grid()
    glow = np.exp(-(((x - 0.75) / 1.3) ** 2) - (((y + 0.25) / 1.3) ** 2))
    level = 0.50 + 0.90 * glow + 0.05 * soft_noise(frame, rng, cells=(7, 9))
    level += 0.03 * soft_noise(frame, rng, cells=(40, 44))
    warm = 0.04 * soft_noise(frame, rng, cells=(5, 6))
    base = np.array(colour, np.float32) * level[..., None]
    return np.asarray(base * np.dstack([1 + warm, np.ones_like(warm), 1 - warm]), np.float32)


def make_neck(frame: Frame, skin: tuple[float, ...]) -> tuple[Array, Array]:
    """Neck and throat: colours, and their mask; round, darker toward both sides."""
    x, y = frame.grid()
    half = 0.335 + np.clip(y - 0.15, 0, 1) * 1.1
    across = np.clip(x / half, -1, 1)
    level = np.sqrt(np.clip(1 - 0.75 * across**2, 0, 1)) * 0.96
    tendon = np.exp(-(((np.abs(x) - 0.13 + 0.18 * y) / 0.045) ** 2)) * np.clip(y * 3, 0, 1)
    notch = np.exp(-((x / 0.06) ** 2) - (((y - 0.46) / 0.06) ** 2))
    level = level * (1 + 0.05 * tendon - 0.14 * notch)
    picture = np.array(skin, np.float32) * level[..., None]
    return np.asarray(picture, np.float32), shape_mask(NECK, frame, soft=0.005)


def make_cloth(
    frame: Frame, rng: np.random.Generator, colour: tuple[float, ...], *, folds: float
) -> Array:
    """Cloth over chest and arms: broad folds that hang from the shoulders, and roundness."""
    x, y = frame.grid()
    lean = x + 0.25 * np.sign(x) * np.clip(y - 0.5, 0, 2) * np.abs(x)
    bend = 0.10 * soft_noise(frame, rng, cells=(6, 7))
    sleeve = np.exp(-(((np.abs(lean) - 1.02 - 0.10 * y) / 0.035) ** 2)) * np.clip(y * 2 - 1.2, 0, 1)
    wave = np.sin((lean + bend) * 17) * 0.55 + np.sin((lean - bend) * 9 + y * 2) * 0.45
    hang = np.clip((y - 0.45) * 1.5, 0, 1)
    level = 1 + folds * wave * hang - 0.55 * sleeve
    level = level * np.clip(1.05 - 0.22 * x * x, 0.3, 1.1)
    level = level + 0.03 * soft_noise(frame, rng, cells=(60, 70))
    return np.asarray(np.array(colour, np.float32) * level[..., None], np.float32)


def make_body(frame: Frame) -> Array:
    """The mask of shoulders and chest."""
    return shape_mask(BODY, frame, soft=0.006)
