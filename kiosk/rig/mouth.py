"""What opens behind the lips: teeth of the skull, tongue of the jaw, in the painting's palette.

All shapes live in the mouth's own frame: u across, v down, both in widths of the painted mouth,
from the middle of its closed line.
"""

import cv2
import numpy as np

from kiosk.face import INNER_LOWER_LIP, INNER_UPPER_LIP, LIPS, LOWER_LIP, MESH, UPPER_LIP
from kiosk.messages import Floats
from kiosk.rig.easing import smoothstep
from kiosk.rig.grain import Grain
from kiosk.rig.landmarks import Points
from kiosk.rig.mesh import MovedMesh
from kiosk.rig.overpaint import Overpaint
from kiosk.rig.palette import Palette
from kiosk.rig.raster import fill_outline, pixel_centres

CORNERS = (78, 308)  # of the inner lips

_CONTACT = 0.002  # canvas units: lips nearer than this are closed
_SOFT = 0.0013  # of the map's size: the blur of the opening's outline
# a mouth painted open is covered when it opens by so much of that more; at least mouth widths, so
# that one painted shut is covered at once
_AS_WIDE, _LEAST = 0.8, 0.004
_TOOTH_BOTTOM = 0.095  # how far the upper teeth reach below the closed lip line
_ARCH = 0.42  # half width of the row of teeth
_TOOTH_WIDTH = 0.105  # of the front ones
_GAP = 0.16  # how dark it is between two teeth
_UNDER_LIP = 0.75  # how lit teeth are in the upper lip's shadow
_TONGUE_SHOWS = 0.12  # opening, in mouth widths, from which the tongue is fully lit
_PURSED = 0.5  # how lit the tongue is behind pursed lips;
_NARROW, _WIDE = 0.72, 0.92  # of the painted mouth's width: pursed, and no more
_RIM, _RIM_WIDTH = 0.62, 0.05  # how lit the opening is at the lips; over how many mouth widths


