"""How well a portrait does what its performer does, both as the same tracker sees them.

In go two sequences of landmarks, frame by frame, out comes Pearson's r of each signal after the one
lag that suits all signals best. What the motion stage intended is not asked: only what is seen.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import angles_deg, fit_pose, free_of_pose, measure

Points = NDArray[np.float64]

SIGNALS = ("yaw", "pitch", "roll", "mouth", "smile", "gaze", "eyelids", "brows")
# the least that the project asks of a portrait
BARS = dict(zip(SIGNALS, (0.93, 0.93, 0.93, 0.93, 0.93, 0.93, 0.85, 0.80), strict=True))
LONGEST_LAG = 8  # frames


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pearson's r of each signal."""

    r: dict[str, float]
    lag_frames: int  # by which the portrait is late
    frames: int  # compared

    @property
    def passed(self) -> bool:
        """Whether every signal reaches its bar."""
        return all(self.r[name] >= bar for name, bar in BARS.items())


def signals_of(landmarks: NDArray[np.floating[Any]]) -> Points:
    """The signals of every frame: (T, 8) in the order of `SIGNALS`, NaN where the face was missed.

    Args:
        landmarks: (T, 478, 3) any unit; NaN for a miss.
    """
    mean = load_face_model().mean
    rows = np.full((len(landmarks), len(SIGNALS)), np.nan)
    for row, face in zip(rows, landmarks, strict=True):
        if np.isfinite(face).all():
            pose = fit_pose(face, mean)
            seen = measure(free_of_pose(face, pose))
            row[:3] = angles_deg(pose.rotation)
            row[3:5] = seen.gap, seen.width
            row[5:] = seen.gaze[:, 0].mean(), seen.aperture.mean(), seen.brow.mean()
    return rows


def agree(performer: NDArray[np.floating[Any]], portrait: NDArray[np.floating[Any]]) -> Agreement:
    """Compare two sequences of the same rate, (T, 478, 3) each, NaN for misses."""
    return agree_signals(signals_of(performer), signals_of(portrait))


def agree_signals(performer: Points, portrait: Points) -> Agreement:
    """Compare signals (T, 8) already taken; see `signals_of`."""
    length = min(len(performer), len(portrait))
    first, second = performer[:length], portrait[:length]
    best = max(
        range(-LONGEST_LAG, LONGEST_LAG + 1),
        key=lambda lag: float(np.mean(_correlate(*_align(first, second, lag)))),
    )
    first, second = _align(first, second, best)
    r = dict(zip(SIGNALS, (float(value) for value in _correlate(first, second)), strict=True))
    return Agreement(r=r, lag_frames=best, frames=len(first))


def _align(first: Points, second: Points, lag: int) -> tuple[Points, Points]:
    """Both signals where both were seen, the second taken `lag` frames later."""
    length = max(len(first) - abs(lag), 0)
    early, late = max(-lag, 0), max(lag, 0)
    first, second = first[early : early + length], second[late : late + length]
    seen = np.isfinite(first).all(axis=1) & np.isfinite(second).all(axis=1)
    return first[seen], second[seen]


def _correlate(first: Points, second: Points) -> Points:
    """Pearson's r of each column; 0 where one of them does not vary."""
    if len(first) < 3:
        return np.zeros(first.shape[1])
    first, second = first - first.mean(axis=0), second - second.mean(axis=0)
    spread = np.sqrt(np.square(first).sum(axis=0) * np.square(second).sum(axis=0))
    return np.asarray((first * second).sum(axis=0) / np.maximum(spread, 1e-12))
