"""What is kept of a face that is watched: a few numbers a frame, never its pictures.

In go landmarks, one face after the other; out come sequences for `kiosk.motion.agreement` and
`liveliness`: some four hundred bytes a frame, whatever the size of its picture.
"""

import numpy as np
from numpy.typing import NDArray

from kiosk.evaluation.liveliness import build_of, step_between
from kiosk.messages import Floats
from kiosk.motion.agreement import SIGNALS, signals_of

Points = NDArray[np.float64]

_OPENING = SIGNALS.index("eyelids")


class Readings:
    """One face, frame by frame; NaN where it was missed."""

    def __init__(self) -> None:
        self._signals: list[Points] = []
        self._builds: list[Points] = []
        self._steps: list[float] = []
        self._before: Floats | None = None

    def add(self, landmarks: Floats) -> None:
        """Read one frame: (478, 3), any unit, NaN for a miss."""
        self._signals.append(signals_of(landmarks[None])[0])
        self._builds.append(build_of(landmarks))
        before = landmarks if self._before is None else self._before
        self._steps.append(step_between(before, landmarks) if len(self._steps) else np.nan)
        self._before = landmarks

    def __len__(self) -> int:
        return len(self._signals)

    @property
    def seen(self) -> int:
        """Frames in which there was a face."""
        return int(np.isfinite(self.openings).sum())

    @property
    def signals(self) -> Points:
        """(T, 8), see `signals_of`."""
        return np.array(self._signals)

    @property
    def openings(self) -> Points:
        """(T,) of the eyes, both together."""
        return self.signals[:, _OPENING]

    @property
    def builds(self) -> Points:
        """(T, len(BONES)), see `build_of`."""
        return np.array(self._builds)

    @property
    def steps(self) -> Points:
        """(T,) see `step_between`."""
        return np.array(self._steps)
