"""Typical expressions: a smile, an open mouth, a round one, raised brows, each nobody's own."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kiosk.face import MESH
from kiosk.motion.bank import load_bank
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import measure

EXAMPLES = 10  # recorded faces behind each: their mean is nobody's


@lru_cache(maxsize=1)
def typical_expressions() -> dict[str, NDArray[np.float64]]:
    """Means of the recorded faces that do most of one thing.

    Returns:
        ``smile``, ``open``, ``round``, ``brows``: (468, 3) offsets each, io of the mean face.
    """
    bank = load_bank()
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
