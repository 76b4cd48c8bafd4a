"""One voice: heard where the show is, whatever the device does.

Comes in: samples, perhaps later than they are due, and when each block will be heard. Goes out: the
samples of that block. While the device is steady they follow one another without a gap; when the
two have come apart the voice leaps, with a short crossfade, to where the show is.
"""

import numpy as np

from kiosk.messages import Floats

RATE = 48000  # samples a second, of all that is mixed
LEAP = round(0.04 * RATE)  # so far apart the lips no longer match
PAUSE_LEAP = round(0.005 * RATE)  # in a pause nobody hears it
PAUSE = 0.003  # of full scale: about -50 dB
FADE = round(0.01 * RATE)  # of a leap; shorter ones click
NOTHING: Floats = np.zeros(0, np.float32)


class Voice:
    """A sound whose sample n is to be heard at ``at + n / RATE`` seconds.

    Args:
        at: when its first sample is to be heard, on the show's clock.
        samples: (n,) float32, mono; None when they are still to come (`arrive`).
    """

    def __init__(self, at: float, *, samples: Floats | None = None) -> None:
        self.at = at
        self._samples = samples
        self._cursor = -FADE  # the next sample, if nothing comes between; below 0: not yet begun
        self._left = 1.0  # of its loudness, while it is hushed
        self._hush_s = 0.0  # in which it falls silent; 0: it goes on

    def arrive(self, samples: Floats) -> None:
        """Bring the samples; from now on the voice can be heard."""
        self._samples = samples

    def hush(self, fade_s: float) -> None:
        """Fall silent within so many seconds."""
        self._hush_s = max(fade_s, FADE / RATE)

    def speaks(self, heard_at: float) -> bool:
        """Whether anything is to be heard of it at that moment."""
        return self._samples is not None and (
            self.at <= heard_at < self.at + len(self._samples) / RATE
        )

    def end(self, heard_at: float) -> bool:
        """Whether it is over; its samples are let go then, so that nobody who knows it keeps them.

        Args:
            heard_at: when the next block will be heard.
        """
        if self._samples is None:
            return self._hush_s > 0
        length = len(self._samples)
        heard = self._cursor >= length or self._due(heard_at) >= length + LEAP
        gone = heard or self._left <= 0
        if gone:
            self._samples = NOTHING
        return gone

    def read(self, frames: int, heard_at: float) -> Floats:
        """The next block.

        Args:
            frames: how many samples.
            heard_at: when the first of them will be heard.

        Returns:
            (frames,) float32.
        """
        if self._samples is None:
            return np.zeros(frames, np.float32)
        due = self._due(heard_at)
        block = self._take(self._cursor, frames)
        there = self._take(due, frames)
        if self._must_leap(due, max(_loudest(block), _loudest(there))):
            block = _faded(block, there) if max(self._cursor, due) > 0 else there
            self._cursor = due
        self._cursor += frames
        return block * self._loudness(frames)

    def _due(self, heard_at: float) -> int:
        return round((heard_at - self.at) * RATE)

    def _must_leap(self, due: int, loudest: float) -> bool:
        apart = abs(due - self._cursor)
        unbegun = self._cursor <= 0
        return unbegun or apart > LEAP or (apart > PAUSE_LEAP and loudest < PAUSE)

    def _take(self, first: int, frames: int) -> Floats:
        """So many samples from ``first`` on; silence before the beginning and after the end."""
        assert self._samples is not None
        block = np.zeros(frames, np.float32)
        begin = min(max(first, 0), len(self._samples))
        found = self._samples[begin : max(first + frames, begin)]
        offset = begin - first
        block[offset : offset + len(found)] = found
        return block

    def _loudness(self, frames: int) -> Floats | float:
        if self._hush_s == 0:
            return 1.0
        before = self._left
        self._left = max(before - frames / RATE / self._hush_s, 0.0)
        steps = np.arange(1, frames + 1, dtype=np.float32) / (RATE * self._hush_s)
        return np.maximum(before - steps, 0.0, dtype=np.float32)


def _loudest(block: Floats) -> float:
    return float(np.abs(block).max(initial=0))


def _faded(former: Floats, block: Floats) -> Floats:
    """The block, faded into from the one that would have been."""
    n = min(FADE, len(block))
    rise = np.linspace(0, 1, n, dtype=np.float32)
    block[:n] = former[:n] + (block[:n] - former[:n]) * rise
    return block
