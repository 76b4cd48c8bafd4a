"""Triangles and outlines to maps of pixels.

A depth-buffered rasteriser, compiled by numba. Strict IEEE arithmetic (no fast-math: it would
change the floating-point mode of the whole process).
"""

from functools import lru_cache

import cv2
import numba
import numpy as np
from numpy.typing import NDArray

from kiosk.messages import Bytes, Floats

Points = NDArray[np.float64]
Box = tuple[slice, slice]

FAR = np.float32(1e9)
NOWHERE = np.float32(-1e4)
_EDGE = 1e-4  # pixels on an edge belong to both triangles
_SHIFT = 4  # OpenCV's fixed point: sixteenths of a pixel


def rasterise(
    vertices: Floats, sources: Floats, light: Floats, triangles: NDArray[np.int32], *, box: Box
) -> tuple[Floats, Floats, NDArray[np.int32]]:
    """Draw front-facing triangles into maps of what their vertices carry.

    Args:
        vertices: (V, 3) pixel coordinates with integer pixel centres; smaller z is nearer.
        sources: (V, 2) what each vertex shows.
        light: (V,) how its light has changed.
        triangles: (T, 3) counter-clockwise on the screen when seen from the front.
        box: the rows and columns to draw, H and W of them.

    Returns:
        sources (H, W, 2), NOWHERE where nothing lies; light (H, W), 0 there; the triangle's number
        (H, W) int32, -1 there.
    """
    rows, columns = box
    shape = rows.stop - rows.start, columns.stop - columns.start
    found = np.full((*shape, 2), NOWHERE, np.float32)
    lit = np.zeros(shape, np.float32)
    which = np.full(shape, -1, np.int32)
    corner = np.array([columns.start, rows.start, 0], np.float32)
    _draw(vertices - corner, sources, light, triangles, found, lit, which)
    return found, lit, which


@numba.njit(cache=True, nogil=True)
def _draw(vertices, sources, light, triangles, found, lit, which):  # type: ignore[no-untyped-def]
    height, width = which.shape
    depth = np.full((height, width), FAR, np.float32)
    for number in range(triangles.shape[0]):
        a, b, c = triangles[number]
        xa, ya, za = vertices[a]
        xb, yb, zb = vertices[b]
        xc, yc, zc = vertices[c]
        area = (xb - xa) * (yc - ya) - (yb - ya) * (xc - xa)
        if area > -1e-6:  # turned away, or a sliver
            continue
        left = max(int(np.ceil(min(xa, xb, xc) - 1e-3)), 0)
        right = min(int(np.floor(max(xa, xb, xc) + 1e-3)), width - 1)
        top = max(int(np.ceil(min(ya, yb, yc) - 1e-3)), 0)
        bottom = min(int(np.floor(max(ya, yb, yc) + 1e-3)), height - 1)
        across_b, across_c = (yc - ya) / area, (ya - yb) / area  # per pixel to the right
        down_b, down_c = (xa - xc) / area, (xb - xa) / area
        for y in range(top, bottom + 1):
            row_b, row_c = (y - ya) * down_b, (y - ya) * down_c
            for x in range(left, right + 1):
                wb = (x - xa) * across_b + row_b
                wc = (x - xa) * across_c + row_c
                wa = 1 - wb - wc
                if wa < -_EDGE or wb < -_EDGE or wc < -_EDGE:
                    continue
                z = wa * za + wb * zb + wc * zc
                if z < depth[y, x]:
                    depth[y, x] = z
                    which[y, x] = number
                    lit[y, x] = wa * light[a] + wb * light[b] + wc * light[c]
                    for k in range(2):
                        found[y, x, k] = (
                            wa * sources[a, k] + wb * sources[b, k] + wc * sources[c, k]
                        )


def to_pixels(points: Points | Floats, size: int) -> Points:
    """Canvas coordinates to pixels of a picture of that size, integer at pixel centres."""
    return np.asarray((points + 1) * (size / 2) - 0.5)


@lru_cache(maxsize=4)
def pixel_centres(size: int) -> Floats:
    """Canvas coordinates of every pixel: (size, size, 2)."""
    centres = (np.arange(size) + 0.5) * 2 / size - 1
    points = np.stack(np.meshgrid(centres, centres), -1).astype(np.float32)
    points.flags.writeable = False  # one array for all who ask
    return points


def fill_outline(outline: Points, size: int) -> tuple[Box, Bytes]:
    """The box around an outline (N, 2) in canvas coordinates, and its antialiased mask there."""
    box = box_around(outline, size)
    rows, columns = box
    mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    pixels = to_pixels(outline, size) - [columns.start, rows.start]
    fixed = np.round(pixels * (1 << _SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [fixed], (255,), cv2.LINE_AA, _SHIFT)
    return box, mask


def box_around(points: Points, size: int) -> Box:
    """Rows and columns around points (N, 2) in canvas coordinates, with a margin."""
    pixels, margin = to_pixels(points, size), size // 80
    low = np.clip(np.floor(pixels.min(0)).astype(int) - margin, 0, size - 1)
    high = np.clip(np.ceil(pixels.max(0)).astype(int) + margin, low + 1, size)
    return slice(low[1], high[1]), slice(low[0], high[0])


def pull_push(image: Floats, known: Floats) -> Floats:
    """Fill an (H, W, C) image smoothly from where `known` (H, W) is 1.

    Gortler et al., *The Lumigraph*, 1996.
    """
    levels = [(image * known[..., None], known)]
    while min(levels[-1][0].shape[:2]) > 1:
        height, width = levels[-1][0].shape[:2]
        half = ((width + 1) // 2, (height + 1) // 2)
        levels.append(tuple(cv2.resize(x, half, interpolation=cv2.INTER_AREA) for x in levels[-1]))
    colour, weight = levels[-1]
    filled = colour.reshape(*weight.shape, -1) / np.maximum(weight, 1e-6)[..., None]
    for colour, weight in levels[-2::-1]:
        above = cv2.resize(filled, colour.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        above = above.reshape(colour.shape)
        filled = colour + (1 - np.clip(weight, 0, 1))[..., None] * above
    return np.asarray(filled, np.float32)
