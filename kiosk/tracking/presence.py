"""Faces to the visitor: which face leads, when one has come, when they have gone.

The nearest and most frontal face leads, and goes on leading until another is clearly nearer for a
while, or it has been lost for longer than a moment. Time is that of the frames.
"""

import logging

import numpy as np

from kiosk.config import TrackingSettings
from kiosk.face import LEFT_CHEEK, NOSE_TIP, RIGHT_CHEEK
from kiosk.messages import Face, Faces, Visitor

logger = logging.getLogger(__name__)

MEMORY_S = 0.5  # a face lost for longer has to arrive again
PROFILE = 0.5  # what a face in profile counts for, against one that looks this way


class Presence:
    """Chooses the leading face, with hysteresis."""

    def __init__(self, settings: TrackingSettings, *, now: float) -> None:
        self._settings = settings
        self._first_seen: dict[int, tuple[float, float]] = {}  # track: first and last time
        self._leader: Face | None = None
        self._leader_seen_at = now
        self._rival: tuple[int, float] | None = None  # track, and since when it is the better one
        self._since = now
        self._said: bool | None = None  # what the log knows: whether somebody is there

    def __call__(self, faces: Faces) -> Visitor:
        """The visitor, seen now or within the time of grace; else none."""
        now = faces.captured_at
        ready = self._arrived(faces, now)
        current = self._find_leader(ready, now)
        best = max(ready, key=rank_face, default=None)
        if current is None:
            if self._leader is None or now - self._leader_seen_at > self._settings.leave_s:
                self._lead(best, now)
        elif best is not None and self._overtakes(best, current, now):
            self._lead(best, now)
        self._say(now)
        return Visitor(
            face=self._leader,
            since=self._since,
            frame_size=faces.frame_size,
            captured_at=now,
        )

    def _arrived(self, faces: Faces, now: float) -> list[Face]:
        """The faces that are near enough, and have been for long enough."""
        near = [face for face in faces.faces if width_px(face) >= self._settings.min_face_px]
        for face in near:
            first, _ = self._first_seen.get(face.track_id, (now, now))
            self._first_seen[face.track_id] = (first, now)
        self._first_seen = {
            track: (first, last)
            for track, (first, last) in self._first_seen.items()
            if now - last <= MEMORY_S
        }
        arrive_s = self._settings.arrive_s
        return [face for face in near if now - self._first_seen[face.track_id][0] >= arrive_s]

    def _find_leader(self, ready: list[Face], now: float) -> Face | None:
        """The leading face as it is now; None when it is out of sight."""
        if self._leader is None:
            return None
        for face in ready:
            if face.track_id == self._leader.track_id:
                self._leader, self._leader_seen_at = face, now
                return face
        return None

    def _overtakes(self, best: Face, current: Face, now: float) -> bool:
        """Whether another face has been the clearly better one for long enough."""
        margin = self._settings.rival_margin
        if best is current or rank_face(best) < margin * rank_face(current):
            self._rival = None
            return False
        if self._rival is None or self._rival[0] != best.track_id:
            self._rival = (best.track_id, now)
        return now - self._rival[1] >= self._settings.rival_s

    def _say(self, now: float) -> None:
        """Log when somebody has come, and when nobody has been there for a while."""
        present = self._leader is not None
        if present == self._said or (not present and now - self._since < self._settings.leave_s):
            return
        self._said = present
        logger.info(
            "a visitor has come" if present else "nobody is before the camera; the portrait idles"
        )

    def _lead(self, face: Face | None, now: float) -> None:
        """Give the lead to ``face``, or to nobody."""
        if (face is None) != (self._leader is None) or face is not None:
            self._since = now
        self._leader, self._leader_seen_at, self._rival = face, now, None


def rank_face(face: Face) -> float:
    """How much a face has the right to lead: its width in pixels, less for one turned away."""
    left, nose, right = face.landmarks[[LEFT_CHEEK, NOSE_TIP, RIGHT_CHEEK], 0]
    width = max(float(right - left), 1e-3)
    # the nose is halfway between the cheeks of a face that looks this way
    turned = min(abs(float(nose - left) / width - 0.5) * 2, 1.0)
    return width_px(face) * (1 - (1 - PROFILE) * turned)


def width_px(face: Face) -> float:
    """The width of a face in pixels."""
    return float(np.ptp(face.landmarks[:, 0]))
