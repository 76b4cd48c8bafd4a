"""Several portraits, one visitor each: who follows whom in a gallery.

Nobody is followed by two. Who is followed stays so, as before a single portrait; who is not is
taken by the free portrait that hangs nearest to where they stand; the others notice them. Each
frame is looked at and judged once, whichever portrait asks first; one that asks with an older frame
is told what the newer one said.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from kiosk.config import TrackingSettings
from kiosk.messages import Face, Faces, Frame, Motion, Visitor
from kiosk.tracking.arrivals import Arrivals, Attendance
from kiosk.tracking.presence import Lead, VisitLog


class Landmarker(Protocol):
    """Finds faces; see `kiosk.tracking.landmarker`."""

    def __call__(self, frame: Frame) -> Faces:
        """All faces of a frame."""

    def close(self) -> None:
        """Give back the network."""


class Lookout:
    """One landmarker for several portraits.

    Args:
        build: makes it, when somebody asks; and anew, when it has failed.
    """

    def __init__(self, build: Callable[[], Landmarker]) -> None:
        self._build = build
        self._landmarker: Landmarker | None = None
        self._found: Faces | None = None
        self._looking = threading.Lock()

    def __call__(self, frame: Frame) -> Faces:
        """All faces of a frame, or of a newer one that has been looked at."""
        with self._looking:
            if self._found is None or frame.captured_at > self._found.captured_at:
                self._found = self._look(frame)
            return self._found

    def close(self) -> None:
        """One portrait needs it no more: the others may, see `end`."""

    def end(self) -> None:
        """Give back the network."""
        with self._looking:
            self._drop()

    def _look(self, frame: Frame) -> Faces:
        if self._landmarker is None:
            self._landmarker = self._build()
        try:
            return self._landmarker(frame)
        except Exception:
            self._drop()
            raise

    def _drop(self) -> None:
        landmarker, self._landmarker = self._landmarker, None
        if landmarker is not None:
            landmarker.close()


class Usher:
    """Gives each portrait its visitor.

    Args:
        settings: the table ``[tracking]``.
        places: where each portrait hangs, as shares of the screen's width, asked again and again.
        now: seconds.
    """

    def __init__(
        self, settings: TrackingSettings, places: Callable[[], Sequence[float]], *, now: float
    ) -> None:
        self._places = places
        count = len(places())
        self._arrivals = Arrivals(settings, portraits=count)
        self._leads = [Lead(settings, now=now) for _ in range(count)]
        self._log = VisitLog(settings.leave_s)
        self._shown: list[Motion | None] = [None] * count  # how each was moved last
        self._visitors: list[Visitor] = []
        self._asking = threading.Lock()

    def visitor(self, place: int, faces: Faces, shown: Motion | None = None) -> Visitor:
        """One portrait's visitor; see `kiosk.tracking.presence.Presence`.

        Args:
            place: the portrait's, from 0.
            faces: of a frame.
            shown: how that portrait was moved last.
        """
        with self._asking:
            self._shown[place] = shown
            if not self._visitors or faces.captured_at > self._visitors[0].captured_at:
                self._visitors = self._seat(self._arrivals(faces, *self._shown))
                self._log.heed(self._visitors)
            return self._visitors[place]

    def _seat(self, there: Attendance) -> list[Visitor]:
        """Ask each portrait whom it follows: first those whose visitor is in sight."""
        seen = {each.face.track_id for each in there.candidates}
        waiting = list(range(len(self._leads)))
        seated: dict[int, Visitor] = {}
        while waiting:
            followed = [place for place in waiting if self._leads[place].track in seen]
            place = followed[0] if followed else self._nearest(waiting, there)
            seated[place] = self._leads[place](there, self._taken(place))
            waiting.remove(place)
        return [seated[place] for place in range(len(self._leads))]

    def _taken(self, place: int | None = None) -> set[int]:
        """The tracks that lead other portraits than that one."""
        others = (lead.track for other, lead in enumerate(self._leads) if other != place)
        return {track for track in others if track is not None}

    def _nearest(self, waiting: list[int], there: Attendance) -> int:
        """The portrait to ask first: it hangs nearest to the best visitor who has none yet.

        One whose visitor is out of sight for a moment looks for them where they stood.
        """
        taken = self._taken()
        best = next((c.face for c in there.candidates if c.face.track_id not in taken), None)
        if best is None:
            return waiting[0]
        width, places = there.frame_size[0], self._places()

        def distance(place: int) -> float:
            leader = self._leads[place].leader
            looks = places[place] if leader is None else _across(leader, width)
            return abs(looks - _across(best, width))

        return min(waiting, key=distance)


def _across(face: Face, frame_width: int) -> float:
    """Where a face is, as a share of the frame's width."""
    return float(face.landmarks[:, 0].mean()) / frame_width
