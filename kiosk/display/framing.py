"""The wall behind a picture, with a frame and a mat around it, where the settings want them.

Drawn once for a screen and a placement, in plain NumPy. A frame is a moulding in one colour, lit
from above on the left, as most pictures are.
"""

import numpy as np

from kiosk.display.placement import Placement, Rectangle
from kiosk.display.settings import DisplaySettings, rgb_of
from kiosk.messages import Bytes, Floats

LIT = {"top": 1.12, "left": 1.0, "right": 0.78, "bottom": 0.66}  # of the frame's colour
ROUND = 0.35  # how much lighter the middle of the moulding is than its edges
SHADE, SHADE_SHARE = 0.55, 0.06  # of the mat or wall beside the frame, and how far it reaches


def frame_px(settings: DisplaySettings, screen: tuple[int, int]) -> tuple[int, int]:
    """How wide frame and mat are, pixels; 0 for none."""
    shorter = min(screen)
    frame = round(settings.frame_width * shorter) if settings.frame else 0
    mat = round(settings.mat_width * shorter) if settings.mat else 0
    return frame, mat


def framed(settings: DisplaySettings, screen: tuple[int, int], picture: Rectangle) -> Rectangle:
    """A picture's rectangle with its frame and mat."""
    return _grown(picture, sum(frame_px(settings, screen)))


def paint_wall(settings: DisplaySettings, screen: tuple[int, int], placement: Placement) -> Bytes:
    """The wall, framed where the picture will be: (height, width, 4) uint8 RGBA."""
    width, height = screen
    rgba = np.empty((height, width, 4), np.uint8)
    rgba[:, :] = (*settings.wall_rgb, 255)
    frame, mat = frame_px(settings, screen)
    if mat:
        _fill(rgba, _grown(placement.picture, mat), np.array(rgb_of(settings.mat), np.float32))
    if frame:
        outer = framed(settings, screen, placement.picture)
        _mould(rgba, outer, frame, rgb_of(settings.frame))
    return rgba


def _mould(rgba: Bytes, outer: Rectangle, wide: int, colour: tuple[int, int, int]) -> None:
    """Draw a moulding within a rectangle's edge, and its shade on what lies inside."""
    width, height = outer[2:]
    y, x = np.mgrid[:height, :width].astype(np.float32) + 0.5
    sides = {"left": x, "top": y, "right": width - x, "bottom": height - y}
    depths = np.stack(list(sides.values()))
    nearest, depth = depths.argmin(0), depths.min(0)
    light = np.array([LIT[name] for name in sides], np.float32)[nearest]
    bulge = 1 + ROUND * (np.sin(np.pi * np.clip(depth / wide, 0, 1)) - 0.5)
    moulding = (light * bulge)[..., None] * np.array(colour, np.float32)
    reach = max(SHADE_SHARE * min(width, height), 1.0)
    lit_edge = np.minimum(sides["left"], sides["top"]) - wide  # these cast the shade
    shade = SHADE + (1 - SHADE) * np.clip(lit_edge / reach, 0, 1)
    part = _visible(rgba, outer)
    if part is None:
        return
    there, rows, columns = part
    within = (depth < wide)[rows, columns, None]
    inside = there[..., :3] * shade[rows, columns, None]
    there[..., :3] = np.where(within, np.clip(moulding[rows, columns], 0, 255), inside)


def _fill(rgba: Bytes, area: Rectangle, colour: Floats) -> None:
    part = _visible(rgba, area)
    if part is not None:
        part[0][..., :3] = colour


def _visible(rgba: Bytes, area: Rectangle) -> tuple[Bytes, slice, slice] | None:
    """The part of a rectangle that is on the screen, and which of its own rows and columns."""
    left, top, width, height = area
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + width, rgba.shape[1]), min(top + height, rgba.shape[0])
    if x1 <= x0 or y1 <= y0:
        return None
    return rgba[y0:y1, x0:x1], slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)


def _grown(area: Rectangle, by: int) -> Rectangle:
    left, top, width, height = area
    return left - by, top - by, width + 2 * by, height + 2 * by
