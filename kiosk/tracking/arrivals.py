"""Faces to who may lead: near enough, there for long enough, alive; the best of them first.

Whom a portrait follows of them is `presence.py`'s. Time is that of the frames.
"""

from dataclasses import dataclass

import numpy as np

from kiosk.config import TrackingSettings
from kiosk.face import LEFT_CHEEK, NOSE_TIP, RIGHT_CHEEK
from kiosk.messages import Face, Faces, Motion
from kiosk.tracking.liveness import Liveness, Verdict

MEMORY_S = 1.0  # a face lost for longer has to arrive again
PROFILE = 0.5  # what a face in profile counts for, against one that looks this way
STAYED, STAYED_S = 1.2, 10.0  # what a face counts for that has stayed, and how long that takes


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A face that may lead."""

    face: Face
    rank: float  # how much it has the right to


@dataclass(frozen=True, slots=True, eq=False)
class Attendance:
    """Who is there in one frame."""

    candidates: tuple[Candidate, ...]  # the best first
    noticeable: tuple[Face, ...]  # whoever is not known for a picture, the nearest first
    frame_size: tuple[int, int]
    captured_at: float


class Arrivals:
    """Remembers since when each face has been there, and judges whether it lives.

    Args:
        settings: the table ``[tracking]``.
        portraits: how many there are: a face that does what one of them did is its reflection.
    """

    def __init__(self, settings: TrackingSettings, portraits: int = 1) -> None:
        self._settings = settings
        self._liveness = Liveness(portraits)
        self._first_seen: dict[int, tuple[float, float]] = {}  # track: first and last time

    def __call__(self, faces: Faces, *shown: Motion | None) -> Attendance:
        """Who is there.

        Args:
            faces: of a frame.
            shown: how each portrait was moved last.
        """
        now = faces.captured_at
        verdicts = self._judge(faces, *shown)
        noticeable = [
            face
            for face, verdict in zip(faces.faces, verdicts, strict=True)
            if verdict is not Verdict.PICTURE
        ]
        candidates = self._arrived(faces, verdicts, now)
        return Attendance(
            candidates=tuple(sorted(candidates, key=lambda each: each.rank, reverse=True)),
            noticeable=tuple(sorted(noticeable, key=width_px, reverse=True)),
            frame_size=faces.frame_size,
            captured_at=now,
        )

    def _judge(self, faces: Faces, *shown: Motion | None) -> list[Verdict]:
        if self._settings.living_only:
            return self._liveness(faces, *shown)
        return [Verdict.LIVING] * len(faces.faces)

    def _arrived(self, faces: Faces, verdicts: list[Verdict], now: float) -> list[Candidate]:
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
        stayed_s = {track: now - first for track, (first, _) in self._first_seen.items()}
        return [
            Candidate(face, rank_face(face, stayed_s[face.track_id]))
            for face, lives in near
            if lives and stayed_s[face.track_id] >= self._settings.arrive_s
        ]


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
