"""What a portrait does alone."""

from dataclasses import replace

import numpy as np

from kiosk.motion.face_model import load_face_model
from kiosk.motion.idle import Idle
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import Gains, MotionTarget

TARGET = MotionTarget("sitter", (0.3 * load_face_model().mean).astype(np.float32))


def idle(seed: int = 0) -> Idle:
    return Idle(TARGET, MotionSettings(), seed)


def closures(seconds: float) -> np.ndarray:
    alone = idle()
    return np.array([alone.blink(n / 100) for n in range(int(100 * seconds))])


def test_same_seed_and_second_give_the_same_motion() -> None:
    one, other = idle(3)(1234.5), idle(3)(1234.5)

    assert (one.rotation == other.rotation).all()
    assert (one.gaze == other.gaze).all()


def test_portraits_with_other_seeds_do_not_move_together() -> None:
    assert (idle(1)(50.0).rotation != idle(2)(50.0).rotation).any()


def test_blinks_come_two_to_six_seconds_apart_and_last_a_quarter_second() -> None:
    shut = closures(300.0) > 0
    begins = np.flatnonzero(np.diff(shut.astype(int)) == 1) / 100
    ends = np.flatnonzero(np.diff(shut.astype(int)) == -1) / 100
    gaps = np.diff(begins)

    assert len(begins) > 60
    assert 1.9 < gaps.min() < 3.0
    assert 5.0 < gaps.max() < 6.1
    lengths = ends[: len(begins)] - begins[: len(ends)]
    assert 0.17 < lengths.min() <= lengths.max() < 0.32


def test_every_blink_shuts_the_eye() -> None:
    values = closures(60.0)

    assert values.max() > 0.99
    assert values.min() == 0.0


def test_lids_go_down_with_a_glance_and_still_blink() -> None:
    motions = [idle()(n / 30) for n in range(3000)]
    heights = np.array([motion.gaze[0, 1] for motion in motions])
    closures = np.array([motion.closure[0] for motion in motions])
    open_eyes = closures < 0.15

    assert np.corrcoef(heights[open_eyes], closures[open_eyes])[0, 1] > 0.8
    assert closures[heights > 0.02].min() >= 0.05
    assert closures.max() > 0.9


def test_nothing_but_lids_and_eyes_moves_quickly() -> None:
    alone = idle()
    motions = [alone(n / 30) for n in range(900)]
    turns = np.degrees([motion.rotation for motion in motions])
    shifts = np.array([motion.translation for motion in motions])

    assert np.abs(np.diff(turns, axis=0)).max() < 0.2  # degrees a frame
    assert np.abs(np.diff(shifts, axis=0)).max() < 0.001
    assert np.ptp(turns[:, 1]) > 2.0


def test_breath_rises_and_falls_at_its_rate() -> None:
    alone = idle()
    height = np.array([alone.breath(n / 100) for n in range(4000)])
    rises = np.flatnonzero((height[:-1] < 0) & (height[1:] >= 0))

    assert len(rises) == 10  # 40 s at 0.25 Hz
    assert 0 < height.max() < 0.01


def test_eyes_fixate_and_leap() -> None:
    alone = idle()
    gaze = np.array([alone(n / 100).gaze[0] for n in range(3000)])
    still = np.abs(np.diff(gaze, axis=0)).max(axis=1) < 1e-6

    assert 0.8 < still.mean() < 0.99
    assert np.abs(gaze[:, 0]).max() <= 0.12


def test_gaze_and_head_follow_who_passes() -> None:
    alone = idle()
    left = alone(7.0, glance=np.array([-1.0, 0.0]))
    right = alone(7.0, glance=np.array([1.0, 0.0]))

    assert left.gaze[0, 0] < -0.1 < 0.1 < right.gaze[0, 0]
    assert left.rotation[1] > 0 > right.rotation[1]  # + about y is to the left


def test_eyes_that_a_portrait_keeps_as_painted_stay_so_while_it_idles() -> None:
    still = replace(TARGET, gains=Gains(gaze=0, closure=0))
    idle = Idle(still, MotionSettings(), seed=0)

    motions = [idle(n / 10, np.array([0.5, 0.2])) for n in range(200)]
    assert not any(motion.gaze.any() or motion.closure.any() for motion in motions)
    assert any(motion.rotation.any() for motion in motions)
