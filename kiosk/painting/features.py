"""Eyes, brows and lips drawn anew, crisp, on a face too small in its photograph to have them.

Comes in: a face (H, W, 3) float32 RGB to 255 and its landmarks. Goes out: the same, with eyes,
brows and a closed mouth.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import splev, splprep

from kiosk.face import (
    EYES,
    INNER_LOWER_LIP,
    INNER_UPPER_LIP,
    OUTER_LOWER_LIP,
    OUTER_UPPER_LIP,
)
from kiosk.painting.blend import Array

Colour = tuple[float, float, float]
LID_DROOP = 0.035  # of the eye's width: a resting lid covers the iris's top
SHIFT = 4  # cv2 draws in sixteenths of a pixel


@dataclass(frozen=True, slots=True)
class Colours:
    """A sitter's colouring, RGB to 255; ``skin`` is the mean of the face."""

    iris: Colour
    brow: Colour
    hair: Colour
    skin: Colour
    lip: Colour = (176.0, 96.0, 84.0)
    lash: Colour = (42.0, 24.0, 18.0)
    white: Colour = (206.0, 192.0, 178.0)


def draw_eyes(face: Array, landmarks: Array, colours: Colours) -> Array:
    """Set open eyes that look at the viewer into ``face``; ``landmarks`` (478, 3) pixels."""
    out = face.copy()
    for side, eye in enumerate(EYES):
        upper, lower = _lid(landmarks, eye.upper), _lid(landmarks, eye.lower)
        width = float(np.linalg.norm(upper[0] - upper[-1]))
        upper[:, 1] += LID_DROOP * width * np.sin(np.linspace(0, np.pi, len(upper)))
        opening = _fill(np.r_[upper, lower[::-1]], out.shape, soft=0.012 * width)
        ball = _eyeball(out.shape, (upper, lower), colours, side)
        out += (ball - out) * opening[..., None]
        _draw_lids(out, upper, lower, colours)
        crease = _smooth(landmarks[list(eye.upper_fold), :2])[6:-8]
        _line(out, crease, 0.03 * width, (colours.brow, 0.40))
    return out


def draw_lips(face: Array, landmarks: Array, colours: Colours) -> Array:
    """Close the mouth with a firm line, and tint both lips, the upper one darker."""
    points = landmarks[:, :2]
    meet = 0.5 * (points[list(INNER_UPPER_LIP)] + points[list(INNER_LOWER_LIP)])
    meet = _smooth(np.r_[points[[61]], meet[1:-1], points[[291]]])
    upper, lower = (_smooth(points[list(ids)]) for ids in (OUTER_UPPER_LIP, OUTER_LOWER_LIP))
    width = float(np.linalg.norm(meet[0] - meet[-1]))
    lip = np.array(colours.lip, np.float32)
    out = face.copy()
    for edge, shade, strength in ((upper, 0.82, 0.44), (lower, 1.0, 0.40)):
        cover = strength * _fill(np.r_[edge, meet[::-1]], out.shape, soft=0.022 * width)
        out += (shade * lip - out) * cover[..., None]
    full = meet[20:40] + np.array([0, 0.085 * width])
    _line(out, full, 0.045 * width, ((246.0, 208.0, 190.0), 0.20))
    _line(out, meet, 0.024 * width, ((74.0, 30.0, 26.0), 0.66))
    for corner in (meet[:7], meet[-7:]):
        _line(out, corner, 0.035 * width, ((74.0, 36.0, 28.0), 0.45))
    _line(
        out, lower[18:42] + np.array([0, 0.06 * width]), 0.07 * width, ((120.0, 74.0, 56.0), 0.30)
    )
    return out


def draw_brows(face: Array, landmarks: Array, colours: Colours, *, seed: int) -> Array:
    """Lay fine hairs along both brows, thicker toward the nose."""
    rng = np.random.default_rng(seed)
    out = face.copy()
    for eye in EYES:
        top = _smooth(landmarks[list(eye.brow[:5]), :2])
        low = _smooth(landmarks[list(eye.brow[5:]), :2])
        span = float(np.linalg.norm(top[0] - top[-1]))
        low_x, low_y = np.r_[top, low].min(0).astype(int) - int(0.3 * span)
        high_x, high_y = np.r_[top, low].max(0).astype(int) + int(0.3 * span)
        part = out[low_y:high_y, low_x:high_x]
        hairs = np.zeros(part.shape[:2], np.float32)
        for _ in range(260):
            _draw_hair(hairs, (top - [low_x, low_y], low - [low_x, low_y]), span, rng)
        hairs = 0.68 * cv2.GaussianBlur(np.clip(hairs, 0, 1), (0, 0), max(0.012 * span, 0.6))
        part += (np.array(colours.brow, np.float32) - part) * hairs[..., None]
    return out


def _lid(landmarks: Array, ids: tuple[int, ...]) -> Array:
    return _smooth(landmarks[list(ids), :2])


def _smooth(points: Array, count: int = 60) -> Array:
    """A spline through ``points`` (N, 2), ``count`` points along it."""
    curve, _ = splprep(points.T.astype(np.float64), s=len(points) * 0.5, k=3)
    return np.asarray(np.stack(splev(np.linspace(0, 1, count), curve), 1), np.float32)


