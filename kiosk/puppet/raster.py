"""Triangles to a dense map: for every pixel, which point of the artwork lies there.

A depth-buffered rasteriser, compiled by numba. Strict IEEE arithmetic (no fast-math: it would
change the floating-point mode of the whole process).
"""

import numba
import numpy as np
from numpy.typing import NDArray

from kiosk.messages import Floats

FAR = np.float32(1e9)
NOWHERE = np.float32(-1e4)
_EDGE = 1e-4  # pixels on an edge belong to both triangles


def rasterise(
    vertices: Floats, sources: Floats, triangles: NDArray[np.int32], *, size: int
) -> tuple[Floats, NDArray[np.int32]]:
    """Draw front-facing triangles into a map of sources.

    Args:
        vertices: (V, 3) pixel coordinates with integer pixel centres; smaller z is nearer.
        sources: (V, 2) what each vertex shows.
        triangles: (T, 3) counter-clockwise on the screen when seen from the front.
        size: side of the map in pixels.

    Returns:
        sources (size, size, 2) float32 and the triangle's number (size, size) int32, -1 for none.
    """
    found = np.full((size, size, 2), NOWHERE, np.float32)
    which = np.full((size, size), -1, np.int32)
    depth = np.full((size, size), FAR, np.float32)
    _draw(vertices, sources, triangles, found, which, depth)
    return found, which


@numba.njit(cache=True)
def _draw(vertices, sources, triangles, found, which, depth):  # type: ignore[no-untyped-def]
    height, width = which.shape
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
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                wb = ((x - xa) * (yc - ya) - (y - ya) * (xc - xa)) / area
                wc = ((xb - xa) * (y - ya) - (yb - ya) * (x - xa)) / area
                wa = 1 - wb - wc
                if wa < -_EDGE or wb < -_EDGE or wc < -_EDGE:
                    continue
                z = wa * za + wb * zb + wc * zc
                if z < depth[y, x]:
                    depth[y, x] = z
                    which[y, x] = number
                    for k in range(2):
                        found[y, x, k] = (
                            wa * sources[a, k] + wb * sources[b, k] + wc * sources[c, k]
                        )
