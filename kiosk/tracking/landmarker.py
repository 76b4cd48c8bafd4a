"""Frame to faces: MediaPipe's face mesh with irises.

Comes in: a `Frame`. Goes out: `Faces`, in pixels of the frame. Who is who from frame to frame is
`numbering.py`'s, choosing the leading face `presence.py`'s, smoothing the motion's.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np

from kiosk.config import TrackingSettings
from kiosk.face import APART
from kiosk.messages import Bytes, Face, Faces, Floats, Frame
from kiosk.tracking.brightening import Brightening
from kiosk.tracking.numbering import Numbering

# read when the library is loaded; its C++ part tells of every graph it builds otherwise
os.environ.setdefault("GLOG_minloglevel", "3")
from absl import logging as absl_logging

absl_logging.set_verbosity(absl_logging.ERROR)
import cv2  # noqa: E402
from mediapipe.python.solutions.face_mesh import FaceMesh  # noqa: E402

STDERR = 2
REACH = 4.0  # frames; no face is seen so far outside
THINNEST = 1e-4  # of the frame: a twentieth of a pixel

_ONE, _OTHER = np.array(APART).T


class Landmarker:
    """Finds the faces of each frame; keeps their numbers while they are in view."""

    def __init__(self, settings: TrackingSettings) -> None:
        self._numbering, self._brightening = Numbering(), Brightening()
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
        seen = self._brightening(frame.image, frame.captured_at)
        found = self._mesh.process(seen).multi_face_landmarks or ()
        meshes = [read_mesh(mesh) for mesh in found]
        faces = name_faces(meshes, (width, height), frame.captured_at, self._numbering)
        self._brightening.see(faces.faces, frame.captured_at)
        return replace(faces, lightened=self._brightening.factor)

    def close(self) -> None:
        """Give back the network."""
        self._mesh.close()


def name_faces(
    meshes: Iterable[Floats], frame_size: tuple[int, int], at: float, numbering: Numbering
) -> Faces:
    """Faces with their numbers, the nearest first; what can be no face is left out.

    Args:
        meshes: (478, 3) each, fractions of the frame.
        frame_size: width and height, pixels.
        at: second of the frame.
        numbering: knows who is who.
    """
    # z is in the unit of x: weak perspective
    scale = np.array([frame_size[0], frame_size[1], frame_size[0]], np.float32)
    found = [mesh * scale for mesh in meshes if can_be_face(mesh)]
    found.sort(key=lambda mesh: -float(np.ptp(mesh[:, 0])))
    faces = tuple(
        # the library reports only what passed its threshold, and no figure with it
        Face(track_id=number, landmarks=mesh, score=1.0)
        for number, mesh in zip(numbering(found, at), found, strict=True)
    )
    return Faces(faces=faces, frame_size=frame_size, captured_at=at)


def can_be_face(mesh: Floats) -> bool:
    """Whether points (478, 3), fractions of the frame, are numbers near it and do not coincide."""
    if not (np.abs(mesh) < REACH).all():  # NaN is not, either
        return False
    apart = np.linalg.norm(mesh[_ONE, :2] - mesh[_OTHER, :2], axis=1)
    return bool(min(apart.min(), np.ptp(mesh[:, :2], axis=0).min()) > THINNEST)


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
