"""The bed of sound under everything: it has no seam, and gives way to the next slowly."""

import math

import numpy as np

from kiosk.messages import Floats
from kiosk.sound.voice import RATE

CROSSFADE_S = 3.0


class Bed:
    """A sound that goes on and on.

    Args:
        samples: (n,) float32, mono, with n > 0.
    """

    def __init__(self, samples: Floats) -> None:
        self._loop = seamless(samples)
        self._cursor = 0

    def read(self, frames: int) -> Floats:
        """The next block, (frames,) float32."""
        places = np.arange(self._cursor, self._cursor + frames)
        self._cursor = (self._cursor + frames) % len(self._loop)
        return self._loop.take(places, mode="wrap")


class Ambience:
    """The bed that is heard, and the one it comes from; then the newest begins."""

    def __init__(self) -> None:
        self._wanted: Bed | None = None
        self._current: Bed | None = None
        self._former: Bed | None = None
        self._passed = 1.0  # how far the crossfade has come

    def change(self, bed: Bed | None) -> None:
        """Let another bed, or silence, come."""
        self._wanted = bed

    def read(self, frames: int) -> Floats:
        """The next block, (frames,) float32."""
        if self._passed >= 1 and self._wanted is not self._current:
            self._former, self._current = self._current, self._wanted
            self._passed = 0.0
        mixed = np.zeros(frames, np.float32)
        if self._passed >= 1:
            return mixed if self._current is None else self._current.read(frames)
        steps = np.arange(1, frames + 1, dtype=np.float32) / (RATE * CROSSFADE_S)
        angle = np.minimum(self._passed + steps, 1) * np.float32(math.pi / 2)
        for bed, share in ((self._current, np.sin(angle)), (self._former, np.cos(angle))):
            if bed is not None:
                mixed += bed.read(frames) * share
        self._passed += frames / RATE / CROSSFADE_S
        if self._passed >= 1:
            self._former = None
        return mixed


def seamless(samples: Floats) -> Floats:
    """The sound without its seam: its last seconds are crossfaded, power kept, into its first."""
    n = min(round(CROSSFADE_S * RATE), len(samples) // 3)
    if n == 0:
        return samples
    angle = np.linspace(0, math.pi / 2, n, dtype=np.float32)
    beginning = samples[:n] * np.sin(angle) + samples[-n:] * np.cos(angle)
    return np.concatenate([beginning, samples[n:-n]])