def _fill(outline: Array, shape: tuple[int, ...], *, soft: float) -> Array:
    mask = np.zeros(shape[:2], np.float32)
    cv2.fillPoly(mask, [_fixed(outline)], 1.0, cv2.LINE_AA, SHIFT)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(soft, 0.4)), np.float32)


def _fixed(points: Array) -> NDArray[np.int32]:
    return np.asarray(np.round(points * (1 << SHIFT)), np.int32)


def _eyeball(
    shape: tuple[int, ...], lids: tuple[Array, Array], colours: Colours, side: int
) -> Array:
    """The white, iris, pupil and catchlight of one eye, over the whole picture (H, W, 3)."""
    upper, lower = lids
    width = float(np.linalg.norm(upper[0] - upper[-1]))
    centre = 0.5 * (upper[0] + upper[-1])
    lid_top, lid_low = upper[:, 1].min(), lower[:, 1].max()
    centre[1] = 0.55 * lid_top + 0.45 * lid_low
    centre[0] += (0.012 if side == 0 else -0.012) * width
    radius = 0.222 * width
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    r = np.hypot(x - centre[0], y - centre[1]) / radius
    ball = np.empty(shape, np.float32)
    ball[:] = colours.white
    ball *= np.clip(1.08 - 0.10 * np.abs(x - centre[0])[..., None] / radius, 0.5, 1.1)
    angle = np.arctan2(y - centre[1], x - centre[0])
    rays = 1 + 0.10 * np.sin(angle * 23 + 3 * r) + 0.06 * np.sin(angle * 41 - 5 * r)
    lit = 0.62 + 0.5 * np.clip(((y - centre[1]) + 0.5 * (x - centre[0])) / radius, -0.6, 1)
    iris = np.array(colours.iris, np.float32) * (rays * lit)[..., None]
    iris *= np.clip(1.9 - 1.25 * r, 0.42, 1)[..., None]
    ball = _over(ball, iris, 1 - _step(r, 0.93, 1.07))
    ball = _over(ball, np.array([14, 10, 9], np.float32), 1 - _step(r, 0.36, 0.46))
    depth = (
        np.clip((y - np.interp(x, upper[:, 0], upper[:, 1])) / (0.13 * width), 0, 1)
        if (upper[0, 0] < upper[-1, 0])
        else np.clip((y - np.interp(x, upper[::-1, 0], upper[::-1, 1])) / (0.13 * width), 0, 1)
    )
    ball *= (0.5 + 0.5 * depth)[..., None]
    spark = np.hypot(x - centre[0] + 0.36 * radius, (y - centre[1] + 0.40 * radius)) / radius
    return _over(ball, np.array([250, 246, 236], np.float32), 1 - _step(spark, 0.10, 0.22))


def _draw_lids(face: Array, upper: Array, lower: Array, colours: Colours) -> None:
    """The dark lash line above, thicker outward; a faint moist rim and lashes below."""
    width = float(np.linalg.norm(upper[0] - upper[-1]))
    _line(face, upper, 0.055 * width, (colours.lash, 0.85))
    _line(face, upper[:25] - [0, 0.015 * width], 0.05 * width, (colours.lash, 0.5))
    _line(face, lower[3:-6] + np.array([0, 0.012 * width]), 0.03 * width, (colours.lash, 0.30))


def _line(face: Array, points: Array, thick: float, ink: tuple[Colour, float]) -> None:
    mask = np.zeros(face.shape[:2], np.float32)
    thickness = max(round(thick), 1)
    cv2.polylines(mask, [_fixed(points)], False, 1.0, thickness, cv2.LINE_AA, SHIFT)
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.35 * thick, 0.5)) * ink[1]
    face += (np.array(ink[0], np.float32) - face) * mask[..., None]


def _draw_hair(
    hairs: Array, band: tuple[Array, Array], span: float, rng: np.random.Generator
) -> None:
    """One brow hair, rising from the lower edge, leaning outward, added to ``hairs``."""
    top, low = band
    t = rng.uniform(0.04, 0.98)
    i = int(t * (len(top) - 1))
    root = low[i] + (top[i] - low[i]) * rng.uniform(0.05, 0.8)
    outward = top[0] - top[-1]
    outward = outward / np.linalg.norm(outward)
    lean = 0.25 + 0.75 * (1 - t)
    tip = root + span * 0.09 * (outward * lean + [0, -(1 - lean) * 1.1 - 0.1])
    stroke = np.zeros_like(hairs)
    cv2.line(stroke, *map(tuple, _fixed(np.stack([root, tip]))), 1.0, 1, cv2.LINE_AA, SHIFT)
    fade = (0.22 + 0.3 * np.sin(np.pi * min(t + 0.1, 1))) * min(1.0, 0.25 + 5 * (1 - t))
    hairs += stroke * fade


def _step(x: Array, low: float, high: float) -> Array:
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _over(below: Array, above: Array, cover: Array) -> Array:
    return np.asarray(below + (above - below) * cover[..., None], np.float32)
