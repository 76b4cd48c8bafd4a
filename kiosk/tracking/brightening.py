"""A picture that is too dark for the landmarker is made lighter, for it alone.

Comes in: a frame's picture, and where a face was last. Goes out: the picture, as it is where the
light is right. What is judged is the face, where one is known: before a window the picture is light
enough and the face is not. Nobody sees what comes of it, and none of it is kept.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.messages import Bytes, Face

# 0 to 255, means; measured: docs/experience.md
DIM, LIGHT = 60.0, 75.0  # darker is made lighter, until it is lighter than this by itself
WANTED = 110.0  # what a well lit face has
STEADY = 0.2  # a change by a smaller share leaves the table as it is
EVERY_S, LONG_S = 1.0, 3.0  # between two looks; of darkness, until it is believed
MOST = 2.5  # times as light: with more, noise led the landmarker farther astray than darkness
KEPT_S = 5.0  # where a face was that is lost now
SPARSE = 8  # every so many pixels tell
LEAST_PX = 16  # of a face's side


class Brightening:
    """One landmarker's."""

    def __init__(self) -> None:
        self._table: NDArray[np.uint8] | None = None
        self._level = WANTED  # for which it was made
        self._looked_at = self._seen_at = -np.inf
        self._dark_since = np.inf
        self._face: Face | None = None  # that was seen last

    def __call__(self, image: Bytes, at: float) -> Bytes:
        """The picture to look at.

        Args:
            image: (H, W, 3) RGB.
            at: second of the frame.
        """
        if not 0 <= at - self._looked_at < EVERY_S:
            self._looked_at = at
            if at - self._seen_at > KEPT_S:
                self._face = None
            self._heed(measure_light(image, self._face), at)
        if self._table is None:
            return image
        lighter: Bytes = cv2.LUT(image, self._table)
        return lighter

    @property
    def factor(self) -> float:
        """By what the last picture was multiplied; 1 where it was left as it came."""
        return 1.0 if self._table is None else find_factor(self._level)

    def see(self, faces: Sequence[Face], at: float) -> None:
        """What was found, the nearest first."""
        if faces:
            self._face, self._seen_at = faces[0], at

    def _heed(self, level: float, at: float) -> None:
        if level >= (DIM if self._table is None else LIGHT):
            self._dark_since, self._table = np.inf, None
        elif self._table is None:
            self._dark_since = min(self._dark_since, at)
            if at - self._dark_since >= LONG_S:
                self._level, self._table = level, make_table(level)
        elif abs(level - self._level) > STEADY * self._level:
            self._level, self._table = level, make_table(level)


def measure_light(image: Bytes, face: Face | None) -> float:
    """How light a face is, or the picture where none is known: the mean, 0 to 255."""
    part = image[::SPARSE, ::SPARSE]
    if face is not None:
        height, width = image.shape[:2]
        low = np.clip(face.landmarks[:, :2].min(0), 0, (width, height)).astype(int)
        high = np.clip(face.landmarks[:, :2].max(0), 0, (width, height)).astype(int)
        if min(high - low) >= LEAST_PX:
            part = image[low[1] : high[1] : SPARSE // 2, low[0] : high[0] : SPARSE // 2]
    return float(part[..., 1].mean())  # green is nearly all of what is seen of light


def make_table(level: float) -> NDArray[np.uint8]:
    """What each value becomes so that the mean becomes what is wanted: (256,).

    All by the same factor: a curve that spares what is light found fewer faces.
    """
    return np.minimum(np.round(find_factor(level) * np.arange(256)), 255).astype(np.uint8)


def find_factor(level: float) -> float:
    """How many times as light a picture, or face, of a mean is made."""
    return min(WANTED / max(level, 1.0), MOST)
