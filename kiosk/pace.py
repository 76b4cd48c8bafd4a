"""Whether portraits move often enough to look alive, or too many hang on this machine."""

import logging
from collections.abc import Callable, Sequence

logger = logging.getLogger(__name__)

LEAST_FPS = 10.0  # new pictures a second; with fewer a blink is a jump
LONG_S = 20.0  # of fewer, until it is said
EVERY_S = 1.0


class Pace:
    """One gallery's.

    Args:
        rates: new pictures a second, of each portrait; empty until all move.
        clock: monotonic seconds.
    """

    def __init__(self, rates: Callable[[], Sequence[float]], *, clock: Callable[[], float]) -> None:
        self._rates, self._clock = rates, clock
        self._due = self._enough_at = clock()
        self.fault: str | None = None  # what staff should know, in one line

    def heed(self) -> None:
        """Look, when it is time to; what changes is logged."""
        now = self._clock()
        if now < self._due:
            return
        self._due = now + EVERY_S
        rates = self._rates()
        if not rates or min(rates) >= LEAST_FPS:
            self._enough_at = now
            if self.fault is not None:
                logger.warning("the gallery keeps pace again")
            self.fault = None
        elif now - self._enough_at >= LONG_S:
            fault = (
                f"the gallery is too much for this machine: {len(rates)} portraits "
                f"at {min(rates):.0f} frames/s; hang fewer"
            )
            if self.fault is None:
                logger.error("%s", fault)
            self.fault = fault
