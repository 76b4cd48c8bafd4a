"""How long a run has really worked: on cores that it shares, less than the clock on the wall says.

So a portrait that is learnt beside a kiosk takes longer, and becomes as good.
"""

import time
from collections.abc import Callable

FULL = 0.75  # of its threads' time: what a run uses when it has the cores to itself, or less


class Effort:
    """Counts one run's work.

    Args:
        threads: that it computes with; None: on a GPU, where the clock on the wall counts.
        clock: seconds.
        used: seconds of all cores that this process has used.
    """

    def __init__(
        self,
        threads: int | None,
        clock: Callable[[], float] = time.monotonic,
        used: Callable[[], float] = time.process_time,
    ) -> None:
        self._threads, self._clock, self._used = threads, clock, used
        self._seen = clock(), used()

    def __call__(self) -> float:
        """Seconds worked since the last call."""
        seen = self._clock(), self._used()
        passed, used = (now - before for now, before in zip(seen, self._seen, strict=True))
        self._seen = seen
        if self._threads is None:
            return passed
        return min(passed, used / (self._threads * FULL))
