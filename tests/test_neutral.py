"""The visitor's resting face, learnt online."""

import numpy as np
import pytest

from kiosk.face import EYES, LIPS, MESH
from kiosk.motion.bank import load_bank
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import measure
from kiosk.motion.neutral import Neutral, NeutralLearner
from kiosk.motion.typical import typical_expressions

MODEL = load_face_model()
GAP, WIDTH = 0, 1


def expressive(strength: float, measure_index: int) -> np.ndarray:
    """The mean face with one measure changed as faces change it."""
    shape = MODEL.mean.copy()
    shape[:MESH] += strength * MODEL.response[measure_index]
    return shape


def observe(shapes: list[np.ndarray], learner: NeutralLearner | None = None) -> Neutral:
    learner = learner or NeutralLearner()
    for n, shape in enumerate(shapes):
        neutral = learner.observe(shape, measure(shape), np.array([0.0, 6.0, 0.0]), at=n / 30)
    return neutral


def test_resting_face_is_learnt_within_two_seconds() -> None:
    rest = measure(MODEL.mean).rest

    neutral = observe([MODEL.mean] * 60)

    assert np.abs(neutral.rest - rest).max() < 0.015


def test_first_frame_with_open_mouth_is_not_neutral() -> None:
    opened = expressive(0.4, GAP)

    neutral = observe([opened])

    assert measure(opened).gap > 0.3
    assert neutral.rest[GAP] < 0.05


def test_ten_seconds_of_smiling_do_not_become_neutral() -> None:
    index = int(np.argmax([smile_of(n) for n in range(1200)]))
    smile = MODEL.mean.copy()
    smile[:MESH] += load_bank().expression(index)
    forced = measure(smile).width - measure(MODEL.mean).width

    neutral = observe([smile] * 300)

    assert forced > 0.1
    assert neutral.rest[WIDTH] - measure(MODEL.mean).width < 0.4 * forced


@pytest.mark.parametrize("known_s", [0.0, 5.0])
def test_a_smile_held_for_a_minute_stays_a_smile(known_s: float) -> None:
    smile = MODEL.mean.copy()
    smile[:MESH] += typical_expressions()["smile"]
    forced = measure(smile).width - measure(MODEL.mean).width

    neutral = observe([MODEL.mean] * round(30 * known_s) + [smile] * 1800)

    assert measure(smile).width - neutral.rest[WIDTH] > 0.85 * forced


def smile_of(index: int) -> float:
    shape = MODEL.mean.copy()
    shape[:MESH] += load_bank().expression(index)
    seen = measure(shape)
    return seen.width if seen.gap < 0.2 else 0.0


def test_blinks_do_not_lower_the_resting_aperture() -> None:
    shut = MODEL.mean.copy()
    for eye in EYES:
        shut[list(eye.upper)] = shut[list(eye.lower)]
    frames = ([MODEL.mean] * 20 + [shut] * 8) * 10

    neutral = observe(frames)

    assert neutral.rest[2:4] == pytest.approx(measure(MODEL.mean).aperture, abs=0.01)


def test_visitor_who_comes_with_shut_eyes_has_open_ones_at_rest() -> None:
    shut = MODEL.mean.copy()
    for eye in EYES:
        shut[list(eye.upper)] = shut[list(eye.lower)]

    assert (observe([shut] * 15).rest[2:4] > 0.07).all()


def test_heads_zero_drifts_slowly_and_not_far() -> None:
    learner = NeutralLearner()
    for n in range(900):
        turn = np.array([25.0, 6.0, 0.0])
        neutral = learner.observe(MODEL.mean, measure(MODEL.mean), turn, at=n / 5)
        if n == 5:
            early = neutral.turn_deg[0]

    assert early < 3.0
    assert neutral.turn_deg[0] <= 6.0 + 1e-6


def test_memory_does_not_grow() -> None:
    learner = NeutralLearner()
    observe([MODEL.mean] * 10, learner)
    sizes = {name: np.size(value) for name, value in vars(learner).items()}
    for n in range(700):
        learner.observe(MODEL.mean, measure(MODEL.mean), np.zeros(3), at=1 + n / 30)

    assert sizes == {name: np.size(value) for name, value in vars(learner).items()}


def test_expression_is_told_from_a_single_frame() -> None:
    change = MODEL.distance_from_rest(expressive(0.1, WIDTH))
    still = MODEL.distance_from_rest(MODEL.mean)

    assert change[WIDTH] - still[WIDTH] > 0.05
    assert len(LIPS) == 40
