"""What is known of faces before anyone has come: the mean face and how neutrals vary.

The numbers were learnt from clips of people by `learn` and hold no person: a mean face made
symmetric, its mirror permutation, the mean and spread of resting measures, a linear model that
tells from one pose-free shape how far it is from rest, and how a shape follows its measures.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.face import LANDMARKS, MESH

Points = NDArray[np.float64]

DATA = Path(__file__).parent / "data"
REST = 7  # measures that make a neutral, in the order of `Measures.rest`
ACROSS = np.array([-1.0, 1.0, 1.0])  # a mirror image: x changes sign


@dataclass(frozen=True, slots=True, eq=False)
class FaceModel:
    """Numbers about faces in general; lengths in io, axes of the mean face."""

    mean: Points  # (478, 3)
    mirror: NDArray[np.intp]  # (478,) the landmark on the other side
    rest_mean: Points  # (7,) of people's neutrals
    rest_spread: Points  # (7,) their standard deviation
    rest_pitch_deg: float  # how a face that looks straight at a camera is pitched
    rest_gaze_y: float  # and where its irises are, eye widths
    reading: Points  # (7, 1404) from a shape's offsets to its distance from neutral
    bias: Points  # (7,)
    response: Points  # (7, 468, 3) mean change of shape per unit of each measure

    def distance_from_rest(self, shape: Points) -> Points:
        """Each measure's estimated distance from this person's own neutral: (7,)."""
        offsets = (shape[:MESH] - self.mean[:MESH]).ravel()
        return np.asarray(_apply(self.reading, offsets) + self.bias)

    def bend(self, change: Points) -> Points:
        """Offsets (468, 3) that change the resting measures by so much."""
        return np.asarray(np.einsum("k,kij->ij", change, self.response))

    def mirrored(self, points: Points) -> Points:
        """A face or its offsets, (468 or 478, 3), seen in a mirror."""
        return np.asarray(points[self.mirror[: len(points)]] * ACROSS)


def _apply(matrix: Points, vector: Points) -> Points:
    """A product too small for BLAS's threads, which would wait for one another."""
    return np.asarray(np.einsum("ij,j->i", matrix, vector))


@lru_cache(maxsize=1)
def load_face_model(path: Path = DATA / "face_model.npz") -> FaceModel:
    """The model that comes with the project."""
    with np.load(path) as stored:
        numbers = {name: stored[name].astype(np.float64) for name in stored.files}
    mirror = numbers.pop("mirror").astype(np.intp)
    assert mirror.shape == (LANDMARKS,)
    pitch, gaze = float(numbers.pop("rest_pitch_deg")), float(numbers.pop("rest_gaze_y"))
    return FaceModel(mirror=mirror, rest_pitch_deg=pitch, rest_gaze_y=gaze, **numbers)
