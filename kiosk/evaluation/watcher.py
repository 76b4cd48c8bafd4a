"""Who looks at a portrait and knows nothing of what was intended: a face tracker, twice.

A tracker has a better side. In a face that is painted turned to our left it may see half of a smile
that it sees whole in the mirror image, and it is unsure by about a degree. So two look, one at the
picture and one at its mirror image, and what they see is taken in the middle.
"""

from dataclasses import dataclass

import numpy as np

from kiosk.config import TrackingSettings
from kiosk.face import LANDMARKS
from kiosk.messages import Bytes, Faces, Floats, Frame
from kiosk.motion.face_model import load_face_model
from kiosk.tracking.landmarker import Landmarker

NOBODY = np.full((LANDMARKS, 3), np.nan, np.float32)
_ACROSS = np.array([-1, 1, 1], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A face as it is seen in one picture, pixels of that picture; NaN where nobody is seen."""

    plain: Floats  # (478, 3)
    mirrored: Floats  # (478, 3) seen in the mirror image, brought back

    @property
    def mean(self) -> Floats:
        """(478, 3) of both, or of the one who saw a face."""
        if np.isnan(self.mirrored).any():
            return self.plain
        if np.isnan(self.plain).any():
            return self.mirrored
        return (self.plain + self.mirrored) / 2


class Watcher:
    """Looks at one portrait, picture after picture."""

    def __init__(self) -> None:
        self._plain = Landmarker(TrackingSettings())
        self._mirrored = Landmarker(TrackingSettings())
        self._mirror = load_face_model().mirror

    def look(self, picture: Bytes, at: float) -> Look:
        """The face in a picture (S, S, 3)."""
        plain = _leading(self._plain(Frame(picture, at)))
        image = np.ascontiguousarray(picture[:, ::-1])
        other = _leading(self._mirrored(Frame(image, at)))[self._mirror] * _ACROSS
        other[:, 0] += picture.shape[1]
        return Look(plain, other)

    def close(self) -> None:
        """Give the trackers back."""
        self._plain.close()
        self._mirrored.close()


def _leading(faces: Faces) -> Floats:
    return faces.faces[0].landmarks if faces.faces else NOBODY