class MouthInterior:
    """Paints the inside of one sitter's mouth.

    Args:
        still: (478, 3) neutral landmarks, canvas coordinates.
        palette: the painting's.
        grain: the painting's.
    """

    def __init__(self, still: Points, palette: Palette, grain: Grain) -> None:
        self.palette, self.grain = palette, grain
        left, right = still[list(CORNERS), :2]
        self.width = float(np.linalg.norm(right - left))
        self.axis = (right - left) / self.width
        self.normal = np.array([-self.axis[1], self.axis[0]])
        self.middle = still[[UPPER_LIP, LOWER_LIP], :2].mean(0)
        self._painted = self._opening(still)  # how far it was painted open

    def draw(self, moved: MovedMesh, over: Overpaint) -> None:
        """Fill the opening of a moved mouth, if it is open.

        A mouth that was painted open shows what was painted there until it is opened wider.
        """
        face = moved.vertices[:MESH]
        gap = face[list(INNER_LOWER_LIP), 1] - face[list(INNER_UPPER_LIP), 1]
        if gap.max() < _CONTACT:
            return
        outline = (*INNER_UPPER_LIP, *INNER_LOWER_LIP[-2:0:-1])
        box, filled = fill_outline(face[list(outline), :2], over.size)
        inside = filled.astype(np.float32) / 255
        colour = self.paint(pixel_centres(over.size)[box], face, moved.before_turn)
        lit = _shade_rim(inside, _RIM_WIDTH * self.width * over.size / 2)
        soft = cv2.GaussianBlur(inside, (0, 0), _SOFT * over.size)
        wider = self._opening(moved.before_turn) - self._painted
        share = np.float32(smoothstep(wider / max(_AS_WIDE * self._painted, _LEAST)))
        over.lay(box, colour * lit[..., None], np.asarray(soft) * share)

    def paint(self, points: Points | Floats, moved: Points, before_turn: Points) -> Floats:
        """Colours at screen points inside the opening.

        Args:
            points: (H, W, 2) canvas coordinates.
            moved: (468, 3) the mesh as turned; its lips carry the frame along.
            before_turn: (468, 3) the mesh's expression alone; it says how far the jaw is down.

        Returns:
            (H, W, 3) float32 RGB, 0 to 1.
        """
        u, v = self._frame(points, moved, before_turn)
        jaw = self._height(before_turn[LOWER_LIP])
        opening = self._opening(before_turn)
        colour = self._cavity(v, jaw)
        lit = self._lets_in_light(before_turn)
        colour = self._add_tongue(colour, u, v, jaw=jaw, opening=opening, lit=lit)
        colour = self._add_teeth(colour, u, v)
        grain = self.grain.at(np.stack([u, v], -1) * self.width)
        return np.minimum(colour * grain[..., None], 1).astype(np.float32)

    def _frame(
        self, points: Points | Floats, moved: Points, before_turn: Points
    ) -> tuple[Points, Points]:
        """Screen points in the mouth's own frame, following the head but not the lips' shape."""
        lips = list(LIPS)
        # back from the turn, by least squares
        screen = np.column_stack([moved[lips, :2], np.ones(len(lips))])
        back = np.linalg.solve(screen.T @ screen, screen.T @ before_turn[lips, :2])
        at = points @ back[:2] + back[2]
        left, right = before_turn[list(CORNERS), :2]
        wide = max(float(np.linalg.norm(right - left)), 0.6 * self.width)
        sideways = ((left + right) / 2 - self.middle) @ self.axis
        offset = at - self.middle
        u = (offset @ self.axis - sideways) / wide
        return u, offset @ self.normal / self.width

    def _opening(self, face: Points) -> float:
        """Between the lips, in mouth widths."""
        return max(0.0, self._height(face[LOWER_LIP]) - self._height(face[UPPER_LIP]))

    def _lets_in_light(self, face: Points) -> float:
        """How lit the tongue is: lips that are pursed leave it in the dark. `_PURSED` to 1."""
        left, right = face[list(CORNERS), :2]
        wide = float(np.linalg.norm(right - left)) / self.width
        return _PURSED + (1 - _PURSED) * float(smoothstep((wide - _NARROW) / (_WIDE - _NARROW)))

    def _height(self, point: Points) -> float:
        return float((point[:2] - self.middle) @ self.normal / self.width)

    def _cavity(self, v: Points, jaw: float) -> Points:
        warmth = smoothstep((v - jaw + 0.55) / 0.6)[..., None]
        return np.asarray(self.palette.deep * (1 - warmth) + self.palette.warm * warmth)

    def _add_tongue(
        self, colour: Points, u: Points, v: Points, *, jaw: float, opening: float, lit: float
    ) -> Points:
        height = 0.16 + 0.22 * min(opening, 1.0)
        distance = np.hypot(u / 0.40, (v - jaw - 0.02) / height)
        mask = smoothstep((1.05 - distance) / 0.6) * min(1.0, opening / _TONGUE_SHOWS)
        shine = smoothstep(1.0 - np.hypot(u / 0.16, (v - jaw + 0.05) / 0.09)) * 0.12
        tongue = lit * self.palette.tongue * (1 + shine[..., None])
        return colour * (1 - mask[..., None]) + tongue * mask[..., None]

    def _add_teeth(self, colour: Points, u: Points, v: Points) -> Points:
        """An upper row on a round arch: light in front, lost toward the corners."""
        around = np.arcsin(np.clip(u / _ARCH, -1, 1))
        tooth = around / (_TOOTH_WIDTH / _ARCH)
        apart = np.abs(tooth - np.round(tooth))  # 0 in a gap, 0.5 in the middle of a tooth
        gap = np.exp(-((apart / 0.13) ** 2))
        bottom = _TOOTH_BOTTOM - 0.10 * (u / _ARCH) ** 2 - 0.012 * (1 - 2 * apart) ** 2
        mask = smoothstep((bottom - v) / 0.03 + 0.5) * smoothstep((_ARCH - np.abs(u)) / 0.12)
        shade = np.cos(around) ** 1.2 * (1 - _GAP * gap)
        shade = shade * (_UNDER_LIP + (1 - _UNDER_LIP) * smoothstep((v + 0.06) / 0.13))
        paint = self.palette.tooth * shade[..., None]
        return np.asarray(colour * (1 - mask[..., None]) + paint * mask[..., None])


def _shade_rim(inside: Floats, width_px: float) -> Floats:
    """How lit each pixel of the opening is: dark near the lips, 1 in the middle. (H, W)."""
    blurred = cv2.GaussianBlur(inside, (0, 0), max(0.5, width_px))
    return (_RIM + (1 - _RIM) * smoothstep((blurred - 0.45) / 0.5)).astype(np.float32)
