"""What a painting lacks, in its own colours: teeth, tongue, the dark of a mouth, lashes."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import MESH
from kiosk.messages import Bytes, Floats
from kiosk.rig.landmarks import Points
from kiosk.rig.raster import to_pixels

LOWER_LIP_FLESH = (17, 84, 314, 16, 85, 315)
SKIN = (50, 280, 4, 151)  # cheeks, nose, forehead: lit and bare
_LOOKED_AT = 512  # pixels of the canvas's side; single strokes are finer


@dataclass(frozen=True, slots=True, eq=False)
class Palette:
    """Colours of one painting's mouth and lashes, RGB 0 to 1."""

    tooth: Points
    tongue: Points
    deep: Points  # the dark at the back
    warm: Points  # the dark near the tongue
    lash: Points

    @classmethod
    def of(cls, picture: Bytes, landmarks: Floats) -> "Palette":
        """Mix the colours from the sitter's skin, lip and darkest paint.

        Args:
            picture: (S, S, 3) RGB, the canvas as it hangs.
            landmarks: (478, 3) canvas coordinates.
        """
        size = (_LOOKED_AT, _LOOKED_AT)
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        lip, skin = (_sample(small, landmarks, part) for part in (LOWER_LIP_FLESH, SKIN))
        dark = _darkest(small, landmarks)
        ivory = 0.6 * skin + 0.4 * skin.mean() * np.array([1.06, 1.0, 0.90])
        rose = 0.6 * lip + 0.4 * lip.mean() * np.array([1.1, 1.0, 0.95])
        deep = 0.65 * dark + 0.10 * lip * np.array([1.0, 0.6, 0.6])
        return cls(
            tooth=np.clip(1.08 * ivory, 0, 0.92),
            # as light as lips: darker ones are read, by trackers as by people, as a mouth less open
            tongue=np.clip(rose * np.array([1.32, 0.97, 0.99]), 0, 1),
            deep=deep,
            warm=0.45 * dark + 0.34 * lip * np.array([0.95, 0.55, 0.5]),
            lash=0.5 * deep + 0.15 * skin,
        )


def _sample(small: Bytes, landmarks: Floats, numbers: tuple[int, ...]) -> Points:
    pixels = to_pixels(landmarks[list(numbers), :2], _LOOKED_AT).round().astype(int)
    x, y = np.clip(pixels, 0, _LOOKED_AT - 1).T
    smooth = cv2.GaussianBlur(small, (0, 0), 1.3)
    return np.median(smooth[y, x], axis=0).astype(np.float64) / 255


def _darkest(small: Bytes, landmarks: Floats) -> Points:
    """The first percentile of the face's paint."""
    mask: NDArray[np.uint8] = np.zeros((_LOOKED_AT, _LOOKED_AT), np.uint8)
    outline = to_pixels(landmarks[:MESH, :2], _LOOKED_AT).round().astype(np.int32)
    cv2.fillConvexPoly(mask, cv2.convexHull(outline), (1,))
    return np.percentile(small[mask > 0], 1, axis=0).astype(np.float64) / 255
