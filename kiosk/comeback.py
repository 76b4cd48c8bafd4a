"""When a better engine than the one that runs is tried again, and what staff are told meanwhile.

A GPU may be gone for a while, or come later than the kiosk; an engine may have broken down for want
of memory that others held. So it is looked for again, later and later, while nobody leads. What the
looking finds out, `kiosk.generator.card` says; building is the hook's.
"""

import logging
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from kiosk.errors import StalledError
from kiosk.generator.card import Card, look_at_card
from kiosk.hours import time_in
from kiosk.service.anew import may_begin_anew, note_beginning

logger = logging.getLogger(__name__)

ON_CARD = ("tensorrt", "cuda")  # engines
NO_CARD, SLOWER = "the GPU is not used", "the network is slower"
FIRST_S, LAST_S = 60.0, 3600.0  # between two looks: twice as long each time
PROVED_S = 3600.0  # an engine that has run for so long is trusted as at first
ALONE_S = 5.0  # nobody has led for so long, before it is looked: that takes a core a while
FORSAKEN_S = 300.0  # nobody has led for so long, before the process may end


class Comeback:
    """One hook's. Its thread asks; the main thread tells whether somebody leads.

    Args:
        wanted: the engine that the settings want.
        clock: monotonic seconds.
        look: how the card is.
        may: whether the process may end for its sake.
        tells: the time of day, after so many seconds.
    """

    def __init__(
        self,
        wanted: str,
        *,
        clock: Callable[[], float],
        look: Callable[[], Card] = look_at_card,
        may: Callable[[], bool] = may_begin_anew,
        tells: Callable[[float], str] = time_in,
    ) -> None:
        self._wanted, self._clock, self._look = wanted, clock, look
        self._may, self._tells = may, tells
        self._lacking = False
        self._well_since = clock()
        self._pause_s = FIRST_S
        self._try_at = clock()
        self._attended_at = clock()
        self._since, self._what, self._why = "", SLOWER, ""
        self._tried = False  # the last look found the card in order, and an engine was built
        self.fault = ""  # what staff should know, in one line
        self.anew = False  # whether only a new process helps, and it may begin

    @property
    def forsaken(self) -> bool:
        """Whether nobody has led for long."""
        return self._clock() - self._attended_at >= FORSAKEN_S

    def notice(self, attended: bool) -> None:
        """Whether somebody leads now."""
        if attended:
            self._attended_at = self._clock()

    def due(self, engine: str, broken: AbstractSet[str]) -> bool:
        """Whether a better engine shall be built now; asked again and again, may take a minute.

        Args:
            engine: what runs.
            broken: those that were given up.
        """
        now = self._clock()
        if self.fault and self._what == SLOWER and not broken:
            self._recover(engine)
        if not self._lacks(engine, broken):
            self._be_well(engine, now)
            return False
        if not self._lacking:
            if now - self._well_since > PROVED_S:
                self._pause_s = FIRST_S
            self._lacking, self._since = True, self._tells(0.0)
            self._plan(now)
            if broken:
                off_card = engine not in ON_CARD and not broken.isdisjoint(ON_CARD)
                self._what = NO_CARD if off_card else SLOWER
                self._tell(f"{', '.join(sorted(broken))} broke down")
        if now < self._try_at or now - self._attended_at < ALONE_S:
            return False
        self._plan(now)
        if not self._wants_card:
            return True
        card = self._look()
        self.anew = card is Card.ELSEWHERE and self._may()
        here, tried = card is Card.HERE, self._tried
        self._tried = here
        if here and not tried:  # it may be well in a second
            return True
        had_one = self._wanted in ON_CARD or not broken.isdisjoint(ON_CARD)
        if card is Card.ABSENT and not had_one:  # it lacks nothing but what broke down
            return bool(broken)
        self._what = SLOWER if engine in ON_CARD else NO_CARD
        self._tell(card.value)
        return here

    @property
    def _wants_card(self) -> bool:
        return self._wanted != "cpu"

    def _lacks(self, engine: str, broken: AbstractSet[str]) -> bool:
        return bool(broken) or (self._wants_card and engine not in ON_CARD)

    def _be_well(self, engine: str, now: float) -> None:
        if self._lacking:
            if self.fault:
                self._recover(engine)
            self._lacking, self._well_since = False, now
            self.anew, self._tried = False, False

    def _recover(self, engine: str) -> None:
        logger.warning("the network runs as it should again, on %s", engine)
        self.fault, self._why = "", ""

    def _plan(self, now: float) -> None:
        self._try_at = now + self._pause_s
        self._pause_s = min(2 * self._pause_s, LAST_S)
        if self._why:
            self._tell(self._why)

    def _tell(self, why: str) -> None:
        again_at = self._tells(self._try_at - self._clock())
        self.fault = f"{self._what} since {self._since}: {why}; tried again at {again_at}"
        if why != self._why:
            logger.warning("%s", self.fault)
        self._why = why


def end_if_only_that_helps(
    comebacks: Sequence[Comeback], note: Callable[[], bool] = note_beginning
) -> None:
    """End the process for the sake of a card that only a new one can use, while nobody is there.

    Args:
        comebacks: of all that hangs.
        note: notes it, for the next process.

    Raises:
        StalledError: it shall end.
    """
    wanted = any(each.anew for each in comebacks) and all(each.forsaken for each in comebacks)
    if wanted and note():
        raise StalledError("the GPU is back, and only a new process can use it; begin anew")
    if wanted:
        for each in comebacks:
            each.anew = False
