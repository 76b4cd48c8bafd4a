"""What opens behind the lips: teeth of the skull, tongue of the jaw, in the painting's palette.

All shapes live in the mouth's own frame: u across, v down, both in widths of the painted mouth,
from the middle of its closed line.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import (
    LIPS,
    LOWER_LIP,
    MESH,
    UPPER_LIP,
)
from kiosk.messages import Floats
from kiosk.puppet.figure import SIZE, Figure
from kiosk.rig.easing import smoothstep
from kiosk.rig.landmarks import Points

CORNERS = (78, 308)  # of the inner lips
LOWER_LIP_FLESH = (17, 84, 314, 16, 85, 315)
SKIN = (50, 280, 4, 151)  # cheeks, nose, forehead: lit and bare

_TOOTH_BOTTOM = 0.095  # how far the upper teeth reach below the closed lip line
_ARCH = 0.42  # half width of the row of teeth
_TOOTH_WIDTH = 0.105
_TONGUE_SHOWS = 0.12  # opening, in mouth widths, from which the tongue is fully lit
_RIM = 0.62  # how lit the opening is at the lips


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colours of one painting's mouth, RGB 0 to 255."""

    tooth: Points
    tongue: Points
    deep: Points  # the dark at the back
    warm: Points  # the dark near the tongue

    @classmethod
    def of(cls, figure: Figure) -> "Palette":
        """Mix the mouth's colours from the sitter's skin, lip and darkest paint."""
        lip, skin = _sample(figure, LOWER_LIP_FLESH), _sample(figure, SKIN)
        dark = _darkest(figure)
        ivory = 0.6 * skin + 0.4 * skin.mean() * np.array([1.06, 1.0, 0.90])
        rose = 0.6 * lip + 0.4 * lip.mean() * np.array([1.1, 1.0, 0.95])
        return cls(
            tooth=np.clip(ivory * 1.2, 0, 240),
            # as light as lips: darker ones are read, by trackers as by people, as a mouth less open
            tongue=rose * np.array([1.32, 0.97, 0.99]),
            deep=0.65 * dark + 0.10 * lip * np.array([1.0, 0.6, 0.6]),
            warm=0.45 * dark + 0.34 * lip * np.array([0.95, 0.55, 0.5]),
        )


