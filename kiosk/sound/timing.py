"""When a block will be heard, on the show's clock.

Comes in: what a device says at each of its calls. Goes out: one steady time. A call may come late,
for Python was busy, and never early; so of the last few the earliest is believed. One so late that
the device must have run dry meanwhile is a gap, after which time counts anew.
"""

from collections import deque

BELIEVED = 16  # calls: of so many one comes in time
FARTHEST_S = 2.0  # no device hears farther ahead


class Timing:
    """The times of one stream, from its first block to its last.

    Args:
        rate: of the device, in samples a second.
        latency_s: so much the device holds in store.
    """

    def __init__(self, rate: float, latency_s: float) -> None:
        self._rate = rate
        self._latency_s = latency_s
        self._played = 0  # samples
        self._begun: deque[float] = deque(maxlen=BELIEVED)  # when sample 0 was heard, by each call

    def __call__(self, frames: int, heard_at: float, *, dry: bool = False) -> float:
        """When the next block will be heard.

        Args:
            frames: its length.
            heard_at: when it will be heard, by this call alone.
            dry: the device says that it ran dry.
        """
        played_s = self._played / self._rate
        begun = heard_at - played_s
        if dry or (self._begun and begun - min(self._begun) > self._latency_s):
            self._begun.clear()
        self._begun.append(begun)
        self._played += frames
        return min(self._begun) + played_s


def ahead_s(heard_at: float, called_at: float, *, latency_s: float) -> float:
    """How long after the call a block will be heard.

    Args:
        heard_at: as the device says, on its own clock; 0 where it cannot tell.
        called_at: the same for the call.
        latency_s: of the stream, taken where the two make no sense.
    """
    told = heard_at - called_at
    if 0 < told <= FARTHEST_S:
        return told
    return latency_s if 0 < latency_s <= FARTHEST_S else 0.0
