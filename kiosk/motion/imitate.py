"""The motion in which a sitter looks as another picture shows them.

In goes a face of the same person in any picture, out come the motion that the rig would have to be
given, and where that picture then lies on the sitter's canvas. Nothing is searched for: pose and
expression part as they do for visitors, and the head is laid over the painted one so that both turn
about the same point in the neck.
"""

from dataclasses import dataclass

import numpy as np

from kiosk.face import MESH
from kiosk.messages import Floats, Motion
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import fit_pose, free_of_pose, measure, rotation_vector
from kiosk.rig.landmarks import CLOSURE_RANGE, Points, pivot_of

LEAST_APERTURE = 0.02  # io: of an eye that can be seen to shut


@dataclass(frozen=True, slots=True, eq=False)
class Imitation:
    """What a sitter must do to look as in a picture."""

    motion: Motion
    placement: Points  # (2, 3) from the picture's pixels to canvas coordinates


def imitate(still: Floats, face: Floats) -> Imitation:
    """Have a sitter imitate a picture of themselves.

    Args:
        still: (478, 3) the sitter's neutral landmarks, canvas coordinates.
        face: (478, 3) the same person's landmarks in another picture, its pixels.
    """
    mean = load_face_model().mean
    own, other = fit_pose(still, mean), fit_pose(face, mean)
    shape = free_of_pose(face.astype(np.float64), other)
    rest = free_of_pose(still.astype(np.float64), own)
    before_turn = own.scale * shape[:MESH] @ own.rotation.T + own.centre
    seen, resting = measure(shape), measure(rest)
    closure = 1 - seen.aperture / np.maximum(resting.aperture, LEAST_APERTURE)
    motion = Motion(
        rotation=rotation_vector(other.rotation @ own.rotation.T).astype(np.float32),
        translation=np.zeros(2, np.float32),
        scale=1.0,
        expression=(before_turn - still[:MESH]).astype(np.float32),
        closure=np.clip(closure, *CLOSURE_RANGE).astype(np.float32),
        gaze=(seen.gaze - resting.gaze).astype(np.float32),
    )
    pivot = pivot_of(still.astype(np.float64))
    in_head = (pivot - own.centre) @ own.rotation / own.scale  # io
    there = other.scale * other.rotation @ in_head + other.centre  # pixels
    zoom = own.scale / other.scale
    shift = pivot[:2] - zoom * there[:2]
    return Imitation(motion, np.column_stack([zoom * np.eye(2), shift]))
