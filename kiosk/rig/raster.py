"""Triangles and outlines to maps of pixels.

A depth-buffered rasteriser, compiled by numba. Strict IEEE arithmetic (no fast-math: it would
change the floating-point mode of the whole process).
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.compiled import compiled
from kiosk.messages import Bytes, Floats

Points = NDArray[np.float64]
Box = tuple[slice, slice]

FAR = np.float32(1e9)
NOWHERE = np.float32(-1e4)
_EDGE = 1e-4  # pixels on an edge belong to both triangles
_SHIFT = 4  # OpenCV's fixed point: sixteenths of a pixel


def rasterise(
    vertices: Points, sources: Points, light: Points, triangles: NDArray[np.int32], size: int
) -> tuple[Floats, Floats, NDArray[np.int32]]:
    """Draw front-facing triangles into maps of what their vertices carry.

    Args:
        vertices: (V, 3) pixel coordinates with integer pixel centres; smaller z is nearer.
        sources: (V, 2) what each vertex shows.
        light: (V,) how its light has changed.
        triangles: (T, 3) counter-clockwise on the screen when seen from the front.
        size: of the maps, S.

    Returns:
        sources (S, S, 2), NOWHERE where nothing lies; light (S, S), 0 there; the triangle's number
        (S, S) int32, -1 there.
    """
    found = np.full((size, size, 2), NOWHERE, np.float32)
    lit = np.zeros((size, size), np.float32)
    which = np.full((size, size), -1, np.int32)
    carried = np.column_stack([vertices[:, 2], sources, light])
    _draw(np.ascontiguousarray(vertices[:, :2]), carried, triangles, found, lit, which)
    return found, lit, which


@compiled
def _draw(points, carried, triangles, found, lit, which):  # type: ignore[no-untyped-def]
    height, width = which.shape
    depth = np.full((height, width), FAR, np.float32)
    for number in range(len(triangles)):
        a, b, c = triangles[number, 0], triangles[number, 1], triangles[number, 2]
        xa, ya, xb, yb = points[a, 0], points[a, 1], points[b, 0], points[b, 1]
        xc, yc = points[c, 0], points[c, 1]
        area = (xb - xa) * (yc - ya) - (yb - ya) * (xc - xa)
        if area > -1e-6:  # turned away, or a sliver
            continue
        top = max(int(np.ceil(min(ya, yb, yc) - 1e-3)), 0)
        bottom = min(int(np.floor(max(ya, yb, yc) + 1e-3)), height - 1)
        across_b, across_c = (yc - ya) / area, (ya - yb) / area  # per pixel to the right
        down_b, down_c = (xa - xc) / area, (xb - xa) / area
        za, xa_seen, ya_seen, la = carried[a, 0], carried[a, 1], carried[a, 2], carried[a, 3]
        zb, xb_seen = carried[b, 0] - za, carried[b, 1] - xa_seen
        zc, xc_seen = carried[c, 0] - za, carried[c, 1] - xa_seen
        yb_seen, lb = carried[b, 2] - ya_seen, carried[b, 3] - la
        yc_seen, lc = carried[c, 2] - ya_seen, carried[c, 3] - la
        for y in range(top, bottom + 1):
            # how near the second and third corner are at x = 0
            row_b = (y - ya) * down_b - xa * across_b
            row_c = (y - ya) * down_c - xa * across_c
            left, right = _narrow(0.0, width - 1.0, across_b, row_b)
            left, right = _narrow(left, right, across_c, row_c)
            left, right = _narrow(left, right, -across_b - across_c, 1 - row_b - row_c)
            for x in range(int(np.ceil(left)), int(np.floor(right)) + 1):
                wb, wc = x * across_b + row_b, x * across_c + row_c
                z = za + wb * zb + wc * zc
                if z < depth[y, x]:
                    depth[y, x], which[y, x] = z, number
                    found[y, x, 0] = xa_seen + wb * xb_seen + wc * xc_seen
                    found[y, x, 1] = ya_seen + wb * yb_seen + wc * yc_seen
                    lit[y, x] = la + wb * lb + wc * lc


@compiled
def _narrow(left, right, slope, offset):  # type: ignore[no-untyped-def]
    """The part of a row, from left to right, where x * slope + offset is not negative."""
    offset += _EDGE
    if slope > 0:
        return max(left, -offset / slope), right
    if slope < 0:
        return left, min(right, -offset / slope)
    return (left, right) if offset >= 0 else (left, left - 1)


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
