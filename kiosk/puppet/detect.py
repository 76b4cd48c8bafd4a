"""Landmarks of a painted face: the median of many detections, so that paint's noise averages out.

A picture comes in, (478, 3) landmarks in its own pixels go out.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("GLOG_minloglevel", "2")

import cv2
import mediapipe
import numpy as np
from numpy.typing import NDArray

from kiosk.messages import Bytes, Floats
from kiosk.tracking.landmarker import silence_stderr

MAX_FACES = 8
TRIALS = 24  # detections behind each median
VIEW = 512  # pixels of the square a trial looks at
TILT_DEG = 12.0
FACE_IN_VIEW = (1 / 3.0, 1 / 1.9)  # smallest and largest share of the view a face takes
WORK_LIMIT = 2000  # longest side, in pixels, that the whole-picture search looks at


def find_faces(image: Bytes) -> list[Floats]:
    """All faces of a picture, from left to right.

    Args:
        image: (H, W, 3) uint8 RGB.

    Returns:
        A list of (478, 3) float32 landmarks in pixels; rough, see `settle_landmarks`.
    """
    scale = min(1.0, WORK_LIMIT / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found: list[Floats] = []
    with _mesh(MAX_FACES) as mesh:
        for left, top, side in _views(small.shape[1], small.shape[0]):
            for face in _detect(mesh, small[top : top + side, left : left + side]):
                face[:, :2] += (left, top)
                _add_new(found, face)
            if found and side >= max(small.shape[:2]):
                break  # the whole picture was enough
    return [face / np.float32(scale) for face in sorted(found, key=lambda face: face[4, 0])]


def settle_landmarks(image: Bytes, rough: Floats, seed: int = 0) -> Floats:
    """The median of detections under small changes of scale, angle and place.

    Args:
        image: (H, W, 3) uint8 RGB.
        rough: (478, 3) one detection, pixels.
        seed: of the changes.

    Returns:
        (478, 3) float32 landmarks in pixels.
    """
    rng = np.random.default_rng(seed)
    settled = []
    with _mesh(1) as mesh:
        for _ in range(TRIALS):
            view_from_image = _random_view(rough, rng)
            mode = cv2.INTER_AREA if view_from_image[0, 0] < 1 else cv2.INTER_CUBIC
            border = cv2.BORDER_REPLICATE
            view = cv2.warpAffine(
                image, view_from_image, (VIEW, VIEW), flags=mode, borderMode=border
            )
            faces = _detect(mesh, view)
            if faces:
                settled.append(_into_image(faces[0], view_from_image))
    return np.median(settled or [rough], axis=0).astype(np.float32)


def track_pictures(images: list[Bytes]) -> Floats:
    """Landmarks of one face in each picture by itself: (T, 478, 3), NaN where none is seen."""
    track = np.full((len(images), 478, 3), np.nan, np.float32)
    with _mesh(1) as mesh:
        for row, image in zip(track, images, strict=True):
            faces = _detect(mesh, image)
            if faces:
                row[:] = faces[0]
    return track


@contextmanager
def _mesh(faces: int) -> Iterator[Any]:
    with (
        silence_stderr(),
        mediapipe.solutions.face_mesh.FaceMesh(
            static_image_mode=True,
            max_num_faces=faces,
            refine_landmarks=True,
            min_detection_confidence=0.3,
        ) as mesh,
    ):
        yield mesh


def _detect(mesh: Any, image: Bytes) -> list[Floats]:
    height, width = image.shape[:2]
    result = mesh.process(np.ascontiguousarray(image))
    unit = np.array([width, height, width], np.float32)  # z is in units of the width
    return [
        np.array([(point.x, point.y, point.z) for point in face.landmark], np.float32) * unit
        for face in result.multi_face_landmarks or []
    ]


def _views(width: int, height: int) -> list[tuple[int, int, int]]:
    """Squares to search: everything, then overlapping halves and thirds for small faces."""
    views = [(0, 0, max(width, height))]
    for parts in (2, 3):
        side = int(min(max(width, height) / parts * 1.3, width, height))
        for top in np.linspace(0, height - side, parts).astype(int):
            views += [(int(left), int(top), side) for left in np.linspace(0, width - side, parts)]
    return views


def _add_new(found: list[Floats], face: Floats) -> None:
    """Keep a face unless it is one already found in another view."""
    centre, size = face[:, :2].mean(0), np.ptp(face[:, 1])
    if all(np.linalg.norm(other[:, :2].mean(0) - centre) > 0.4 * size for other in found):
        found.append(face)


def _random_view(rough: Floats, rng: np.random.Generator) -> NDArray[np.float64]:
    low, high = rough[:468, :2].min(0), rough[:468, :2].max(0)
    scale = VIEW * rng.uniform(*FACE_IN_VIEW) / (high - low)[1]
    tilt = np.radians(rng.uniform(-TILT_DEG, TILT_DEG))
    rotation = scale * np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    shift = VIEW / 2 + rng.uniform(-30, 30, 2) - rotation @ ((low + high) / 2)
    return np.column_stack([rotation, shift])


def _into_image(face: Floats, view_from_image: NDArray[np.float64]) -> Floats:
    rotation, shift = view_from_image[:, :2], view_from_image[:, 2]
    points = (face[:, :2] - shift) @ np.linalg.inv(rotation).T
    scale = np.sqrt(np.linalg.det(rotation))
    return np.column_stack([points, face[:, 2] / scale]).astype(np.float32)
