"""What a face does that a flat picture of one could not.

In go a face's landmarks and those of the same face a while ago; out come its *signs*: what is left
over in mouth, brows, lids and gaze once the best homography has been taken out, for that is all
that moving a flat picture, or the camera, can do to it. Nothing here remembers anything.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.face import EYES, MESH, NOSE_TIP
from kiosk.messages import Floats

Points = NDArray[np.float64]

# every seventh point of the mesh registers it: enough, and evenly spread
_FIT = np.arange(0, MESH, 7)
_MOUTH = np.array([13, 14, 61, 291, 0, 17, 78, 308, 81, 311, 178, 402])
_BROWS = np.array([105, 334, 66, 296, 70, 300, 107, 336])
_UPPER, _LOWER = np.array([159, 158, 386, 385]), np.array([145, 153, 374, 380])
_OUTER, _INNER, _IRIS = (
    np.array([getattr(eye, name) for eye in EYES]) for name in ("outer", "inner", "iris")
)
# which columns of the signs are whose
MOUTH, BROWS, LIDS, GAZE = slice(0, 24), slice(24, 32), slice(32, 34), 34
PLACE, TURN, ROLL, SIGNS = slice(35, 39), slice(39, 41), 38, 41


@dataclass(frozen=True, slots=True, eq=False)
class Centred:
    """A face on axes of its own; its unit is the distance of its outer eye corners."""

    points: Points  # (478, 2) from the middle of the face
    middle: Points  # (2,) pixels
    size: float  # the unit, pixels
    roll: float  # radians, + clockwise


def centre_points(landmarks: Floats) -> Centred:
    """A face's landmarks (478, 3), pixels, on its own axes."""
    points = landmarks[:, :2].astype(np.float64)
    middle = points[_FIT].mean(axis=0)
    across = points[_OUTER[1]] - points[_OUTER[0]]
    size = max(float(np.hypot(*across)), 1e-6)
    return Centred((points - middle) / size, middle, size, float(np.arctan2(across[1], across[0])))


def read_signs(face: Centred, reference: Centred) -> Points:
    """The signs of one frame.

    Args:
        face: as it is.
        reference: the same face, at another moment.

    Returns:
        (SIGNS,) against the reference, in its unit: the mouth's offsets, the brows' in y, the
        opening of each eye, where the irises are in eye widths, how the whole has moved (x, y, log
        size, roll), and where the tip of the nose is, which tells how the head is turned.
    """
    matrix = find_homography(face.points[_FIT], reference.points[_FIT])
    flat = apply_homography(matrix, face.points)
    eyes = flat[_INNER] - flat[_OUTER]
    along = ((flat[_IRIS] - flat[_OUTER]) * eyes).sum()
    signs = np.empty(SIGNS)
    signs[MOUTH] = (flat[_MOUTH] - reference.points[_MOUTH]).ravel()
    signs[BROWS] = flat[_BROWS, 1] - reference.points[_BROWS, 1]
    signs[LIDS] = (flat[_LOWER, 1] - flat[_UPPER, 1]).reshape(2, 2).mean(axis=1)
    signs[GAZE] = 2 * along / max(float((eyes**2).sum()), 1e-9)
    signs[PLACE.start : PLACE.start + 2] = (face.middle - reference.middle) / reference.size
    signs[ROLL - 1] = np.log(face.size / reference.size)
    signs[ROLL] = face.roll - reference.roll
    signs[TURN] = face.points[NOSE_TIP]
    return signs


def misfit(face: Centred, reference: Centred) -> float:
    """The rms distance of a face's points from another's when registered to it."""
    source, goal = face.points[_FIT], reference.points[_FIT]
    return _rms(apply_homography(find_homography(source, goal), source) - goal)


def find_homography(source: Points, goal: Points) -> Points:
    """The (3, 3) matrix that carries points (N, 2) onto others as moving a flat picture would.

    The direct linear transform with its last element 1, by normal equations: faces come centred and
    of unit size, and none is at the horizon.
    """
    (x, y), (u, v), n = source.T, goal.T, len(source)
    rows = np.zeros((2 * n, 8))
    rows[:n, 0], rows[:n, 1], rows[:n, 2] = x, y, 1.0
    rows[n:, 3], rows[n:, 4], rows[n:, 5] = x, y, 1.0
    rows[:n, 6], rows[:n, 7] = -u * x, -u * y
    rows[n:, 6], rows[n:, 7] = -v * x, -v * y
    square = rows.T @ rows
    square.flat[::9] += 1e-9  # a face shrunk to a line has no homography
    return np.append(np.linalg.solve(square, rows.T @ np.append(u, v)), 1.0).reshape(3, 3)


def apply_homography(matrix: Points, points: Points) -> Points:
    """Points (N, 2) carried by a (3, 3) matrix."""
    carried = points @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(carried[:, :2] / carried[:, 2:])


def _rms(offsets: Points) -> float:
    return float(np.sqrt(np.mean(offsets**2)))
