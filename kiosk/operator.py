"""The operator's overlay, kept up to date while it is wanted."""

from collections.abc import Callable

import numpy as np

from kiosk.control.status import Status
from kiosk.display.overlay import Mark, draw_overlay
from kiosk.display.screen import Screen
from kiosk.messages import Face, Visitor

EVERY_S = 0.5
WIDTH_PX = 700

Seen = Callable[[], tuple[Visitor | None, tuple[Face, ...]]]


class Operator:
    """Lays the overlay on a screen and takes it away again.

    Args:
        status: how the kiosk fares.
        seen: the visitor, and all faces.
        clock: monotonic seconds.
    """

    def __init__(
        self, status: Callable[[], Status], seen: Seen, *, clock: Callable[[], float]
    ) -> None:
        self._status, self._seen, self._clock = status, seen, clock
        self._lies, self._due = False, clock()

    def serve(self, screen: Screen) -> None:
        """Look whether it is wanted, and whether it is old; in the thread that owns the screen."""
        if not screen.overlaid:
            if self._lies:
                screen.lay(None)
                self._lies = False
            return
        now = self._clock()
        if self._lies and now < self._due:
            return
        self._lies, self._due = True, now + EVERY_S
        screen.lay(draw_overlay(words_of(self._status()), marks_of(*self._seen()), WIDTH_PX))


def words_of(status: Status) -> list[str]:
    """What is said of a kiosk."""
    failures = " ".join(f"{name} {each.failures}" for name, each in status.stages.items())
    return [
        f"{status.portrait} on {status.engine}: {status.state}",
        f"{status.fps:.1f} frames/s, latency {status.latency_ms:.0f} ms",
        f"failed: {failures or 'nothing'}; {status.rss_mb:.0f} MB",
        *(f"! {fault}" for fault in status.faults),
    ]


def marks_of(visitor: Visitor | None, faces: tuple[Face, ...]) -> list[Mark]:
    """The faces as shares of the frame."""
    if visitor is None or min(visitor.frame_size) <= 0:
        return []
    frame, leader = np.array(visitor.frame_size, np.float64), visitor.face
    marks = []
    for face in faces:
        low, high = face.landmarks[:, :2].min(0) / frame, face.landmarks[:, :2].max(0) / frame
        (x, y), (w, h) = ((low + high) / 2).tolist(), ((high - low) / 2).tolist()
        leads = leader is not None and face.track_id == leader.track_id
        marks.append(Mark((x, y), (w, h), leads))
    return marks
