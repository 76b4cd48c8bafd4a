"""What a closing lid shows that was never painted: its skin, and the line of its lashes.

The mesh draws the little skin there is over the whole lid, in streaks. So most of it is covered
with the same skin's colours, smoothed. Without lashes a shut eye is a blank, to people as to
trackers.
"""

import cv2
import numpy as np

from kiosk.face import EYES, Eye
from kiosk.messages import Bytes, Floats, Motion
from kiosk.rig.easing import smoothstep
from kiosk.rig.landmarks import Points
from kiosk.rig.mesh import MovedMesh
from kiosk.rig.overpaint import Overpaint
from kiosk.rig.raster import Box, fill_outline, pixel_centres, to_pixels

_LOOKED_AT = 512  # pixels of the canvas's side, where a lid's skin is looked at
_SMOOTH = 0.8  # of those pixels
_ON_LID, _ABOVE_CREASE = (0.4, 0.6, 0.8), (0.15, 0.3, 0.45)  # between the mesh's lines
_LIGHTER = 0.95  # a shut lid faces the light
_SKIN_COVER, _SKIN_FULL = 0.6, 0.8  # of the streaks; closure from which on
_CREASE, _CORNER = 0.2, 0.12  # of the lid's height and width: where the cover begins
_ROUND = 0.08  # how much darker a lid is at crease and lashes than in its middle
# closure at which lids begin to draw a lash line and at which it is whole; its height and how much
# of it lies above the seam, in eye widths: less, and trackers take the crease for the lid
_FROM, _FULL = 0.50, 0.90
_HEIGHT, _ABOVE, _STRENGTH = 0.075, 0.03, 0.95
_SOFT = 0.00104  # of the map's size: the blur of every edge


class Lids:
    """Both upper lids of one sitter.

    Args:
        picture: (S, S, 3) RGB, the canvas as it hangs.
        still: (478, 3) neutral landmarks, canvas coordinates.
        lash: (3,) RGB, 0 to 1.
    """

    def __init__(self, picture: Bytes, still: Points, lash: Points) -> None:
        self._lash = lash.astype(np.float32)
        size = (_LOOKED_AT, _LOOKED_AT)
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
        smooth = cv2.GaussianBlur(small, (0, 0), _SMOOTH)
        self._skins = [_skin_along(smooth, still, eye) for eye in EYES]

    def draw(self, moved: MovedMesh, motion: Motion, over: Overpaint) -> None:
        """Lay both lids' skin and lashes, as far as they are closed."""
        for eye, skin, closure in zip(EYES, self._skins, motion.closure, strict=True):
            if closure > 0:
                _draw_skin(moved.vertices[:, :2], eye, skin, float(closure), over)
            if closure > _FROM:
                strength = min((float(closure) - _FROM) / (_FULL - _FROM), 1.0)
                line = _around(moved.vertices[list(eye.upper), :2])
                box, soft = _soft_fill(line, over.size)
                over.lay(box, self._lash, soft * (_STRENGTH * strength))


def _skin_along(smooth: Floats, still: Points, eye: Eye) -> Floats:
    """Colours of a lid from its outer corner to the inner one, (9, 3): of lid and crease."""
    lash, fold, orbit = (
        still[list(line), :2] for line in (eye.upper, eye.upper_fold, eye.upper_orbit)
    )
    places = [lash + part * (fold - lash) for part in _ON_LID]
    places += [fold + part * (orbit - fold) for part in _ABOVE_CREASE]
    x, y = np.moveaxis(to_pixels(np.array(places), len(smooth)), -1, 0).astype(np.float32)
    # crease and lashes are dark lines between
    seen = np.quantile(cv2.remap(smooth, x, y, cv2.INTER_LINEAR), _LIGHTER, axis=0)
    return np.asarray(cv2.blur(seen[None].astype(np.float32), (3, 1))[0])  # of neighbours


def _draw_skin(points: Points, eye: Eye, skin: Floats, closure: float, over: Overpaint) -> None:
    lash = points[list(eye.upper)]
    crease = np.vstack([lash[:1], points[list(eye.upper_fold[1:-1])], lash[-1:]])
    box, soft = _soft_fill(np.vstack([crease, lash[-2:0:-1]]), over.size)
    along = (lash[-1] - lash[0]) / np.sum((lash[-1] - lash[0]) ** 2)
    pixels = pixel_centres(over.size)[box]
    across, height = (pixels - lash[0]) @ along, pixels[..., 1]  # 0 to 1, outer to inner corner
    top, bottom = (_height_at(across, line, (line - lash[0]) @ along) for line in (crease, lash))
    down = np.clip((height - top) / np.maximum(bottom - top, 1e-6), 0, 1)
    steps = np.linspace(0, 1, len(skin))
    colour = np.stack([np.interp(across, steps, channel) for channel in skin.T], -1)
    colour *= 1 - _ROUND * (2 * down - 1)[..., None] ** 2
    inside = smoothstep(down / _CREASE) * smoothstep(np.minimum(across, 1 - across) / _CORNER)
    share = _SKIN_COVER * min(closure / _SKIN_FULL, 1.0) * inside
    over.lay(box, colour.astype(np.float32), (soft * share).astype(np.float32))


def _height_at(across: Floats, line: Points, at: Points) -> Points:
    order = np.argsort(at)
    return np.asarray(np.interp(across, at[order], line[order, 1]))


def _around(line: Points) -> Points:
    """The outline of a line of lashes (N, 2), thick in the middle, pointed at the corners."""
    width = float(np.linalg.norm(line[0] - line[-1]))
    swell = np.sin(np.linspace(0, np.pi, len(line)))[:, None] * [0, width]
    above, below = line - _ABOVE * swell, line + (_HEIGHT - _ABOVE) * swell
    return np.vstack([above, below[-2:0:-1]])


def _soft_fill(outline: Points, size: int) -> tuple[Box, Floats]:
    """The box around an outline and its softened mask there, 0 to 1."""
    box, mask = fill_outline(outline, size)
    return box, cv2.GaussianBlur(mask, (0, 0), _SOFT * size).astype(np.float32) / 255
