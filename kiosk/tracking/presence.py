"""Faces to the visitor: which face leads, when one has come, when they have gone.

Of the living faces the nearest, most frontal and longest-staying one leads, and goes on leading
until another has clearly been better for a while, or it has gone: then the next best takes over at
once, and the portrait is left alone only after a moment of grace. Time is that of the frames.
"""

import logging

import numpy as np

from kiosk.config import TrackingSettings
from kiosk.face import LEFT_CHEEK, NOSE_TIP, RIGHT_CHEEK
from kiosk.messages import Face, Faces, Motion, Visitor
from kiosk.tracking.liveness import Liveness, Verdict

logger = logging.getLogger(__name__)

MEMORY_S = 1.0  # a face lost for longer has to arrive again
PROFILE = 0.5  # what a face in profile counts for, against one that looks this way
STAYED, STAYED_S = 1.2, 10.0  # what a face counts for that has stayed, and how long that takes
BLINK_OF_TRACKER_S = 0.3  # a hand before the face, a quick turn: the same face may be back by then
EDGE = 0.05  # of the frame's width; who was last seen so near its sides has walked out


class Presence:
    """Chooses the leading face, with hysteresis."""

    def __init__(self, settings: TrackingSettings, *, now: float) -> None:
        self._settings = settings
        self._liveness = Liveness()
        self._first_seen: dict[int, tuple[float, float]] = {}  # track: first and last time
        self._leader: Face | None = None
        self._leader_seen_at = now
        self._rival: tuple[int, float] | None = None  # track, and since when it is the better one
        self._since = now
        self._said: bool | None = None  # what the log knows: whether somebody is there

    def __call__(self, faces: Faces, shown: Motion | None = None) -> Visitor:
        """The visitor, seen now or within the time of grace; else none.

        Args:
            faces: of a frame.
            shown: how the portrait was moved last; a face that does the same is its reflection.
        """
        now = faces.captured_at
        verdicts = self._judge(faces, shown)
        ready = self._arrived(faces, verdicts, now)
        current = self._find_leader(ready, now)
        best = max(ready, key=lambda face: self._rank(face, now), default=None)
        if current is None:
            if self._has_gone(best, faces.frame_size, now):
                self._lead(best, now)
        elif best is not None and self._overtakes(best, current, now):
            self._lead(best, now)
        self._say(now)
        return Visitor(
            face=self._leader,
            since=self._since,
            frame_size=faces.frame_size,
            captured_at=now,
            noticed=self._notice(faces, verdicts),
        )

    def _judge(self, faces: Faces, shown: Motion | None) -> list[Verdict]:
        if self._settings.living_only:
            return self._liveness(faces, shown)
        return [Verdict.LIVING] * len(faces.faces)

    def _arrived(self, faces: Faces, verdicts: list[Verdict], now: float) -> list[Face]:
        """The faces that are near enough, have been for long enough, and live."""
        near = [
            (face, verdict is Verdict.LIVING)
            for face, verdict in zip(faces.faces, verdicts, strict=True)
            if width_px(face) >= self._settings.min_face_px
        ]
        for face, _ in near:
            first, _ = self._first_seen.get(face.track_id, (now, now))
            self._first_seen[face.track_id] = (first, now)
        self._first_seen = {
            track: (first, last)
            for track, (first, last) in self._first_seen.items()
            if now - last <= MEMORY_S
        }
        arrive_s = self._settings.arrive_s
        return [face for face, lives in near if lives and self._stayed_s(face, now) >= arrive_s]

    def _stayed_s(self, face: Face, now: float) -> float:
        return now - self._first_seen[face.track_id][0]

    def _rank(self, face: Face, now: float) -> float:
        return rank_face(face, self._stayed_s(face, now))

    def _find_leader(self, ready: list[Face], now: float) -> Face | None:
        """The leading face as it is now; None when it is out of sight."""
        if self._leader is None:
            return None
        for face in ready:
            if face.track_id == self._leader.track_id:
                self._leader, self._leader_seen_at = face, now
                return face
        return None

    def _has_gone(self, best: Face | None, frame_size: tuple[int, int], now: float) -> bool:
        """Whether the leader, out of sight, need not be waited for any longer."""
        if self._leader is None:
            return True
        away_s = now - self._leader_seen_at
        if best is None:
            return away_s > self._settings.leave_s
        return away_s > BLINK_OF_TRACKER_S or _at_edge(self._leader, frame_size[0])

    def _overtakes(self, best: Face, current: Face, now: float) -> bool:
        """Whether another face has been the clearly better one for long enough."""
        margin = self._settings.rival_margin
        if best is current or self._rank(best, now) < margin * self._rank(current, now):
            self._rival = None
            return False
        if self._rival is None or self._rival[0] != best.track_id:
            self._rival = (best.track_id, now)
        return now - self._rival[1] >= self._settings.rival_s

    def _notice(self, faces: Faces, verdicts: list[Verdict]) -> Face | None:
        leading = None if self._leader is None else self._leader.track_id
        others = [
            face
            for face, verdict in zip(faces.faces, verdicts, strict=True)
            if verdict is not Verdict.PICTURE and face.track_id != leading
        ]
        return max(others, key=width_px, default=None)

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


def rank_face(face: Face, stayed_s: float = 0.0) -> float:
    """How much a face has the right to lead.

    Its width in pixels, less for one turned away, a little more for one that has stayed.
    """
    left, nose, right = face.landmarks[[LEFT_CHEEK, NOSE_TIP, RIGHT_CHEEK], 0]
    width = max(float(right - left), 1e-3)
    # the nose is halfway between the cheeks of a face that looks this way
    turned = min(abs(float(nose - left) / width - 0.5) * 2, 1.0)
    stayed = 1 + (STAYED - 1) * min(stayed_s / STAYED_S, 1.0)
    return width_px(face) * (1 - (1 - PROFILE) * turned) * stayed


def width_px(face: Face) -> float:
    """The width of a face in pixels."""
    return float(np.ptp(face.landmarks[:, 0]))


def _at_edge(face: Face, frame_width: int) -> bool:
    across = face.landmarks[:, 0]
    margin = EDGE * frame_width
    return bool(across.min() < margin or across.max() > frame_width - margin)
