"""The second thread's stage: a frame becomes the sitter's motion, by way of the visitor.

Tracking and motion share a thread, for together they take a few milliseconds. Without frames the
motion goes on: the portrait idles.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from kiosk.experience import Scene, State
from kiosk.health import VISITORS, Health
from kiosk.messages import Face, Faces, Frame, Motion, PortraitMotion, Visitor
from kiosk.motion.target import MotionTarget

logger = logging.getLogger(__name__)

NO_SIZE = (1, 1)  # before the first frame
SILENCE_S = 0.5  # frames that come further apart than this have stopped
COUNTED = {State.GREET: "greetings", State.TELL: "stories"}  # parts of a visit, when they begin


class Landmarker(Protocol):
    """Finds faces; see `kiosk.tracking.landmarker`."""

    def __call__(self, frame: Frame) -> Faces:
        """All faces of a frame."""

    def close(self) -> None:
        """Give back the network."""


class Presence(Protocol):
    """Chooses the leading face; see `kiosk.tracking.presence`."""

    def __call__(self, faces: Faces, shown: Motion | None = None) -> Visitor:
        """The leading face, or none, given how the portrait moved last."""


class Director(Protocol):
    """Moves a portrait; see `kiosk.motion.director`."""

    def __call__(self, visitor: Visitor, now: float, scene: Scene) -> PortraitMotion:
        """The portrait's motion."""

    def hang(self, portrait: MotionTarget) -> None:
        """Move another portrait from now on."""


class Mirror:
    """Frame to PortraitMotion.

    Args:
        landmarker: finds faces.
        presence: chooses the leading one.
        director: moves the portrait that `wanted` names now.
        experience: what part of a visit it is.
        wanted: the portrait that hangs; another one is moved from the next frame on.
        health: is told how long tracking and motion take, and how many come.
        clock: seconds.
    """

    def __init__(
        self,
        landmarker: Landmarker,
        presence: Presence,
        director: Director,
        wanted: Callable[[], MotionTarget],
        *,
        experience: Callable[[Visitor, float], Scene],
        health: Health,
        clock: Callable[[], float],
    ) -> None:
        self._landmarker = landmarker
        self._presence = presence
        self._director, self._experience = director, experience
        self._health = health
        self._clock = clock
        self._frame_at = clock()
        self._frame_size = NO_SIZE
        self._wanted, self._hung = wanted, wanted()
        self._shown: Motion | None = None
        self.attended = False  # whether somebody leads
        self.asleep = False  # sees nobody, as at night
        self.visitor: Visitor | None = None  # as last seen
        self.faces: tuple[Face, ...] = ()  # all that were seen then
        self.frame: Frame | None = None  # the last that came, while any do
        self.state = State.ATTRACT  # what part of a visit it is

    def __call__(self, frame: Frame | None) -> PortraitMotion | None:
        """Follow the visitor in ``frame``; without one for a while, idle.

        Returns:
            The motion; None when the next frame may still come.
        """
        visitor = self._see(frame)
        if visitor is None:
            return None
        scene = self._experience(visitor, visitor.captured_at)
        self._count(visitor, scene)
        self.attended, self.state = visitor.face is not None, scene.state
        self.visitor = visitor
        if (wanted := self._wanted()) is not self._hung:
            self._director.hang(wanted)
            self._hung = wanted
        with self._health.timed("motion"):
            moved = self._director(visitor, visitor.captured_at, scene)
        self._shown = moved.motion
        return moved

    def _look(self, frame: Frame) -> Faces:
        if not self.asleep:
            return self._landmarker(frame)
        height, width = frame.image.shape[:2]
        return Faces(faces=(), frame_size=(width, height), captured_at=frame.captured_at)

    def close(self) -> None:
        """Give back what tracking holds."""
        self._landmarker.close()

    def _count(self, visitor: Visitor, scene: Scene) -> None:
        """Count, and no more: who it is nobody can tell afterwards."""
        if visitor.face is not None and not self.attended:
            self._health.count(VISITORS)
        if scene.state is not self.state and scene.state in COUNTED:
            self._health.count(COUNTED[scene.state])

    def _see(self, frame: Frame | None) -> Visitor | None:
        if frame is not None:
            self.frame, self._frame_at = frame, frame.captured_at
            with self._health.timed("tracking"):
                found = self._look(frame)
                self.faces, self._frame_size = found.faces, found.frame_size
                return self._presence(found, self._shown)
        now = self._clock()
        if now - self._frame_at < SILENCE_S:
            return None
        self.faces, self.frame = (), None  # nobody's picture stays
        unseen = Faces(faces=(), frame_size=self._frame_size, captured_at=now)
        return self._presence(unseen, self._shown)
