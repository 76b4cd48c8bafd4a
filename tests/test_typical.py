"""Typical expressions: what is kept is what the bank gives."""

import numpy as np

from kiosk.motion.bank import load_bank
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import measure
from kiosk.motion.typical import find_typical, typical_expressions


def test_what_is_kept_is_what_the_bank_gives() -> None:
    kept, found = typical_expressions(), find_typical(load_bank())

    assert kept.keys() == found.keys()
    for name, offsets in found.items():
        assert np.abs(kept[name] - offsets).max() < 1e-3  # half precision


def test_each_does_what_its_name_says() -> None:
    mean = load_face_model().mean
    rest = measure(mean)
    seen = {}
    for name, offsets in typical_expressions().items():
        shape = mean.copy()
        shape[:468] += offsets
        seen[name] = measure(shape)

    assert seen["smile"].width > 1.08 * rest.width
    assert seen["open"].gap > rest.gap + 0.1
    assert seen["round"].width < 0.95 * rest.width
    assert seen["brows"].brow.mean() > rest.brow.mean()
