"""Typical expressions: a smile, an open mouth, a round one, raised brows, each nobody's own.

They are means of the expression bank's faces that do most of one thing. Finding them takes more
than a second, so they are kept beside the bank.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.face import MESH
from kiosk.motion.bank import Bank
from kiosk.motion.face_model import DATA, load_face_model
from kiosk.motion.geometry import measure

EXAMPLES = 10  # recorded faces behind each: their mean is nobody's

Expressions = dict[str, NDArray[np.float64]]


@lru_cache(maxsize=1)
def typical_expressions(path: Path = DATA / "typical.npz") -> Expressions:
    """``smile``, ``open``, ``round``, ``brows``: (468, 3) offsets each, io of the mean face."""
    with np.load(path) as stored:
        return {name: stored[name].astype(np.float64) for name in stored.files}


def save_typical(expressions: Expressions, path: Path) -> None:
    """Write them in half precision."""
    halves = {name: offsets.astype(np.float16) for name, offsets in expressions.items()}
    np.savez_compressed(path, **halves)


def find_typical(bank: Bank) -> Expressions:
    """Means of a bank's faces that do most of one thing; see `typical_expressions`."""
    offsets = np.stack([bank.expression(i) for i in range(len(bank))]).astype(np.float64)
    shapes = np.repeat(load_face_model().mean[None], len(offsets), 0)
    shapes[:, :MESH] += offsets
    seen = [measure(shape) for shape in shapes]
    gap = np.array([face.gap for face in seen])
    width = np.array([face.width for face in seen])
    brow = np.array([face.brow.mean() for face in seen])
    scores = {
        "smile": width - 2 * np.abs(gap),
        "open": gap - np.abs(width - np.median(width)),
        "round": -width - np.abs(gap - 0.15),
        "brows": brow - np.abs(gap),
    }
    return {name: offsets[np.argsort(score)[-EXAMPLES:]].mean(0) for name, score in scores.items()}
