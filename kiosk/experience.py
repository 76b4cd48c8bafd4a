"""The visitor's experience as a state machine: from across the room to goodbye.

    attract -> greet -> mirror -> farewell -> attract

Alone, the portrait lives on by itself (*attract*). Whoever comes is looked at and smiled at
(*greet*), then has the portrait follow them (*mirror*); when they have gone it looks after them
(*farewell*). In go visitors, out come scenes; how a scene moves is the director's.
"""

from dataclasses import dataclass
from enum import Enum

from pydantic import BaseModel, ConfigDict, Field

from kiosk.messages import Visitor


class State(Enum):
    """Who has the portrait, and what for."""

    ATTRACT = "attract"
    GREET = "greet"
    MIRROR = "mirror"
    FAREWELL = "farewell"


class ExperienceSettings(BaseModel):
    """``[experience]``: how long each part of a visit takes; with 0 it is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    greet_s: float = Field(1.6, ge=0, le=10)
    farewell_s: float = Field(2.0, ge=0, le=10)
    again_s: float = Field(20.0, ge=0, le=600)
    smile: float = Field(0.6, ge=0, le=1)
    reduced_motion: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A state, and how far it is."""

    state: State
    elapsed_s: float  # since it began
    share: float  # of the time it takes, 0 to 1; 1 where it lasts as long as it may


class Experience:
    """One portrait's visits.

    Args:
        settings: the table ``[experience]``.
        now: seconds; the portrait is alone since then.
    """

    def __init__(self, settings: ExperienceSettings, now: float) -> None:
        self._settings = settings
        self._state, self._since = State.ATTRACT, now
        self._left_at = -float("inf")  # when somebody who had been greeted was last there

    def __call__(self, visitor: Visitor, now: float) -> Scene:
        """The scene of one moment.

        Args:
            visitor: who leads, or nobody.
            now: seconds.
        """
        wanted = self._next(present=visitor.face is not None, now=now)
        if self._state is State.MIRROR:
            self._left_at = now
        if wanted is not self._state:
            self._state, self._since = wanted, now
        elapsed = now - self._since
        lasts = self._lasts
        return Scene(self._state, elapsed, min(elapsed / lasts, 1.0) if lasts else 1.0)

    def _next(self, *, present: bool, now: float) -> State:
        over = now - self._since >= self._lasts
        if self._state in (State.ATTRACT, State.FAREWELL) and present:
            known = now - self._left_at <= self._settings.again_s
            return State.MIRROR if known or not self._settings.greet_s else State.GREET
        if self._state is State.GREET:
            if not present:
                return State.ATTRACT  # somebody who only passed
            return State.MIRROR if over else State.GREET
        if self._state is State.MIRROR and not present:
            return State.FAREWELL if self._settings.farewell_s else State.ATTRACT
        if self._state is State.FAREWELL and over:
            return State.ATTRACT
        return self._state

    @property
    def _lasts(self) -> float:
        """How long the state takes; 0 where it lasts as long as it may."""
        return {
            State.GREET: self._settings.greet_s,
            State.FAREWELL: self._settings.farewell_s,
        }.get(self._state, 0.0)
