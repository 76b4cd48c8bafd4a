"""The expression bank: what faces do, to make training motion from.

A sitter has no clips. Fine-tuning draws the motion it practises on from here: expressions of a
handful of people as the mean face would make them, with the closure, gaze and pose they came with.
`rehearsal` makes motions of them.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.messages import Floats
from kiosk.motion.face_model import DATA, load_face_model

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """N recorded faces; the mirrored ones follow as numbers N to 2 N - 1."""

    basis: Points  # (K, 468, 3) io, pose-free, of the mean face
    codes: Points  # (N, K)
    closure: Points  # (N, 2) 1 - aperture / resting aperture
    gaze: Points  # (N, 2, 2) from rest, eye widths
    turn_deg: Points  # (N, 3) yaw, pitch, roll from the person's usual pose
    person: NDArray[np.intp]  # (N,)

    def __len__(self) -> int:
        """How many faces, mirrored ones included."""
        return 2 * len(self.codes)

    def expression(self, index: int) -> Floats:
        """(468, 3) float32 offsets from neutral, pose-free, io of the mean face."""
        row = index % len(self.codes)
        offsets = np.einsum("k,kij->ij", self.codes[row], self.basis)
        if index >= len(self.codes):
            offsets = load_face_model().mirrored(offsets)
        return np.asarray(offsets, np.float32)

    def eyes(self, index: int) -> tuple[Points, Points]:
        """Closure (2,) and gaze (2, 2) of one face."""
        row = index % len(self.codes)
        closure, gaze = self.closure[row], self.gaze[row]
        if index < len(self.codes):
            return closure, gaze
        return closure[::-1], gaze[::-1] * np.array([-1.0, 1.0])

    def turn(self, index: int) -> Points:
        """Yaw, pitch, roll (3,) of one head; a mirror turns the first and the last about."""
        seen = self.turn_deg[index % len(self.codes)]
        sign = 1.0 if index < len(self.codes) else -1.0
        return np.asarray(seen * np.array([sign, 1.0, sign]))


@lru_cache(maxsize=1)
def load_bank(path: Path = DATA / "expressions.npz") -> Bank:
    """The bank that comes with the project."""
    with np.load(path) as stored:
        numbers = {name: stored[name].astype(np.float64) for name in stored.files}
    person = numbers.pop("person").astype(np.intp)
    return Bank(person=person, **numbers)


def save_bank(bank: Bank, path: Path) -> None:
    """Write a bank in half precision; 16 bits are finer than any tracker."""
    half = ("basis", "codes", "closure", "gaze", "turn_deg")
    arrays = {name: getattr(bank, name).astype(np.float16) for name in half}
    np.savez_compressed(path, person=bank.person.astype(np.int8), **arrays)
