"""A picture painted anew in oil, stroke by stroke.

Comes in: a reference picture and a map of what matters in it. Goes out: the same picture as a
painter would lay it down: coarse strokes first, finer ones where the coarse ones miss (Hertzmann,
*Painterly Rendering with Curved Brush Strokes of Multiple Sizes*, 1998), each bent along the
picture's structure tensor, each with its own bristles, load and shade of colour; then lit as
relief, on a canvas whose weave shows where the paint is thin. The same seed paints the same
picture. Which colours to use is left to ``palette``.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.painting.stroke import BRISTLES, STRETCH, lay_strokes

Array = NDArray[np.float32]
Image = NDArray[np.uint8]

IMPRIMATURA = (92.0, 70.0, 50.0)  # the umber a canvas is toned with before the first stroke


@dataclass(frozen=True, slots=True)
class Layer:
    """One going-over with one brush, for a picture 1536 pixels wide."""

    radius_px: float
    tolerance: float  # colour distance (0 to 441) that is left as it is
    matter: float  # paint only where the picture matters this much, 0 to 1
    opacity: float
    load: float  # thickness of the paint


LAYERS = (
    Layer(radius_px=44.0, tolerance=0.0, matter=0.0, opacity=0.95, load=0.35),
    Layer(radius_px=24.0, tolerance=12.0, matter=0.0, opacity=0.9, load=0.6),
    Layer(radius_px=13.0, tolerance=12.0, matter=0.0, opacity=0.85, load=0.9),
    Layer(radius_px=7.5, tolerance=13.0, matter=0.0, opacity=0.85, load=1.0),
    Layer(radius_px=4.2, tolerance=13.0, matter=0.15, opacity=0.85, load=0.9),
    Layer(radius_px=2.6, tolerance=13.0, matter=0.4, opacity=0.85, load=0.7),
    Layer(radius_px=1.6, tolerance=10.0, matter=0.7, opacity=0.9, load=0.5),
)


def paint(
    reference: Image, matter: Array, *, seed: int = 0, layers: tuple[Layer, ...] = LAYERS
) -> Image:
    """Paint ``reference`` (H, W, 3) uint8 RGB; ``matter`` (H, W) in [0, 1] is finest at 1.

    Returns (H, W, 3) uint8 RGB.
    """
    rng = np.random.default_rng(seed)
    goal = reference.astype(np.float32)
    scale = reference.shape[1] / 1536
    along = stroke_directions(goal, rng, scale=scale)
    bristles = make_bristles(rng)
    canvas = np.empty_like(goal)
    canvas[:] = IMPRIMATURA
    height = np.zeros(goal.shape[:2], np.float32)
    for layer in layers:
        _paint_layer(canvas, height, goal, (matter, along, bristles), (layer, scale, rng))
    return light_relief(canvas, height, matter, rng=rng)


def stroke_directions(goal: Array, rng: np.random.Generator, *, scale: float) -> Array:
    """Unit vectors (H, W, 2) along which strokes go: across the gradient, or with a slow swirl."""
    grey = cv2.cvtColor(goal / 255, cv2.COLOR_RGB2GRAY)
    grey = cv2.GaussianBlur(grey, (0, 0), 1.5 * scale)
    gx, gy = cv2.Scharr(grey, cv2.CV_32F, 1, 0), cv2.Scharr(grey, cv2.CV_32F, 0, 1)
    doubled = np.dstack([gx * gx - gy * gy, 2 * gx * gy])
    field = _swirl(grey.shape, rng) * 2e-4
    for sigma, share in ((3.0, 0.6), (9.0, 0.6), (30.0, 0.5)):
        field += share * cv2.GaussianBlur(doubled, (0, 0), sigma * scale)
    angle = 0.5 * np.arctan2(field[..., 1], field[..., 0]) + np.pi / 2
    return np.dstack([np.cos(angle), np.sin(angle)]).astype(np.float32)


def make_bristles(rng: np.random.Generator) -> Array:
    """Paint held by each hair of a brush along a stroke: (STRETCH, BRISTLES), even in [0, 1]."""
    noise = rng.standard_normal((STRETCH, BRISTLES)).astype(np.float32)
    streaks = cv2.GaussianBlur(noise, (0, 0), sigmaX=0.7, sigmaY=24.0)
    order = streaks.ravel().argsort().argsort().reshape(streaks.shape)
    return np.asarray(order / order.size, np.float32)


def light_relief(canvas: Array, height: Array, matter: Array, *, rng: np.random.Generator) -> Image:
    """Light the paint's relief from the upper left; let the weave show where paint is thin.

    Paint is worked smoother where the picture matters.
    """
    relief = cv2.GaussianBlur(height, (0, 0), 0.8)
    weave = _weave(relief.shape, rng) * np.exp(-1.5 * relief)
    relief = relief + 0.10 * weave
    slope = cv2.Sobel(relief, cv2.CV_32F, 1, 0) + cv2.Sobel(relief, cv2.CV_32F, 0, 1)
    slope = slope * (1 - 0.65 * np.clip(matter * 1.3, 0, 1))
    shade = np.clip(1 + 0.045 * slope, 0.86, 1.16)[..., None]
    gloss = 5.0 * np.clip(slope - 0.6, 0, 2)[..., None]
    return np.asarray(np.clip(canvas * shade + gloss, 0, 255), np.uint8)


def _swirl(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """A slowly turning field of doubled angles (H, W, 2), mostly down to the left."""
    noise = rng.standard_normal((7, 6)).astype(np.float32)
    angle = cv2.resize(noise, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC) * 0.5
    doubled = 2 * (angle + np.pi * 0.2)
    return np.dstack([np.cos(doubled), np.sin(doubled)]).astype(np.float32)


def _weave(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """The threads of a plain-woven canvas, about 5 pixels apart, in [-1, 1]."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    drift = rng.standard_normal((2, 24, 24)).astype(np.float32) * 1.2
    place = (shape[1], shape[0])
    x = x + cv2.resize(drift[0], place, interpolation=cv2.INTER_CUBIC)
    y = y + cv2.resize(drift[1], place, interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.sin(x * 1.26) * np.sin(y * 1.26), np.float32)


