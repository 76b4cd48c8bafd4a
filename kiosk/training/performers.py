"""People seen in clips, head pose taken out, with the frames in which their faces rest.

In goes a clip or its landmarks, out come `Performer`s in the axes of their common, symmetric mean
face. Offline only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.camera.capture import read_pictures
from kiosk.face import CHIN, EYES, FOREHEAD, LANDMARKS, MESH, NOSE_BRIDGE, NOSE_TIP, RIGID
from kiosk.messages import Bytes
from kiosk.motion.face_model import ACROSS
from kiosk.motion.geometry import (
    fit_pose,
    free_of_pose,
    measure,
    rotation_matrix,
    rotation_vector,
)

Points = NDArray[np.float64]

# what counts as one step of each resting measure, io: gap, width, apertures, brows, corner
STEP = np.array([0.02, 0.03, 0.01, 0.01, 0.015, 0.015, 0.02])
# landmarks on the face's middle line
MIDDLE = (FOREHEAD, 9, 8, NOSE_BRIDGE, 6, 197, 195, 5, NOSE_TIP, 1, 2, CHIN)


@dataclass(frozen=True, slots=True, eq=False)
class Performer:
    """One person's clip, head pose taken out."""

    shapes: Points  # (T, 478, 3) io
    rests: Points  # (T, 7) resting measures of every frame
    gazes: Points  # (T, 2, 2)
    rotations: Points  # (T, 3, 3)
    resting: NDArray[np.intp]  # frames that show the neutral face

    @property
    def neutral(self) -> Points:
        """(478, 3) the mean of the resting frames."""
        return np.asarray(self.shapes[self.resting].mean(axis=0))


def track_clip(clip: Path) -> NDArray[np.float32]:
    """Landmarks of every frame that shows a face: (T, 478, 3) pixels."""
    found = [face for _, face in follow_face(clip)]
    return np.asarray(found, np.float32).reshape(-1, LANDMARKS, 3)


def follow_face(clip: Path) -> Iterator[tuple[Bytes, NDArray[np.float32]]]:
    """Every picture of a clip that shows a face, with its landmarks: (478, 3) pixels.

    Raises:
        CameraError: OpenCV cannot play it.
    """
    from mediapipe.python.solutions.face_mesh import FaceMesh  # slow to import, offline only

    with FaceMesh(max_num_faces=1, refine_landmarks=True) as mesh:
        for _, image in read_pictures(clip):
            faces = mesh.process(image).multi_face_landmarks
            if faces:
                points = [(point.x, point.y, point.z) for point in faces[0].landmark]
                height, width = image.shape[:2]
                size = np.array([width, height, width], np.float32)
                yield image, np.array(points, np.float32) * size


def find_mirror(sequences: list[NDArray[np.float32]]) -> NDArray[np.intp]:
    """Which landmark is which one's mirror image: (478,), its own inverse."""
    from scipy.optimize import linear_sum_assignment

    cost = np.zeros((MESH, MESH))
    for landmarks in sequences:
        for face in landmarks[::40]:
            upright = _upright(face.astype(np.float64))[:MESH]
            cost += np.linalg.norm(upright[:, None] - (upright * ACROSS)[None], axis=2)
    mesh = linear_sum_assignment(cost)[1]
    left, right = EYES[0].iris, EYES[1].iris
    # round an iris the landmarks run: centre, side, top, other side, bottom
    order = np.array([0, 3, 2, 1, 4])
    return np.asarray(np.concatenate([mesh, right + order, left + order]), np.intp)


def resting_frames(rests: Points) -> NDArray[np.intp]:
    """The frames of a clip that show its person at rest, from their resting measures (T, 7).

    Lips as near together as they come, eyes open, and of those frames the middlemost.
    """
    apertures = rests[:, 2:4]
    open_mean = apertures.mean(axis=1) > 0.7 * np.quantile(apertures.mean(axis=1), 0.8)
    opened = np.median(apertures[open_mean], axis=0)
    awake = np.abs(apertures / opened - 1).max(axis=1) < 0.15
    shut = rests[:, 0] < np.quantile(rests[:, 0], 0.08) + 0.012
    likely = shut & awake if (shut & awake).any() else shut
    centre = np.median(rests[likely], axis=0)
    for _ in range(3):
        distance = np.square((rests - centre) / STEP).sum(axis=1)
        chosen = likely & (distance <= np.quantile(distance[likely], 0.3))
        centre = rests[chosen].mean(axis=0)
    return np.flatnonzero(chosen)


def _upright(face: Points) -> Points:
    """A face turned to its own axes, between its outer eye corners, in units of their distance."""
    across = face[EYES[1].outer] - face[EYES[0].outer]
    io = np.linalg.norm(across)
    x = across / io
    down = face[CHIN] - face[FOREHEAD]
    y = down - x * (x @ down)
    y /= np.linalg.norm(y)
    middle = face[list(MIDDLE)].mean(axis=0)
    return np.asarray((face - middle) @ np.stack([x, y, np.cross(x, y)]).T / io)


def mean_face(sequences: list[NDArray[np.float32]], mirror: NDArray[np.intp]) -> Points:
    """The symmetric mean of everybody's resting face: (478, 3) io, origin in its rigid part."""
    mean = _symmetric(_upright(sequences[0][0].astype(np.float64)), mirror)
    for _ in range(4):
        neutrals = [perform(each, mean).neutral for each in sequences]
        mean = _symmetric(np.mean(neutrals, axis=0), mirror)
    return mean


def _symmetric(face: Points, mirror: NDArray[np.intp]) -> Points:
    """Averaged with its mirror image, hairline above chin, io 1, origin in the rigid part."""
    face = face - _rigid_centre(face)
    half = rotation_vector(fit_pose(face, face[mirror] * ACROSS).rotation) / 2
    face = face @ rotation_matrix(half)
    face = (face + face[mirror] * ACROSS) / 2
    face /= np.linalg.norm(face[EYES[0].outer] - face[EYES[1].outer])
    down = face[CHIN] - face[FOREHEAD]
    face = face @ rotation_matrix(np.array([np.arctan2(down[2], down[1]), 0.0, 0.0]))
    return np.asarray(face - _rigid_centre(face))


def _rigid_centre(face: Points) -> Points:
    weights = np.array(list(RIGID.values()))
    return np.asarray(weights @ face[list(RIGID)] / weights.sum())


def perform(landmarks: NDArray[np.float32], mean: Points) -> Performer:
    """What one person does, from landmarks (T, 478, 3) and the mean face (478, 3)."""
    poses = [fit_pose(face, mean) for face in landmarks]
    shapes = [free_of_pose(face, pose) for face, pose in zip(landmarks, poses, strict=True)]
    measures = [measure(shape) for shape in shapes]
    rests = np.array([each.rest for each in measures])
    return Performer(
        shapes=np.array(shapes),
        rests=rests,
        gazes=np.array([each.gaze for each in measures]),
        rotations=np.array([pose.rotation for pose in poses]),
        resting=resting_frames(rests),
    )
