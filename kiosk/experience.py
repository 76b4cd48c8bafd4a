"""The visitor's experience as a state machine: from across the room to goodbye.

    attract -> greet -> mirror <-> tell
                        mirror, tell -> farewell -> attract

Alone, the portrait lives on by itself (*attract*). Whoever comes is looked at, smiled at and spoken
to (*greet*), then has the portrait follow them (*mirror*); who stays is told a story (*tell*); when
they have gone it looks after them (*farewell*). In go visitors, out come scenes; how a scene moves
is the director's, what is heard and read of it the narrator's.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from kiosk.experience_settings import ExperienceSettings
from kiosk.messages import Visitor
from kiosk.portraits.performances import Performance

LEAD_IN_S = 0.5  # the face comes to where a performance begins before its sound does


class State(Enum):
    """Who has the portrait, and what for."""

    ATTRACT = "attract"
    GREET = "greet"
    MIRROR = "mirror"
    TELL = "tell"
    FAREWELL = "farewell"


@dataclass(frozen=True, slots=True)
class Scene:
    """A state, and how far it is."""

    state: State
    elapsed_s: float  # since it began
    share: float  # of the time it takes, 0 to 1; 1 where it lasts as long as it may
    performance: Performance | None = None  # what is performed meanwhile

    @property
    def played_s(self) -> float:
        """How far the performance is; negative before it begins."""
        return self.elapsed_s - LEAD_IN_S


class Repertoire(Protocol):
    """What there is to perform; see `kiosk.repertoire`."""

    def begin_visit(self) -> None:
        """Somebody new has come."""

    def greeting(self) -> Performance | None:
        """What is said to who comes."""

    def story(self) -> Performance | None:
        """The next story, if there is one that they have not heard."""

    def holds(self, performance: Performance) -> bool:
        """Whether it can still be performed."""


class Experience:
    """One portrait's visits.

    Args:
        settings: the table ``[experience]``.
        now: seconds; the portrait is alone since then.
        repertoire: what it can perform; None: nothing.
        story_after_s: a visitor who has been followed for so long is told a story; 0: never.
    """

    def __init__(
        self,
        settings: ExperienceSettings,
        now: float,
        repertoire: Repertoire | None = None,
        *,
        story_after_s: float = 0.0,
    ) -> None:
        self._settings = settings
        self._repertoire, self._story_after_s = repertoire, story_after_s
        self._performance: Performance | None = None
        self._state, self._since = State.ATTRACT, now
        self._left_at = -float("inf")  # when somebody who had been greeted was last there

    def __call__(self, visitor: Visitor, now: float) -> Scene:
        """The scene of one moment.

        Args:
            visitor: who leads, or nobody.
            now: seconds.
        """
        wanted = self._next(visitor, now)
        if wanted is not self._state:
            self._enter(wanted, now, new=self._is_new(wanted, now))
        if self._state in (State.MIRROR, State.TELL):
            self._left_at = now
        elapsed = now - self._since
        lasts = self._lasts
        share = min(elapsed / lasts, 1.0) if lasts else 1.0
        return Scene(self._state, elapsed, share, self._performance)

    def _is_new(self, wanted: State, now: float) -> bool:
        """Whether somebody has come who was not there a while ago."""
        alone = self._state in (State.ATTRACT, State.FAREWELL)
        return alone and wanted in (State.GREET, State.MIRROR) and not self._known(now)

    def _known(self, now: float) -> bool:
        return now - self._left_at <= self._settings.again_s

    def _enter(self, state: State, now: float, *, new: bool) -> None:
        if state is not State.TELL:  # which was entered because there is a story
            self._performance = None
        if self._repertoire is not None:
            if new:
                self._repertoire.begin_visit()
            if state is State.GREET:
                self._performance = self._repertoire.greeting()
        self._state, self._since = state, now

    def _next(self, visitor: Visitor, now: float) -> State:
        present = visitor.face is not None
        over = now - self._since >= self._lasts
        if self._state in (State.ATTRACT, State.FAREWELL) and present:
            greets = self._settings.greet_s > 0 and not self._known(now)
            return State.GREET if greets else State.MIRROR
        if self._state is State.GREET:
            if not present:
                return State.ATTRACT  # somebody who only passed
            return State.MIRROR if over or self._taken_away else State.GREET
        if self._state in (State.MIRROR, State.TELL) and not present:
            return State.FAREWELL if self._settings.farewell_s else State.ATTRACT
        if self._state is State.TELL and (over or self._taken_away):
            return State.MIRROR
        if self._state is State.MIRROR and self._finds_story(visitor, now):
            return State.TELL
        if self._state is State.FAREWELL and over:
            return State.ATTRACT
        return self._state

    @property
    def _taken_away(self) -> bool:
        """Whether what is performed is not the portrait's any more."""
        held, repertoire = self._performance, self._repertoire
        return held is not None and repertoire is not None and not repertoire.holds(held)

    def _finds_story(self, visitor: Visitor, now: float) -> bool:
        after_s = self._story_after_s
        if self._repertoire is None or not after_s:
            return False
        if now - max(self._since, visitor.since) < after_s:
            return False
        self._performance = self._repertoire.story()
        return self._performance is not None

    @property
    def _lasts(self) -> float:
        """How long the state takes; 0 where it lasts as long as it may."""
        performed = self._performance
        performed_s = 0.0 if performed is None else LEAD_IN_S + performed.duration_s
        return {
            State.GREET: max(self._settings.greet_s, performed_s),
            State.TELL: performed_s,
            State.FAREWELL: self._settings.farewell_s,
        }.get(self._state, 0.0)
