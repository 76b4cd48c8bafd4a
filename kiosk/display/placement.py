"""Where the artwork hangs on the screen. Numbers only.

Screen coordinates are in pixels, x right and y down, pixel centres at x + 0.5.
"""

import math
from dataclasses import dataclass

from kiosk.portraits.pack import CanvasPlace

Rectangle = tuple[int, int, int, int]  # left, top, width, height


@dataclass(frozen=True, slots=True)
class Placement:
    """The artwork on the screen: ``screen = artwork * scale + (left, top)``."""

    scale: float  # screen pixels for one of the artwork's
    left: float
    top: float
    picture: Rectangle  # pixels that show the artwork
    canvas: Rectangle  # pixels that may move


def place_artwork(
    artwork: tuple[int, int], screen: tuple[int, int], *, canvas: CanvasPlace, margin: float
) -> Placement:
    """Hangs the artwork as large as the wall allows, in its middle.

    Args:
        artwork: its width and height in pixels.
        screen: width and height in pixels.
        canvas: the square of the artwork that moves.
        margin: wall left free on each side, as a fraction of the screen's shorter side.
    """
    free = [length - 2 * margin * min(screen) for length in screen]
    scale = min(free[0] / artwork[0], free[1] / artwork[1])
    # whole pixels: at scale 1 the artwork's pixels are the screen's
    left = float((screen[0] - round(artwork[0] * scale)) // 2)
    top = float((screen[1] - round(artwork[1] * scale)) // 2)
    right, bottom = left + artwork[0] * scale, top + artwork[1] * scale
    picture = _covered_pixels((left, top, right, bottom), screen)
    x, y = left + canvas.left * scale, top + canvas.top * scale
    side = canvas.side * scale
    moving = _covered_pixels((x, y, x + side, y + side), screen)
    return Placement(scale=scale, left=left, top=top, picture=picture, canvas=moving)


def overlap(first: Rectangle, second: Rectangle) -> Rectangle:
    """The pixels of both; width and height are 0 where there are none."""
    left, top = max(first[0], second[0]), max(first[1], second[1])
    right = min(first[0] + first[2], second[0] + second[2])
    bottom = min(first[1] + first[3], second[1] + second[3])
    return left, top, max(right - left, 0), max(bottom - top, 0)


def touch(first: Rectangle, second: Rectangle) -> bool:
    """Whether they have a pixel in common."""
    _, _, width, height = overlap(first, second)
    return width > 0 and height > 0


def unite(first: Rectangle, second: Rectangle) -> Rectangle:
    """The smallest rectangle around both; an empty one counts for nothing."""
    if not (first[2] and first[3]):
        return second
    if not (second[2] and second[3]):
        return first
    left, top = min(first[0], second[0]), min(first[1], second[1])
    right = max(first[0] + first[2], second[0] + second[2])
    bottom = max(first[1] + first[3], second[1] + second[3])
    return left, top, right - left, bottom - top


def _covered_pixels(edges: tuple[float, float, float, float], screen: tuple[int, int]) -> Rectangle:
    """Pixels whose centres lie within ``edges``: left, top, right, bottom."""
    left, top, right, bottom = (math.ceil(edge - 0.5 - 1e-6) for edge in edges)
    left, top = max(left, 0), max(top, 0)
    return left, top, min(right, screen[0]) - left, min(bottom, screen[1]) - top