class MouthInterior:
    """Paints the inside of one sitter's mouth."""

    def __init__(self, figure: Figure) -> None:
        self.still: Points = figure.landmarks.astype(np.float64)
        self.palette = Palette.of(figure)
        left, right = self.still[list(CORNERS), :2]
        self.width = float(np.linalg.norm(right - left))
        self.axis = (right - left) / self.width
        self.normal = np.array([-self.axis[1], self.axis[0]])
        self.middle = self.still[[UPPER_LIP, LOWER_LIP], :2].mean(0)

    def paint(self, points: Points | Floats, moved: Points, before_turn: Points) -> Floats:
        """Colours at screen points inside the opening.

        Args:
            points: (H, W, 2) canvas coordinates.
            moved: (468, 3) the mesh as turned; its lips carry the frame along.
            before_turn: (468, 3) the mesh's expression alone; it says how far the jaw is down.

        Returns:
            (H, W, 3) float32 RGB, 0 to 255.
        """
        u, v = self._frame(points, moved, before_turn)
        jaw = self._height(before_turn[LOWER_LIP])
        opening = max(0.0, jaw - self._height(before_turn[UPPER_LIP]))
        colour = self._cavity(v, jaw)
        colour = self._add_tongue(colour, u, v, jaw=jaw, opening=opening)
        return self._add_teeth(colour, u, v).astype(np.float32)

    def _frame(
        self, points: Points | Floats, moved: Points, before_turn: Points
    ) -> tuple[Points, Points]:
        """Screen points in the mouth's own frame, following the head but not the lips' shape."""
        lips = list(LIPS)
        source = np.column_stack([before_turn[lips, :2], np.ones(len(lips))])
        solution, *_ = np.linalg.lstsq(source, moved[lips, :2], rcond=None)
        at = (points - solution[2]) @ np.linalg.inv(solution[:2])
        left, right = before_turn[list(CORNERS), :2]
        wide = max(float(np.linalg.norm(right - left)), 0.6 * self.width)
        sideways = ((left + right) / 2 - self.middle) @ self.axis
        offset = at - self.middle
        u = (offset @ self.axis - sideways) / wide
        return u, offset @ self.normal / self.width

    def _height(self, point: Points) -> float:
        return float((point[:2] - self.middle) @ self.normal / self.width)

    def _cavity(self, v: Points, jaw: float) -> Points:
        warmth = smoothstep((v - jaw + 0.55) / 0.6)[..., None]
        return np.asarray(self.palette.deep * (1 - warmth) + self.palette.warm * warmth)

    def _add_tongue(
        self, colour: Points, u: Points, v: Points, *, jaw: float, opening: float
    ) -> Points:
        height = 0.16 + 0.22 * min(opening, 1.0)
        distance = np.hypot(u / 0.40, (v - jaw - 0.02) / height)
        mask = smoothstep((1.05 - distance) / 0.6) * min(1.0, opening / _TONGUE_SHOWS)
        shine = smoothstep(1.0 - np.hypot(u / 0.16, (v - jaw + 0.05) / 0.09)) * 0.12
        tongue = self.palette.tongue * (1 + shine[..., None])
        return colour * (1 - mask[..., None]) + tongue * mask[..., None]

    def _add_teeth(self, colour: Points, u: Points, v: Points) -> Points:
        """An upper row: one soft light band, darker toward the corners, hardly any gaps."""
        bottom = _TOOTH_BOTTOM - 0.10 * (u / _ARCH) ** 2
        row = u / _TOOTH_WIDTH + 0.5
        gap = np.exp(-(((row - np.round(row)) / 0.16) ** 2)) * (np.abs(u) < 0.3)
        bottom = bottom - 0.008 * gap
        mask = smoothstep((bottom - v) / 0.045 + 0.5) * smoothstep((_ARCH - np.abs(u)) / 0.12)
        shade = (1 - 0.6 * smoothstep(np.abs(u) / 0.44)) * (1 - 0.05 * gap)
        shade = shade * (0.80 + 0.20 * smoothstep((v + 0.06) / 0.12))  # the upper lip's shadow
        tooth = self.palette.tooth * shade[..., None]
        return np.asarray(colour * (1 - mask[..., None]) + tooth * mask[..., None])


def rim_shadow(inside: Floats, width_px: float) -> Floats:
    """How lit each pixel of the opening is: dark near the lips, 1 in the middle. (H, W)."""
    blurred = cv2.GaussianBlur(inside, (0, 0), max(1.0, width_px))
    return (_RIM + (1 - _RIM) * smoothstep((blurred - 0.45) / 0.5)).astype(np.float32)


def _sample(figure: Figure, numbers: tuple[int, ...]) -> Points:
    pixels = ((figure.landmarks[list(numbers), :2] + 1) * SIZE / 2).astype(int)
    pixels = np.clip(pixels, 0, SIZE - 1)
    smooth = cv2.GaussianBlur(figure.artwork, (0, 0), 2)
    return np.median(smooth[pixels[:, 1], pixels[:, 0]], axis=0).astype(np.float64)


def _darkest(figure: Figure) -> Points:
    """The first percentile of the face's paint."""
    mask: NDArray[np.uint8] = np.zeros((SIZE, SIZE), np.uint8)
    outline = (figure.landmarks[:MESH, :2] + 1) * SIZE / 2
    cv2.fillConvexPoly(mask, cv2.convexHull(outline.astype(np.int32)), (1,))
    return np.percentile(figure.artwork[mask > 0], 1, axis=0).astype(np.float64)
