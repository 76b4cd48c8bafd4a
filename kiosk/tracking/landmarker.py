"""Frame to faces: MediaPipe's face mesh with irises, and who is who from frame to frame.

Comes in: a `Frame`. Goes out: `Faces`, in pixels of the frame. Smoothing is the motion's, choosing
the leading face is `presence.py`'s.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from kiosk.config import TrackingSettings
from kiosk.messages import Bytes, Face, Faces, Floats, Frame

# read when the library is loaded; its C++ part tells of every graph it builds otherwise
os.environ.setdefault("GLOG_minloglevel", "3")
from absl import logging as absl_logging

absl_logging.set_verbosity(absl_logging.ERROR)
import cv2  # noqa: E402
from mediapipe.python.solutions.face_mesh import FaceMesh  # noqa: E402

MEMORY_S = 0.5  # a face lost for longer comes back as another
REACH = 0.7  # in widths of the face: it moves no further between two frames
STDERR = 2


@dataclass(slots=True)
class Track:
    """A face's place when it was last seen."""

    track_id: int
    centre: Floats  # (2,) pixels
    width: float
    seen_at: float


class Landmarker:
    """Finds the faces of each frame; keeps their numbers while they are in view."""

    def __init__(self, settings: TrackingSettings) -> None:
        self._tracks: list[Track] = []
        self._next_id = 1
        with silence_stderr():  # what it says while starting is of no use to anyone here
            self._mesh = FaceMesh(
                static_image_mode=False,
                max_num_faces=settings.max_faces,
                refine_landmarks=True,
                min_detection_confidence=settings.detection_confidence,
                min_tracking_confidence=settings.tracking_confidence,
            )
            # the first face loads the second network: it had better be a drawn one, now
            self._mesh.process(draw_face())
            self._mesh.process(np.zeros((240, 240, 3), np.uint8))

    def __call__(self, frame: Frame) -> Faces:
        """All faces of ``frame``, the nearest first."""
        height, width = frame.image.shape[:2]
        found = self._mesh.process(frame.image).multi_face_landmarks or ()
        # z is in the unit of x: weak perspective
        scale = np.array([width, height, width], np.float32)
        meshes = [read_mesh(mesh) * scale for mesh in found]
        meshes.sort(key=lambda mesh: -float(np.ptp(mesh[:, 0])))
        numbers = self._number(meshes, frame.captured_at)
        faces = tuple(
            # the library reports only what passed its threshold, and no figure with it
            Face(track_id=number, landmarks=mesh, score=1.0)
            for number, mesh in zip(numbers, meshes, strict=True)
        )
        return Faces(faces=faces, frame_size=(width, height), captured_at=frame.captured_at)

    def close(self) -> None:
        """Give back the network."""
        self._mesh.close()

    def _number(self, meshes: list[Floats], now: float) -> list[int]:
        """Match faces to tracks, the closest pair first; new faces get new numbers."""
        self._tracks = [track for track in self._tracks if now - track.seen_at <= MEMORY_S]
        places = [(mesh[:, :2].mean(axis=0), float(np.ptp(mesh[:, 0]))) for mesh in meshes]
        pairs = sorted(
            (float(np.linalg.norm(centre - track.centre)) / max(track.width, 1.0), face, which)
            for face, (centre, _) in enumerate(places)
            for which, track in enumerate(self._tracks)
        )
        matched: dict[int, int] = {}
        for distance, face, which in pairs:
            if distance < REACH and face not in matched and which not in matched.values():
                matched[face] = which
        return [
            self._remember(matched.get(face), centre, width, now)
            for face, (centre, width) in enumerate(places)
        ]

    def _remember(self, which: int | None, centre: Floats, width: float, now: float) -> int:
        if which is None:
            self._tracks.append(Track(self._next_id, centre, width, now))
            self._next_id += 1
            return self._next_id - 1
        track = self._tracks[which]
        track.centre, track.width, track.seen_at = centre, width, now
        return track.track_id


def read_mesh(mesh: Any) -> Floats:
    """MediaPipe's list of points as (478, 3) float32, in fractions of the frame."""
    return np.array([(point.x, point.y, point.z) for point in mesh.landmark], np.float32)


def draw_face() -> Bytes:
    """A face of a few ellipses that MediaPipe takes for one, (240, 240, 3) uint8 RGB."""
    image = np.full((240, 240, 3), (90, 110, 120), np.uint8)
    cv2.ellipse(image, (120, 125), (62, 82), 0, 0, 360, (224, 180, 150), -1, cv2.LINE_AA)
    for x in (95, 145):
        cv2.ellipse(image, (x, 108), (13, 6), 0, 0, 360, (245, 245, 245), -1, cv2.LINE_AA)
        cv2.circle(image, (x, 108), 6, (50, 35, 25), -1, cv2.LINE_AA)
        cv2.ellipse(image, (x, 93), (16, 5), 0, 180, 360, (80, 55, 40), 4, cv2.LINE_AA)
    cv2.ellipse(image, (120, 140), (10, 6), 0, 0, 180, (180, 130, 105), 3, cv2.LINE_AA)
    cv2.ellipse(image, (120, 168), (22, 7), 0, 0, 360, (180, 80, 80), -1, cv2.LINE_AA)
    cv2.ellipse(image, (120, 55), (64, 30), 0, 180, 360, (70, 50, 40), -1, cv2.LINE_AA)
    blurred: Bytes = cv2.GaussianBlur(image, (0, 0), 1.5)
    return blurred


@contextmanager
def silence_stderr() -> Iterator[None]:
    """Let C++ code write to nowhere; Python's own errors still raise."""
    kept = os.dup(STDERR)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, STDERR)
        yield
    finally:
        os.dup2(kept, STDERR)
        os.close(nowhere)
        os.close(kept)
