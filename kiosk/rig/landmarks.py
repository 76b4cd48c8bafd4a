"""A sitter's face mesh moved by a `Motion`: where every landmark goes.

The gallery and the puppet call the same function, so that the generator is fed in the gallery
exactly what it has learnt from. In goes the neutral face in canvas coordinates, out come all 478
landmarks in canvas coordinates. Limits and gains are the business of `retarget`.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.face import (
    CHIN,
    EYES,
    FOREHEAD,
    INNER_LOWER_LIP,
    INNER_UPPER_LIP,
    LEFT_CHEEK,
    MESH,
    OVAL,
    RIGHT_CHEEK,
    Eye,
)
from kiosk.messages import Floats, Motion

# where the lids meet, from the upper (0) to the lower (1); the upper one travels
SEAM = 0.90
CLOSURE_RANGE = (-0.5, 1.0)
NECK_BELOW_CHIN = 0.10  # the head turns about a point this far under the chin, in face heights

Points = NDArray[np.float64]


def no_motion() -> Motion:
    """The painting as it hangs."""
    return Motion(
        rotation=np.zeros(3, np.float32),
        translation=np.zeros(2, np.float32),
        scale=1.0,
        expression=np.zeros((MESH, 3), np.float32),
        closure=np.zeros(2, np.float32),
        gaze=np.zeros((2, 2), np.float32),
    )


def pose_landmarks(neutral: Floats, motion: Motion) -> Floats:
    """Move the neutral face.

    Args:
        neutral: (478, 3) landmarks of the painted face, canvas coordinates.
        motion: what to do with it.

    Returns:
        (478, 3) float32, canvas coordinates.
    """
    still = neutral.astype(np.float64)
    mesh = express(still, motion)
    moved = turn(mesh, motion, pivot_of(still))
    return with_irises(still, moved, motion, [ring_of(still, eye) for eye in EYES])


def with_irises(still: Points, moved: Points, motion: Motion, rings: list[Points]) -> Floats:
    """All landmarks of a moved mesh (468, 3), the irises where gaze and head take them.

    Args:
        still: (478, 3) neutral, canvas coordinates.
        moved: (468, 3) the mesh in the motion.
        motion: of it.
        rings: of both eyes, see `ring_of`.
    """
    return np.vstack([moved, _move_irises(still, moved, motion, rings)]).astype(np.float32)


def express(still: Points, motion: Motion) -> Points:
    """Expression and lids without the head's turn: (468, 3)."""
    mesh = still[:MESH] + motion.expression
    for eye, closure in zip(EYES, motion.closure, strict=True):
        _close_lids(mesh, still, eye, closure=float(np.clip(closure, *CLOSURE_RANGE)))
    _part_lips(mesh)
    return mesh


def turn(points: Points, motion: Motion, pivot: Points, weight: Points | None = None) -> Points:
    """Turn, scale and shift points with the head; `weight` (N,) is 1 on the head, 0 on the body."""
    rotation = cv2.Rodrigues(motion.rotation.astype(np.float64))[0]
    shift = np.append(motion.translation.astype(np.float64), 0.0)
    turned = (points - pivot) * motion.scale @ rotation.T + pivot + shift
    if weight is None:
        return np.asarray(turned)
    return np.asarray(points + weight[:, None] * (turned - points))


def facing(motion: Motion) -> Points:
    """How far the tip of a pin of length 1 that sticks out of the face has moved: (2,)."""
    return np.asarray(-cv2.Rodrigues(motion.rotation.astype(np.float64))[0][:2, 2], np.float64)


def pivot_of(still: Points) -> Points:
    """The point in the neck that the head turns about: (3,)."""
    cheeks = still[[LEFT_CHEEK, RIGHT_CHEEK]]
    depth = 0.5 * np.median(still[list(OVAL), 2]) + 0.5 * cheeks[:, 2].max()
    below = still[CHIN, 1] + NECK_BELOW_CHIN * face_height(still)
    return np.array([cheeks[:, 0].mean(), below, depth])


def face_height(still: Points | Floats) -> float:
    """From the middle of the hairline to the chin, canvas units."""
    return float(np.linalg.norm(still[CHIN, :2] - still[FOREHEAD, :2]))


def eye_width(still: Points | Floats, eye: Eye) -> float:
    """From corner to corner, canvas units."""
    return float(np.linalg.norm(still[eye.inner, :2] - still[eye.outer, :2]))


def _close_lids(mesh: Points, still: Points, eye: Eye, *, closure: float) -> None:
    """Slide the lids of one eye, in place; they follow the brow a little, the cheek not at all."""
    upper, lower = still[list(eye.upper)], still[list(eye.lower)]
    opening = lower - upper
    bell = np.sqrt(np.sin(np.linspace(0, np.pi, len(upper))))[:, None]
    lifted = mesh[list(eye.upper_orbit)] - still[list(eye.upper_orbit)]
    shut, wide = max(closure, 0.0), min(closure, 0.0)
    mesh[list(eye.upper)] = upper + opening * (SEAM * shut + wide * bell)
    mesh[list(eye.lower)] = lower - opening * ((1 - SEAM) * shut + 0.15 * wide * bell)
    fold = 0.10 * shut + 0.5 * wide
    mesh[list(eye.upper_fold)] = still[list(eye.upper_fold)] + opening * fold * bell + 0.25 * lifted
    mesh[list(eye.lower_fold)] = still[list(eye.lower_fold)] - opening * 0.08 * shut * bell
    orbit = still[list(eye.upper_orbit)] + 0.75 * lifted + opening * 0.10 * shut * bell
    mesh[list(eye.upper_orbit)] = orbit


def _part_lips(mesh: Points) -> None:
    """Lips that would cross meet half-way instead, in place."""
    upper, lower = list(INNER_UPPER_LIP[1:-1]), list(INNER_LOWER_LIP[1:-1])
    crossed = mesh[lower, 1] < mesh[upper, 1]
    middle = (mesh[upper] + mesh[lower]) / 2
    mesh[upper] = np.where(crossed[:, None], middle, mesh[upper])
    mesh[lower] = np.where(crossed[:, None], middle, mesh[lower])


def ring_of(still: Points, eye: Eye) -> Points:
    """What fits the affine map of one eye's surroundings, for `fit_eye`: (3, N).

    Fitted to corners and orbit only, which closing lids leave where they are.
    """
    ring = still[_ring(eye), :2]
    return np.asarray(np.linalg.pinv(np.hstack([ring, np.ones((len(ring), 1))])))


def fit_eye(ring: Points, moved: Points, eye: Eye) -> Points:
    """The affine map of one eye's surroundings, moved from still, by least squares: (2, 3)."""
    return np.asarray((ring @ moved[_ring(eye), :2]).T)


def _ring(eye: Eye) -> list[int]:
    return [eye.outer, eye.inner, *eye.upper_orbit, *eye.lower_fold]


def _move_irises(still: Points, moved: Points, motion: Motion, rings: list[Points]) -> Points:
    """The ten iris landmarks, shifted by the gaze and carried along by the head: (10, 3)."""
    irises = []
    for eye, gaze, ring in zip(EYES, motion.gaze, rings, strict=True):
        iris = still[eye.iris : eye.iris + 5].copy()
        iris[:, :2] += gaze * eye_width(still, eye)
        transform = fit_eye(ring, moved, eye)
        iris[:, :2] = iris[:, :2] @ transform[:, :2].T + transform[:, 2]
        iris[:, 2] = moved[list(eye.upper), 2].mean()
        irises.append(iris)
    return np.vstack(irises)
