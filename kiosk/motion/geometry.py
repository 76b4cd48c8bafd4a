"""How a head is turned, and what its face does once the turn is taken out.

In go 478 landmarks in pixels or canvas units; out come the head's pose, the *pose-free shape* (in
the axes of the mean face, in units of `io`: the distance of the mean face's outer eye corners) and
its measures. Nothing here knows whose face it is or remembers another frame.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import (
    CHIN,
    EYES,
    LEFT_MOUTH,
    LOWER_LIP,
    NOSE_BASE,
    RIGHT_MOUTH,
    RIGID,
    UPPER_LIP,
    Eye,
)

Points = NDArray[np.float64]

_RIGID = np.array(list(RIGID))
_WEIGHTS = np.array(list(RIGID.values())) / sum(RIGID.values())
_OUTER = (EYES[0].outer, EYES[1].outer)
# lid pairs at the middle of the eye, where it opens most
_MIDDLE = slice(3, 6)


@dataclass(frozen=True, slots=True, eq=False)
class HeadPose:
    """The similarity that carries the mean face onto a face: x -> scale * rotation @ x + centre."""

    scale: float  # how long io is, in the face's own units
    rotation: Points  # (3, 3)
    centre: Points  # (3,) where the origin of the mean face lies


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """A pose-free face in numbers; lengths in io, the eye on the left of the picture first."""

    gap: float  # between the inner lips, at the middle
    width: float  # of the mouth, corner to corner
    aperture: Points  # (2,) height of each eye's opening
    brow: Points  # (2,) height of each brow above its eye
    corner: float  # the mouth's corners below the base of the nose; a smile lifts them
    jaw: float  # the chin below the base of the nose
    gaze: Points  # (2, 2) each iris from the middle of its eye, in eye widths, x right, y down

    @property
    def rest(self) -> Points:
        """What a neutral is learnt of: gap, width, apertures, brows, corner: (7,)."""
        return np.array([self.gap, self.width, *self.aperture, *self.brow, self.corner])


def fit_pose(
    landmarks: NDArray[np.floating[Any]], reference: NDArray[np.floating[Any]]
) -> HeadPose:
    """The pose that best carries the rigid part of a reference face onto a face.

    Weighted least squares after Umeyama, *Least-squares estimation of transformation parameters
    between two point patterns* (PAMI 1991).

    Args:
        landmarks: (468 or more, 3), any unit.
        reference: (468 or more, 3), io.
    """
    source, goal = reference[_RIGID].astype(np.float64), landmarks[_RIGID].astype(np.float64)
    source_centre, goal_centre = _WEIGHTS @ source, _WEIGHTS @ goal
    source, goal = source - source_centre, goal - goal_centre
    u, stretch, vt = np.linalg.svd((goal * _WEIGHTS[:, None]).T @ source)
    handed = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * handed) @ vt
    scale = float(stretch @ handed / (_WEIGHTS @ (source**2).sum(axis=1)))
    return HeadPose(scale, rotation, goal_centre - scale * rotation @ source_centre)


def free_of_pose(landmarks: NDArray[np.floating[Any]], pose: HeadPose) -> Points:
    """The face as it would be seen facing us, in io, origin and axes of the mean face."""
    return np.asarray((landmarks - pose.centre) @ pose.rotation / pose.scale)


def angles_deg(rotation: Points) -> Points:
    """Yaw (+ to the picture's right), pitch (+ down), roll (+ clockwise) of a rotation: (3,)."""
    yaw = -np.arctan2(rotation[0, 2], rotation[2, 2])
    pitch = np.arcsin(np.clip(-rotation[1, 2], -1.0, 1.0))
    roll = np.arctan2(rotation[1, 0], rotation[1, 1])
    return np.degrees([yaw, pitch, roll])


def rotation_of(yaw_pitch_roll_deg: NDArray[np.floating[Any]]) -> Points:
    """The rotation with these angles, the inverse of `angles_deg`: (3, 3)."""
    yaw, pitch, roll = np.radians(yaw_pitch_roll_deg)
    about_y = rotation_matrix(np.array([0.0, -yaw, 0.0]))
    about_x = rotation_matrix(np.array([pitch, 0.0, 0.0]))
    about_z = rotation_matrix(np.array([0.0, 0.0, roll]))
    return np.asarray(about_y @ about_x @ about_z)


def rotation_matrix(vector: NDArray[np.floating[Any]]) -> Points:
    """(3,) rotation vector, radians, to a (3, 3) matrix."""
    return np.asarray(cv2.Rodrigues(np.asarray(vector, np.float64))[0])


def rotation_vector(matrix: Points) -> Points:
    """(3, 3) matrix to its (3,) rotation vector, radians."""
    return np.asarray(cv2.Rodrigues(matrix)[0][:, 0])


def measure(shape: Points) -> Measures:
    """The measures of a pose-free shape (478, 3)."""
    io = float(np.linalg.norm(shape[_OUTER[0]] - shape[_OUTER[1]]))
    corners = shape[LEFT_MOUTH, 1] + shape[RIGHT_MOUTH, 1]
    return Measures(
        gap=float(np.linalg.norm(shape[UPPER_LIP] - shape[LOWER_LIP])) / io,
        width=float(np.linalg.norm(shape[LEFT_MOUTH] - shape[RIGHT_MOUTH])) / io,
        aperture=np.array([_aperture(shape, eye) for eye in EYES]) / io,
        brow=np.array([_brow_height(shape, eye) for eye in EYES]) / io,
        corner=float(corners / 2 - shape[NOSE_BASE, 1]) / io,
        jaw=float(shape[CHIN, 1] - shape[NOSE_BASE, 1]) / io,
        gaze=np.array([_gaze(shape, eye) for eye in EYES]),
    )


def _aperture(shape: Points, eye: Eye) -> float:
    upper, lower = shape[list(eye.upper[_MIDDLE]), 1], shape[list(eye.lower[_MIDDLE]), 1]
    return float((lower - upper).mean())


def _brow_height(shape: Points, eye: Eye) -> float:
    middle = (shape[eye.outer, 1] + shape[eye.inner, 1]) / 2
    return float(middle - shape[list(eye.brow), 1].mean())


def _gaze(shape: Points, eye: Eye) -> Points:
    """Where the iris lies on its eye's own axes: (2,)."""
    along = shape[eye.inner] - shape[eye.outer]
    along = along * np.sign(along[0])
    width = float(np.linalg.norm(along))
    x = along / width
    down = np.array([0.0, 1.0, 0.0])
    y = down - x * x[1]
    y /= np.linalg.norm(y)
    offset = shape[eye.iris] - (shape[eye.outer] + shape[eye.inner]) / 2
    return np.array([offset @ x, offset @ y]) / width
