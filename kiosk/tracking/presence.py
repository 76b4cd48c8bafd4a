"""Faces to the visitor: which face leads, when one has come, when they have gone.

Of the living faces the nearest, most frontal and longest-staying one leads, and goes on leading
until another has clearly been better for a while, or it has gone: then the next best takes over at
once, and the portrait is left alone only after a moment of grace. Time is that of the frames.
"""

import logging
from collections.abc import Collection

from kiosk.config import TrackingSettings
from kiosk.messages import Face, Faces, Motion, Visitor
from kiosk.tracking.arrivals import Arrivals, Attendance, Candidate

logger = logging.getLogger(__name__)

BLINK_OF_TRACKER_S = 0.3  # a hand before the face, a quick turn: the same face may be back by then
EDGE = 0.05  # of the frame's width; who was last seen so near its sides has walked out


class Presence:
    """Chooses the leading face of one portrait, with hysteresis."""

    def __init__(self, settings: TrackingSettings, *, now: float) -> None:
        self._arrivals, self._lead = Arrivals(settings), Lead(settings, now=now)
        self._log = VisitLog(settings.leave_s)

    def __call__(self, faces: Faces, shown: Motion | None = None) -> Visitor:
        """The visitor, seen now or within the time of grace; else none.

        Args:
            faces: of a frame.
            shown: how the portrait was moved last; a face that does the same is its reflection.
        """
        visitor = self._lead(self._arrivals(faces, shown))
        self._log.heed([visitor])
        return visitor


class Lead:
    """Who leads one portrait."""

    def __init__(self, settings: TrackingSettings, *, now: float) -> None:
        self._settings = settings
        self._leader: Face | None = None
        self._leader_seen_at = now
        self._rival: tuple[int, float] | None = None  # track, and since when it is the better one
        self._since = now

    @property
    def leader(self) -> Face | None:
        """The leading face as it was seen last; None: nobody leads."""
        return self._leader

    @property
    def track(self) -> int | None:
        """Its number."""
        return None if self._leader is None else self._leader.track_id

    def __call__(self, there: Attendance, taken: Collection[int] = ()) -> Visitor:
        """The visitor, seen now or within the time of grace; else none.

        Args:
            there: who is there.
            taken: the tracks that lead other portraits.
        """
        now = there.captured_at
        free = [each for each in there.candidates if each.face.track_id not in taken]
        current = self._find_leader(free, now)
        best = free[0] if free else None
        if current is None:
            if self._has_gone(best, there.frame_size, now):
                self._give(best, now)
        elif best is not None and self._overtakes(best, current, now):
            self._give(best, now)
        noticed = (face for face in there.noticeable if face.track_id != self.track)
        return Visitor(
            face=self._leader,
            since=self._since,
            frame_size=there.frame_size,
            captured_at=now,
            noticed=next(noticed, None),
        )

    def _find_leader(self, free: list[Candidate], now: float) -> Candidate | None:
        """The leading face as it is now; None when it is out of sight."""
        for each in free:
            if each.face.track_id == self.track:
                self._leader, self._leader_seen_at = each.face, now
                return each
        return None

    def _has_gone(self, best: Candidate | None, frame_size: tuple[int, int], now: float) -> bool:
        """Whether the leader, out of sight, need not be waited for any longer."""
        if self._leader is None:
            return True
        away_s = now - self._leader_seen_at
        if best is None:
            return away_s > self._settings.leave_s
        return away_s > BLINK_OF_TRACKER_S or _at_edge(self._leader, frame_size[0])

    def _overtakes(self, best: Candidate, current: Candidate, now: float) -> bool:
        """Whether another face has been the clearly better one for long enough."""
        if best is current or best.rank < self._settings.rival_margin * current.rank:
            self._rival = None
            return False
        if self._rival is None or self._rival[0] != best.face.track_id:
            self._rival = (best.face.track_id, now)
        return now - self._rival[1] >= self._settings.rival_s

    def _give(self, best: Candidate | None, now: float) -> None:
        """Give the lead to a face, or to nobody."""
        if (best is None) != (self._leader is None) or best is not None:
            self._since = now
        self._leader = None if best is None else best.face
        self._leader_seen_at, self._rival = now, None


class VisitLog:
    """Logs when somebody has come, and when nobody has been there for a while.

    Args:
        leave_s: a while.
    """

    def __init__(self, leave_s: float) -> None:
        self._leave_s = leave_s
        self._said: bool | None = None  # whether somebody is there

    def heed(self, visitors: Collection[Visitor]) -> None:
        """Whom each portrait has now."""
        present = any(visitor.face is not None for visitor in visitors)
        alone_s = min(visitor.captured_at - visitor.since for visitor in visitors)
        if present == self._said or (not present and alone_s < self._leave_s):
            return
        self._said = present
        logger.info(
            "a visitor has come" if present else "nobody is before the camera; the portrait idles"
        )


def _at_edge(face: Face, frame_width: int) -> bool:
    across = face.landmarks[:, 0]
    margin = EDGE * frame_width
    return bool(across.min() < margin or across.max() > frame_width - margin)
