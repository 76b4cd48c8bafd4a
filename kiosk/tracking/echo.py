"""Whether a face does what the portrait did a moment ago: then it is the portrait, in a mirror.

In go the motions that the portrait was given and a face's signs; out comes whether the face follows
them, late by what a screen and a camera take. A visitor is followed by the portrait, never late
behind it. But people blink, and one blink in ten comes just after one of the portrait's: so what is
seen is added up. A reflection follows every time.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from kiosk.messages import Motion
from kiosk.tracking.flatness import LIDS, ROLL, TURN, Points

MEMORY_S = 3.0
STEP_S = 0.05
LAGS = 10  # steps: up to .45 s late
LATE = 1  # steps: a screen and a camera take .1 s or more, of which a frame has passed
EARLY = 3  # steps; a visitor is so much before the portrait
# how alike the two must be, and how much less so if the face were at once with the portrait, or
# before it: what comes again and again is alike at many lags
ALIKE, LESS_BEFORE = 0.7, 0.1
ONCE_S = 2.0  # a blink is in what is compared for as long
STEADY = 1  # steps by which a mirror's lateness is told differently
LEAST, MOST, CERTAIN, TRUSTED = -2.0, 4.0, 2.0, -1.0  # of the balance
LEAST_MOTION = 0.3  # sum of squared steps; a blink has .75
# what makes each part count alike, a blink being 1: per distance of the eye corners, per radian
OPENED, TURNED = 9.0, 4.0
NOSE = 2.0  # the tip of the nose sticks out by half that distance
MIRRORED = np.array([1.0, 1.0, -1.0, -1.0])  # lids and nods stay, turns and tilts change sides


@dataclass(slots=True)
class Following:
    """How often one face has followed the portrait, less how often it has not.

    What the portrait does within two seconds counts once: as followed, if it was at any time, and
    as late as the time before; a mirror is always as late.
    """

    balance: float = 0.0
    _began_at: float | None = None  # of what the portrait does now
    _late: int = 0  # steps by which that was followed; 0: it was not
    _usually: int = 0

    def see(self, late: int | None, now: float) -> None:
        """Take in one comparison, see `Echo.compare`."""
        if late is not None and self._began_at is None:
            self._began_at = now
        self._late = late or self._late
        if self._began_at is not None and (late is None or now - self._began_at >= ONCE_S):
            self.balance = min(max(self.balance + self._said, LEAST), MOST)
            self._usually = self._late or self._usually
            self._began_at, self._late = None, 0

    def trust(self) -> None:
        """It has proved alive: more than chance must speak against it from now on."""
        self.balance = min(self.balance, TRUSTED)

    @property
    def suspect(self) -> bool:
        """Whether it may be the portrait: it need not prove alive yet."""
        return self._late > 0 or self.balance >= 1

    @property
    def certain(self) -> bool:
        """Whether it is the portrait."""
        return self.balance + max(self._said, 0) >= CERTAIN

    @property
    def _said(self) -> int:
        """What counts of what the portrait does now."""
        as_usual = not self._usually or abs(self._late - self._usually) <= STEADY
        return 1 if self._late and as_usual else -1


class Echo:
    """Remembers what was shown."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()
        self._shown: deque[Points] = deque()

    def show(self, motion: Motion, now: float) -> None:
        """The portrait was told to move so, just before this second."""
        turn = TURNED * motion.rotation.astype(np.float64)
        self._times.append(now)
        self._shown.append(np.array([motion.closure.mean(), turn[0], -turn[1], turn[2]]))
        while now - self._times[0] > MEMORY_S:
            self._times.popleft()
            self._shown.popleft()

    def compare(self, times: Points, signs: Points) -> int | None:
        """By how many steps a face follows the portrait.

        Args:
            times: (N,) seconds, to the present.
            signs: (N, SIGNS) of the face then.

        Returns:
            0 if it does not follow; None while the portrait does too little to tell.
        """
        if len(self._times) < 2:
            return None
        count = int((times[-1] - times[0]) / STEP_S) - EARLY
        grid = times[-1] + STEP_S * np.arange(-count - LAGS - EARLY + 1, 1)
        face = _steps(grid[LAGS - 1 : len(grid) - EARLY], times, _read_face(signs))
        shown = _steps(grid, np.array(self._times), np.array(self._shown))
        alike = [
            _likeness(face, shown[LAGS - 1 - lag :][: len(face)]) for lag in range(-EARLY, LAGS)
        ]
        if all(each is None for each in alike):
            return None
        found = [0.0 if each is None else each for each in alike]
        late = int(np.argmax(found[EARLY + LATE :])) + LATE
        most, before = found[EARLY + late], max(found[: EARLY + 1])
        return late if most > ALIKE and most > before + LESS_BEFORE else 0


def _read_face(signs: Points) -> Points:
    """What can be compared with a portrait's motion: lids, nod, turn, tilt: (N, 4)."""
    nose = TURNED * NOSE * signs[:, TURN]
    lids, tilt = -OPENED * signs[:, LIDS].mean(axis=1), TURNED * signs[:, ROLL]
    return np.column_stack([lids, nose[:, 1], nose[:, 0], tilt])


def _steps(grid: Points, times: Points, values: Points) -> Points:
    """How each column changes from one moment of the grid to the next."""
    sampled = np.column_stack([np.interp(grid, times, column) for column in values.T])
    return np.asarray(np.diff(sampled, axis=0))


def _likeness(face: Points, shown: Points) -> float | None:
    """Their correlation, mirrored or not, whichever is more; None if little is shown."""
    face, shown = face - face.mean(axis=0), shown - shown.mean(axis=0)
    energy = float((shown**2).sum())
    if energy < LEAST_MOTION:
        return None
    norm = np.sqrt(energy * float((face**2).sum())) + 1e-9
    alike = (face * shown).sum(axis=0)
    return float(max(alike.sum(), alike @ MIRRORED) / norm)
