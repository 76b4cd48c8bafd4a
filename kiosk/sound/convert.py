"""For devices that refuse the mixer's rate: the mix at theirs, by linear interpolation."""

import numpy as np

from kiosk.messages import Floats
from kiosk.sound.mixer import Mixer
from kiosk.sound.voice import RATE

KEPT = 2  # samples between which the next one may lie


class Converter:
    """Asks a mixer for as much as the device's block needs.

    Args:
        mixer: what is heard.
        rate: of the device, in samples a second.
    """

    def __init__(self, mixer: Mixer, rate: float) -> None:
        self._mixer = mixer
        self._step = RATE / rate
        self._kept = np.zeros(KEPT, np.float32)
        self._place = 0.0  # of the next sample, from the first that was kept

    def fill(self, out: Floats, heard_at: float) -> None:
        """Write the next block, (frames, channels) float32, heard from ``heard_at`` on."""
        places = self._place + self._step * np.arange(len(out) + 1)
        used = int(places[-1])
        fresh = np.zeros((used, 1), np.float32)
        self._mixer.fill(fresh, heard_at + (KEPT - self._place) / RATE)
        line = np.concatenate([self._kept, fresh[:, 0]])
        out[:] = np.interp(places[:-1], np.arange(len(line)), line)[:, np.newaxis]
        self._kept, self._place = line[used:], places[-1] - used
