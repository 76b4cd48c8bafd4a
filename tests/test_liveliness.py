"""Blinks, build and unrest of faces, from numbers made up."""

import numpy as np
import pytest

from kiosk.evaluation.liveliness import (
    build_error_pct,
    build_of,
    compare_blinks,
    find_calmest,
    height_of,
    movement_of,
    step_between,
)
from kiosk.evaluation.readings import Readings
from kiosk.face import CHIN, FOREHEAD
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import rotation_of

MEAN = load_face_model().mean
HEIGHT = height_of(MEAN)


def blinking(*depths: float, open_to: float = 1.0) -> np.ndarray:
    """An eye that shuts every twenty frames for three, down to each depth."""
    opening = np.full(20 * len(depths) + 20, open_to)
    for number, depth in enumerate(depths):
        opening[20 * number + 10 : 20 * number + 13] = depth * open_to
    return opening


def test_a_blink_is_a_share_of_the_portraits_own_eye() -> None:
    found = compare_blinks(blinking(0.1, 0.1), blinking(0.2, 0.3, open_to=0.5), neutral=0.5, lag=0)

    assert (found.blinks, found.frames) == (2, 6)
    assert found.mean == pytest.approx(0.25)
    assert found.worst == found.deepest == pytest.approx(0.3)


@pytest.mark.parametrize("lag", [-2, 3])
def test_a_late_blink_is_still_the_same_blink(lag: int) -> None:
    portrait = np.roll(blinking(0.2, 0.2), lag)

    assert compare_blinks(blinking(0.1, 0.1), portrait, neutral=1.0, lag=lag).worst == (
        pytest.approx(0.2)
    )
    assert compare_blinks(blinking(0.1, 0.1), portrait, neutral=1.0, lag=0).worst == 1.0


def test_the_least_complete_blink_is_judged_where_it_is_deepest() -> None:
    portrait = blinking(0.1, 0.4)
    portrait[10] = 0.9

    found = compare_blinks(blinking(0.1, 0.1), portrait, neutral=1.0, lag=0)

    assert found.worst == pytest.approx(0.9)
    assert found.deepest == pytest.approx(0.4)


def test_lowered_lids_are_no_blink() -> None:
    found = compare_blinks(blinking(0.5), blinking(0.9), neutral=1.0, lag=0)

    assert found.frames == 0
    assert found.mean is None


def test_frames_in_which_the_portrait_is_not_seen_do_not_count() -> None:
    portrait = blinking(0.2)
    portrait[11] = np.nan

    assert compare_blinks(blinking(0.0), portrait, neutral=1.0, lag=0).frames == 2
    unseen = compare_blinks(blinking(0.0), blinking(0.2), neutral=float("nan"), lag=0)
    assert unseen.worst is None


def test_a_build_is_the_same_however_a_face_is_turned_and_how_near_it_is() -> None:
    turned = 300 * MEAN @ rotation_of(np.array([15.0, -8.0, 5.0])).T + 200

    assert build_of(turned) == pytest.approx(build_of(MEAN))
    assert build_error_pct(np.array([build_of(turned)]), build_of(MEAN)) == pytest.approx(0)


def test_an_open_jaw_is_no_change_of_build() -> None:
    open_mouth = MEAN.copy()
    open_mouth[CHIN, 1] += 0.3

    assert build_of(open_mouth) == pytest.approx(build_of(MEAN))


def test_another_skull_is_a_change_of_build() -> None:
    wide = MEAN * np.array([1.1, 1.0, 1.0])

    assert build_error_pct(np.array([build_of(wide)]), build_of(MEAN)) > 1.0  # type: ignore[operator]


def test_a_face_never_seen_has_no_build() -> None:
    unseen = build_of(np.full((478, 3), np.nan))

    assert build_error_pct(np.array([unseen]), build_of(MEAN)) is None


def test_a_face_that_holds_still_does_not_move() -> None:
    found = movement_of(np.repeat(MEAN[None], 5, axis=0), height=HEIGHT)

    assert found is not None
    assert found.worst_pct == pytest.approx(0, abs=1e-9)


def test_the_landmark_that_trembles_is_found_with_its_rms() -> None:
    places = np.repeat(MEAN[None], 40, axis=0)
    places[::2, FOREHEAD, 0] += 0.02 * HEIGHT  # to and fro: one percent about its mean

    found = movement_of(places, height=HEIGHT)

    assert found is not None
    assert found.worst_landmark == FOREHEAD
    assert found.worst_pct == pytest.approx(1.0)
    assert found.typical_pct == pytest.approx(1.0 / np.sqrt(478))


def test_lost_frames_and_lost_landmarks_are_left_out() -> None:
    places = np.repeat(MEAN[None], 10, axis=0)
    places[3] = np.nan
    places[5, 7] = np.nan
    places[6, 7] = 99.0

    found = movement_of(places, height=HEIGHT)

    assert found is not None
    assert found.worst_pct == pytest.approx(0, abs=1e-9)
    assert movement_of(places[3:4], height=HEIGHT) is None


def test_the_calmest_frame_has_its_eyes_open() -> None:
    steps = np.array([np.nan, 0.5, 0.2, 0.1, 0.3])
    openings = np.array([1.0, 1.0, 1.0, 0.1, 1.0])

    assert find_calmest(steps, openings) == 2


def test_a_step_is_measured_in_heights_of_the_face() -> None:
    moved = MEAN + np.array([0.1 * HEIGHT, 0.0, 5.0])

    assert step_between(MEAN, moved) == pytest.approx(0.1)


def test_readings_keep_numbers_and_mark_what_was_missed() -> None:
    readings = Readings()
    for face in (MEAN, np.full((478, 3), np.nan), MEAN, 2 * MEAN):
        readings.add(face.astype(np.float32))

    assert (len(readings), readings.seen) == (4, 3)
    assert np.isnan(readings.steps[:3]).all()
    assert readings.openings[0] == pytest.approx(readings.openings[3], abs=1e-5)
    assert readings.signals.shape == (4, 8)
