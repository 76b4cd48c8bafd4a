"""The One Euro filter: steady when a signal rests, prompt when it moves.

In go vectors and the second each was taken at; out come smoothed vectors. One cutoff serves a whole
vector, taken from its rms speed, so that its parts stay in step. Casiez, Roussel, Vogel, *1 Euro
Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems* (CHI 2012).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

# a longer silence says nothing about speed: the filter begins anew
LONGEST_GAP = 0.5


class OneEuro:
    """Smooths one vector signal.

    Args:
        min_cutoff: cutoff at rest, Hz; lower is steadier.
        beta: what each unit per second of speed adds to the cutoff, Hz; higher is prompter.
        dcutoff: cutoff of the speed itself, Hz.
    """

    def __init__(self, min_cutoff: float, beta: float, dcutoff: float = 3.0) -> None:
        self._min_cutoff, self._beta, self._dcutoff = min_cutoff, beta, dcutoff
        self._value: Vector | None = None
        self._speed: Vector = np.zeros(1)
        self._at = 0.0

    def reset(self) -> None:
        """Forget everything; the next value passes unchanged."""
        self._value = None

    def filter(self, value: NDArray[np.floating[Any]], at: float) -> Vector:
        """The smoothed value, of the same shape.

        Args:
            value: any shape.
            at: second it was taken at; a value no newer than the last changes nothing.
        """
        fresh = np.asarray(value, np.float64)
        if self._value is None or at - self._at > LONGEST_GAP:
            self._value, self._speed, self._at = fresh.copy(), np.zeros_like(fresh), at
            return fresh.copy()
        dt = at - self._at
        if dt > 0:
            self._step(fresh, dt)
            self._at = at
        return self._value.copy()

    def _step(self, fresh: Vector, dt: float) -> None:
        assert self._value is not None
        speed = (fresh - self._value) / dt
        self._speed = self._speed + smoothing_factor(self._dcutoff, dt) * (speed - self._speed)
        rms = float(np.sqrt(np.mean(np.square(self._speed))))
        factor = smoothing_factor(self._min_cutoff + self._beta * rms, dt)
        self._value = self._value + factor * (fresh - self._value)


def smoothing_factor(cutoff_hz: float, dt: float) -> float:
    """How far an exponential low-pass moves toward a new value after `dt`: 0 to 1."""
    turn = 2.0 * np.pi * cutoff_hz * dt
    return float(turn / (1.0 + turn))
