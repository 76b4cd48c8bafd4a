"""The eyeball that a painter hid under the lids: what comes into view when they part wider.

A lid lifted above the painted one, or an iris that sinks below it, bares paint that is not there.
Here it is made of the rest of the same eye: the iris is as all around its middle, the white as
beside it, and the lid's shadow falls where the lid now is. At rest nothing is covered.
"""

import cv2
import numpy as np

from kiosk.messages import Bytes, Floats
from kiosk.rig.easing import smoothstep
from kiosk.rig.eyes import Eyeball, Seen
from kiosk.rig.grain import Grain
from kiosk.rig.landmarks import Points
from kiosk.rig.palette import Palette
from kiosk.rig.raster import to_pixels

# eye widths inside the upper and the lower lid, where its shadow or its rim has ended
CLEAR, LOWER_CLEAR = 0.12, 0.03
NARROW = (0.4, 0.1)  # of a narrow opening's height, where that is less
BARED = 0.03  # eye widths by which lids part farther for what they hid to be covered in full
SHADOW, IN_CORNERS = 0.9, 0.4  # of lash's dark under the upper lid; of a narrow opening's height
_LIMBUS = (0.92, 1.1)  # iris radii: from the iris to the white
_EDGE = 0.9  # iris radii: farther out a painted iris runs into the white
_RINGS, _AROUND = 14, 72  # where the iris is looked at
_COLUMNS, _ROWS = 32, 24  # and the white
_BESIDE = 1.2  # iris radii from which on it is white
# quantiles of what is looked at: white in shadow is less telling, and so is an iris's edge on white
_OF_WHITE, _OF_IRIS = 0.65, 0.35
_HALO = 1.5  # radii of a catchlight that are left out
_LOOKED_AT = 768  # pixels of the canvas's side: single strokes are finer


class HiddenEye:
    """One eyeball's colours, as the visible part of it tells them.

    Args:
        ball: the eyeball.
        picture: (S, S, 3) RGB, the canvas as it hangs.
        palette: the painting's.
        grain: the painting's.
    """

    def __init__(self, ball: Eyeball, picture: Bytes, *, palette: Palette, grain: Grain) -> None:
        self._ball, self._lash, self._grain = ball, palette.lash, grain
        size = (_LOOKED_AT, _LOOKED_AT)
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        white = _fill_gaps(_look_at_white(ball, small), palette.tooth)
        self._white = cv2.blur(white, (1, _COLUMNS // 4))
        self._iris = _fill_gaps(_look_at_iris(ball, small), palette.lash)

    def paint(self, seen: Seen) -> tuple[Floats, Floats]:
        """What to lay over an eye's points, and how much of it.

        Args:
            seen: what the artwork shows at N of them.

        Returns:
            colours (N, 3) RGB, 0 to 1, and cover (N,), 0 to 1.
        """
        painted, now = self._ball.depths(seen.places), seen.depths
        upper = _bared(painted.upper, now.upper, CLEAR)
        lower = _bared(painted.lower, now.lower, LOWER_CLEAR)
        cover = (1 - (1 - upper) * (1 - lower)) * (1 - seen.mirrored)
        colour = self._unshaded(seen.places)
        reach = np.minimum(CLEAR, IN_CORNERS * (now.upper + now.lower))
        shadow = SHADOW * (1 - smoothstep(now.upper / np.maximum(reach, 1e-6)))[..., None]
        colour = colour + shadow * (self._lash - colour)
        return np.clip(colour, 0, 1).astype(np.float32), cover.astype(np.float32)

    def _unshaded(self, places: Points) -> Points:
        ball = self._ball
        offsets = places - ball.iris
        away = np.linalg.norm(offsets, axis=-1) / ball.radius
        inside = smoothstep((_LIMBUS[1] - away) / (_LIMBUS[1] - _LIMBUS[0]))[..., None]
        white = _along(self._white, ball.across(places))
        colour = white + inside * (_along(self._iris, away / _EDGE) - white)
        return np.asarray(colour * self._grain.at(offsets[None])[0, :, None])


def _bared(painted: Points, now: Points, clear: float) -> Points:
    """How much points show of what a lid hid or shaded, 0 to 1, by their depths inside it."""
    return smoothstep((now - painted) / BARED) * (1 - smoothstep(painted / clear))


def _look_at_iris(ball: Eyeball, picture: Floats) -> Floats:
    """The colour at each distance from its middle: (RINGS, 3); NaN where none is seen."""
    angles = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
    radii = np.linspace(0, _EDGE, _RINGS)[:, None, None] * ball.radius
    points = ball.iris + radii * np.stack([np.cos(angles), np.sin(angles)], -1)
    return _typical(ball, picture, points, _OF_IRIS)


def _look_at_white(ball: Eyeball, picture: Floats) -> Floats:
    """The colour at each place across the eye: (COLUMNS, 3); NaN where none is seen."""
    across, down = np.linspace(0, 1, _COLUMNS), np.linspace(-0.5, 0.5, _ROWS)
    frame = np.stack(np.meshgrid(across, down, indexing="ij"), -1) * ball.width
    points = ball.outer + frame @ ball.axes
    iris = np.linalg.norm(points - ball.iris, axis=-1) < _BESIDE * ball.radius
    return _typical(ball, picture, np.where(iris[..., None], np.nan, points), _OF_WHITE)


def _typical(ball: Eyeball, picture: Floats, points: Points, quantile: float) -> Floats:
    """The colour of the visible ones in each row of points (N, M, 2): (N, 3)."""
    depths = ball.depths(points)
    opening = depths.upper + depths.lower
    seen = depths.upper > np.minimum(CLEAR, NARROW[0] * opening)
    seen &= depths.lower > np.minimum(LOWER_CLEAR, NARROW[1] * opening)
    for light in ball.catchlights:
        seen &= np.linalg.norm(points - light.centre, axis=-1) > _HALO * light.radius
    x, y = np.moveaxis(to_pixels(np.nan_to_num(points), len(picture)), -1, 0).astype(np.float32)
    colours = cv2.remap(picture, x, y, cv2.INTER_LINEAR)
    rows = (row[mask] for row, mask in zip(colours, seen, strict=True))
    nothing = np.full(3, np.nan)
    return np.array([np.quantile(row, quantile, 0) if len(row) else nothing for row in rows])


def _fill_gaps(colours: Floats, otherwise: Points) -> Floats:
    """Rows (N, 3) of which none is NaN: each as its neighbours are; `otherwise` if none is seen."""
    known = np.isfinite(colours[:, 0])
    if not known.any():
        return np.tile(otherwise.astype(np.float32), (len(colours), 1))
    steps = np.arange(len(colours))
    return np.stack([np.interp(steps, steps[known], c[known]) for c in colours.T], -1)


def _along(colours: Floats, where: Points) -> Points:
    """Colours (N, 3) at places from 0 to 1: (..., 3)."""
    steps = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(where, steps, channel) for channel in colours.T], -1)
