"""Hands change at a measured pace: the bar of docs/experience.md."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.evaluation.handover import (
    ALONE,
    BAR,
    FOLLOWS,
    RATE,
    Act,
    Speeds,
    compose_play,
    measure_hand_overs,
)
from kiosk.face import LOWER_LIP, MESH, UPPER_LIP
from kiosk.messages import Floats
from kiosk.motion.bank import load_bank
from kiosk.motion.face_model import load_face_model
from kiosk.motion.retarget import MOUTH_GAIN_LIMIT
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import Gains, MotionTarget
from tests.crowd import Person

MEAN = load_face_model().mean
FIRST, ALSO = (MotionTarget(name, (0.3 * MEAN).astype(np.float32)) for name in ("one", "two"))


def film(seed: int) -> Floats:
    """Five seconds of somebody lively."""
    person = Person(seed=seed, calm=0.0)
    return np.array([person.landmarks(n / RATE) for n in range(150)])


@pytest.fixture(scope="module")
def speeds() -> dict[str, Speeds]:
    play = compose_play(film(1), film(2), first=FIRST, also=ALSO)
    return measure_hand_overs([play], FIRST, MotionSettings())


def test_every_kind_of_hand_over_is_played(speeds: dict[str, Speeds]) -> None:
    assert set(speeds) == {
        ALONE, FOLLOWS, "attract to greet", "greet to mirror", "mirror to mirror",
        "mirror to farewell", "farewell to mirror", "farewell to attract", "attract to mirror",
        "hangs, farewell", "hangs, mirror",
    }  # fmt: skip


def test_no_hand_over_moves_a_landmark_faster_than_the_bar(speeds: dict[str, Speeds]) -> None:
    fastest = {kind: max(found.eased.values()) for kind, found in speeds.items()}

    assert max(fastest.values()) < BAR
    assert min(fastest[kind] for kind in fastest if kind not in (ALONE, FOLLOWS)) > 0


def test_the_widest_mouth_of_the_bank_is_shut_with_a_fifth_of_the_bar_to_spare() -> None:
    calm, wide, bank = MEAN.copy(), MEAN.copy(), load_bank()
    wide[:MESH] += max(map(bank.expression, range(len(bank.codes))), key=opening)
    faces = np.repeat([calm, wide], 90, axis=0) * 150 + np.array([320, 240, 0])
    sitter = replace(FIRST, gains=Gains(mouth=MOUTH_GAIN_LIMIT))
    play = [Act(6.0, faces.astype(np.float32)), Act(3.0)]
    found = measure_hand_overs([play], sitter, MotionSettings())

    assert 0.5 * BAR < max(found["mirror to farewell"].shown.values()) < 0.8 * BAR


def opening(offsets: Floats) -> float:
    return float(offsets[LOWER_LIP, 1] - offsets[UPPER_LIP, 1])


def test_nothing_but_a_visitor_moves_the_portrait_faster_than_the_bar(
    speeds: dict[str, Speeds],
) -> None:
    by_itself = [ALONE, *(kind for kind in speeds if not kind.endswith(("mirror", FOLLOWS)))]

    assert max(max(speeds[kind].shown.values()) for kind in by_itself) < BAR


def test_a_hand_over_in_a_tenth_of_a_second_is_too_fast() -> None:
    play = [Act(6.0, film(1)), Act(2.0, film(2))]
    found = measure_hand_overs([play], FIRST, MotionSettings(handover_s=0.1))

    assert max(found["mirror to mirror"].eased.values()) > BAR