def _paint_layer(
    canvas: Array,
    height: Array,
    goal: Array,
    fields: tuple[Array, Array, Array],
    manner: tuple[Layer, float, np.random.Generator],
) -> None:
    """Lay one layer's strokes onto ``canvas`` and ``height``, in random order."""
    matter, along, bristles = fields
    layer, scale, rng = manner
    radius = max(layer.radius_px * scale, 1.0)
    smooth = cv2.GaussianBlur(goal, (0, 0), radius * 0.3)
    step = max(radius * 0.9, 1.6)
    h, w = matter.shape
    y, x = np.mgrid[0:h:step, 0:w:step]
    starts = np.c_[x.ravel(), y.ravel()] + rng.uniform(-step / 2, step / 2, (x.size, 2))
    starts = np.clip(starts, 0, [w - 1, h - 1]).astype(np.float32)[rng.permutation(x.size)]
    missed = cv2.GaussianBlur(np.linalg.norm(canvas - smooth, axis=2), (0, 0), radius * 0.5)
    columns, rows = starts.astype(np.int64).T
    weight = matter[rows, columns]
    light = smooth[rows, columns].mean(1) / 128  # a step shows more in the dark
    tolerance = layer.tolerance * (1.5 - weight) * np.clip(0.25 + light, 0.3, 1.0)
    starts = starts[(missed[rows, columns] >= tolerance) & (weight >= layer.matter)]
    chance = rng.random((len(starts), 8)).astype(np.float32)
    lay_strokes(
        (canvas, height, smooth, matter, along, bristles),
        starts,
        chance,
        (np.float32(radius), np.float32(layer.opacity), np.float32(layer.load)),
    )
