"""How far the work is: the share of everything that is done, and the seconds that are left.

Learning has its minutes, so most of it is known before it begins. How long the rest takes is
expected, and corrected by the pace seen so far.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LOOKING, DRAWING, LEARNING = "looking", "drawing examples", "learning"
PACKING, REPORTING = "packing", "reporting"
DRAWING_SHARE = 0.2  # of the minutes asked for: what drawing examples is expected to take
# seconds on two cores: a picture of 2000 pixels, and what is measured on its puppet
LOOKING_S, PACKING_S, REPORTING_S = 20.0, 2.0, 25.0


@dataclass(frozen=True, slots=True)
class Progress:
    """What has just been done."""

    stage: str
    part: float  # of this stage, 0 to 1
    error: float | None = None  # of what is learnt
    preview: Path | None = None  # the portrait as it is by now
    remark: str | None = None  # what was noticed, once


Report = Callable[[Progress], None]


def learning_s(minutes: float) -> float:
    """What learning gets of the minutes asked for."""
    return minutes * 60 * (1 - DRAWING_SHARE)


class Timetable:
    """The stages of one commission, in their order.

    Args:
        minutes: asked for.
        clock: monotonic seconds.
    """

    def __init__(self, minutes: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._expected = {
            LOOKING: LOOKING_S,
            DRAWING: minutes * 60 * DRAWING_SHARE,
            LEARNING: learning_s(minutes),
            PACKING: PACKING_S,
            REPORTING: REPORTING_S,
        }
        self._stage = ""
        self._began, self._first = 0.0, 0.0  # of the stage: when it began, and how far it was

    def at(self, stage: str, part: float) -> tuple[float, float | None]:
        """Share of everything, and seconds left; a stage that is not planned stands for itself."""
        now = self._clock()
        if stage != self._stage:
            self._stage, self._began, self._first = stage, now, part
        if stage not in self._expected:
            return part, None
        order = list(self._expected)
        number = order.index(stage)
        before = sum(self._expected[each] for each in order[:number])
        after = sum(self._expected[each] for each in order[number + 1 :])
        whole = self._expected[stage]
        share = (before + part * whole) / (before + whole + after)
        return share, self._left_of_stage(part, now - self._began) + after

    def _left_of_stage(self, part: float, spent: float) -> float:
        whole, done = self._expected[self._stage], part - self._first
        if self._stage == LEARNING:
            return (1 - part) * whole
        if done <= 0:  # nothing seen of its pace
            return max((1 - part) * whole - spent, 0.0)
        return (1 - part) * (whole + done * (spent / done - whole))  # trusted more and more
