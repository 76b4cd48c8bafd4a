"""Which of a person's pictures may become the portrait: the calmest."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kiosk.face import MESH
from kiosk.messages import Bytes, Floats
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import angles_deg, fit_pose, free_of_pose, measure
from kiosk.puppet.detect import track_pictures

LEAST_FACE = 0.12  # of a picture's height: smaller ones are somebody in the background


@dataclass(frozen=True, slots=True, eq=False)
class Tracked:
    """A picture (H, W, 3) RGB, and the landmarks (478, 3) of its face, pixels."""

    image: Bytes
    face: Floats


def track_faces(images: list[Bytes]) -> list[Tracked]:
    """Those pictures in which a face is seen."""
    return [
        Tracked(image, face)
        for image, face in zip(images, track_pictures(images), strict=True)
        if np.isfinite(face).all() and np.ptp(face[:MESH, 1]) > LEAST_FACE * len(image)
    ]


def find_calmest(pictures: Sequence[Tracked]) -> int:
    """The number of the one that most looks at us, mouth shut and eyes open."""
    return min(range(len(pictures)), key=lambda number: _unrest(pictures[number].face))


def _unrest(face: Floats) -> float:
    pose = fit_pose(face, load_face_model().mean)
    seen = measure(free_of_pose(face.astype(np.float64), pose))
    turned = float(np.abs(angles_deg(pose.rotation)).max()) / 10
    return turned + 10 * seen.gap + 5 * max(0.0, 0.08 - float(seen.aperture.mean()))
