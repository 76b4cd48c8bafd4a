"""Where a sitter's lips go."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from kiosk.face import (
    INNER_LOWER_LIP,
    INNER_UPPER_LIP,
    LOWER_LIP_RINGS,
    MESH,
    NOSE_BASE,
    OUTER_LOWER_LIP,
    OUTER_UPPER_LIP,
    UPPER_LIP_RINGS,
)
from kiosk.motion.face_model import load_face_model
from kiosk.motion.lips import FULLNESS, NEAREST, Lips, LipShape, lip_shape

MEAN = load_face_model().mean
UPPER, LOWER = list(INNER_UPPER_LIP[1:-1]), list(INNER_LOWER_LIP[1:-1])
COLUMNS = (
    (OUTER_UPPER_LIP[1:-1], *UPPER_LIP_RINGS, INNER_UPPER_LIP[1:-1]),
    (INNER_LOWER_LIP[1:-1], *LOWER_LIP_RINGS[::-1], OUTER_LOWER_LIP[1:-1]),
)
REST = LipShape(np.zeros(9), np.ones((2, 9)))


def noise(seed: int, size: float) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, size, (MESH, 3))


def apart(gap: float) -> LipShape:
    return replace(REST, gaps=np.full(9, gap))


def heights(offsets: np.ndarray, column: int) -> list[np.ndarray]:
    """Of one lip's contours from the top down: (9,) each."""
    return [(MEAN[:MESH] + offsets)[list(ring), 1] for ring in COLUMNS[column]]


def test_lips_at_rest_stay_where_they_are() -> None:
    offsets = np.zeros((MESH, 3))
    Lips(MEAN).place(offsets, REST)

    assert np.abs(offsets).max() < 1e-9


def test_closed_lips_stay_exactly_closed_whatever_the_face_does() -> None:
    offsets = noise(0, 0.03)
    Lips(MEAN).place(offsets, apart(0.003))

    assert offsets[UPPER] == pytest.approx(offsets[LOWER], abs=1e-12)


def test_lips_do_not_chatter_about_their_contact() -> None:
    lips = Lips(MEAN)
    lips.place(np.zeros((MESH, 3)), REST)

    for gap in (0.008, 0.002, 0.009, 0.001):
        offsets = np.zeros((MESH, 3))
        lips.place(offsets, apart(gap))
        assert offsets[UPPER] == pytest.approx(offsets[LOWER], abs=1e-12)


def test_the_gap_is_the_one_asked_for() -> None:
    offsets = noise(1, 0.02)
    Lips(MEAN).place(offsets, apart(0.2))

    assert offsets[LOWER, 1] - offsets[UPPER, 1] == pytest.approx(0.19, rel=0.05)


@pytest.mark.parametrize("lip", [0, 1])
def test_a_lip_keeps_its_flesh_when_the_offsets_would_squeeze_it(lip: int) -> None:
    squeezed = np.zeros((MESH, 3))
    squeezed[LOWER, 1], squeezed[UPPER, 1] = 0.2, -0.05
    Lips(MEAN).place(squeezed, apart(0.25))
    rest, opened = heights(np.zeros((MESH, 3)), lip), heights(squeezed, lip)

    assert opened[-1] - opened[0] == pytest.approx(rest[-1] - rest[0])
    for above, below in pairwise(opened):
        assert (below - above).min() > -1e-9  # no contour has crossed its neighbour


def test_fullness_follows_the_visitors_within_bounds() -> None:
    rest = heights(np.zeros((MESH, 3)), 1)
    pout = np.zeros((MESH, 3))
    Lips(MEAN).place(pout, replace(REST, fullness=np.full((2, 9), 9.0)))
    full = heights(pout, 1)

    assert full[-1] - full[0] == pytest.approx(FULLNESS[1] * (rest[-1] - rest[0]))


def test_the_skin_below_gives_way_and_the_nose_does_not() -> None:
    offsets = np.zeros((MESH, 3))
    offsets[LOWER, 1] = 0.2
    Lips(MEAN).place(offsets, apart(0.2))
    below_the_lip, nose = 18, 4

    assert offsets[below_the_lip, 1] > 0.02
    assert abs(offsets[nose, 1]) < 1e-3


@pytest.mark.parametrize("gap", [0.0, 0.1, 0.5])
def test_however_far_the_upper_lip_rises_it_stays_below_the_nose(gap: float) -> None:
    offsets = np.zeros((MESH, 3))
    offsets[[*UPPER, *OUTER_UPPER_LIP[1:-1], *LOWER], 1] = -0.3
    Lips(MEAN).place(offsets, apart(gap))
    moved = MEAN[:MESH] + offsets
    middle = OUTER_UPPER_LIP[5]

    below = (moved[middle, 1] - moved[NOSE_BASE, 1]) / (MEAN[middle, 1] - MEAN[NOSE_BASE, 1])
    assert below == pytest.approx(1 - NEAREST, abs=0.02)
    assert (moved[LOWER, 1] >= moved[UPPER, 1] - 1e-9).all()


def test_a_lip_that_rises_little_is_let_be() -> None:
    offsets = np.zeros((MESH, 3))
    offsets[[*UPPER, *LOWER], 1] = -0.03
    Lips(MEAN).place(offsets, REST)

    assert offsets[[*UPPER, *LOWER], 1] == pytest.approx(-0.03)


def test_a_face_tells_its_lips_relative_to_its_rest() -> None:
    shape = MEAN.copy()
    shape[list(OUTER_LOWER_LIP[1:-1]), 1] += 0.05
    shape[[*LOWER, *OUTER_LOWER_LIP[1:-1]], 1] += 0.1
    told = lip_shape(shape, MEAN)

    assert told.gaps == pytest.approx(0.1)
    assert (told.fullness[1] > 1.2).all()
    assert told.fullness[0] == pytest.approx(1.0)
