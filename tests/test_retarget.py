"""Gestures made the sitter's own."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.face import LEFT_MOUTH, LOWER_LIP, MESH, RIGHT_MOUTH, UPPER_LIP
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import angles_deg, fit_pose, measure, rotation_of
from kiosk.motion.lips import LipShape
from kiosk.motion.parts import proportions_of
from kiosk.motion.retarget import Gesture, Retarget
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import Gains, Limits, MotionTarget, limit_turn, soft_limit
from kiosk.rig.landmarks import pose_landmarks

MEAN = load_face_model().mean


def sitter(
    turn_deg: tuple[float, float, float] = (0.0, 0.0, 0.0), **kwargs: object
) -> MotionTarget:
    landmarks = 0.3 * MEAN @ rotation_of(np.array(turn_deg)).T + np.array([0.05, -0.1, 0.0])
    return MotionTarget("sitter", landmarks.astype(np.float32), **kwargs)


def gesture(**kwargs: object) -> Gesture:
    rest = Gesture(
        offsets=np.zeros((MESH, 3)),
        lips=LipShape(np.zeros(9), np.ones((2, 9))),
        openness=np.ones(2),
        gaze=np.zeros((2, 2)),
        turn_deg=np.zeros(3),
        shift=np.zeros(2),
        scale=1.0,
        proportions=proportions_of(MEAN),
    )
    return replace(rest, **kwargs)


def retarget(target: MotionTarget | None = None) -> Retarget:
    return Retarget(target or sitter(), MotionSettings())


def test_resting_face_leaves_the_painting_as_it_hangs() -> None:
    motion = retarget()(gesture())

    assert np.abs(motion.expression).max() < 1e-9
    assert not motion.rotation.any()
    assert not motion.closure.any()
    assert not motion.gaze.any()
    assert motion.scale == 1.0


@pytest.mark.parametrize("yaw", [-90.0, -25.0, 5.0, 25.0, 90.0])
def test_head_never_turns_past_the_portraits_limits(yaw: float) -> None:
    limits = Limits(yaw_deg=(-12.0, 20.0), pitch_deg=(-8.0, 8.0), roll_deg=(-5.0, 5.0))

    turned = limit_turn(np.array([yaw, 2 * yaw, yaw]), limits)

    assert -12.0 <= turned[0] <= 20.0
    assert abs(turned[1]) <= 8.0
    assert abs(turned[2]) <= 5.0


def test_a_head_turned_every_way_at_once_stays_between_the_limits() -> None:
    limits = Limits(yaw_deg=(-8.0, 10.0), pitch_deg=(-17.0, 18.0), roll_deg=(-18.0, 15.0))
    alone = limit_turn(np.array([30.0, 0.0, 0.0]), limits)
    turned = limit_turn(np.array([30.0, 30.0, 30.0]), limits)

    assert alone[0] > 9.5
    assert np.linalg.norm(turned / [10.0, 18.0, 15.0]) <= 1.0
    assert turned == pytest.approx(np.full(3, turned[0]))  # still the way the visitor looks


def test_small_turns_are_taken_over_whole() -> None:
    assert limit_turn(np.array([5.0, -3.0, 2.0]), Limits()) == pytest.approx([5.0, -3.0, 2.0])


@pytest.mark.parametrize("painted", [(0.0, 0.0, 0.0), (-35.0, 10.0, 8.0)])
def test_sitter_turns_about_their_own_axes(painted: tuple[float, float, float]) -> None:
    target = sitter(painted)
    asked = MotionSettings().turn * np.array([5.0, 3.0, -2.0])
    motion = retarget(target)(gesture(turn_deg=np.array([5.0, 3.0, -2.0])))

    moved = fit_pose(pose_landmarks(target.landmarks, motion), MEAN)

    assert angles_deg(moved.rotation) == pytest.approx(np.add(painted, asked), abs=0.1)


def test_the_sitters_lips_part_with_the_visitors() -> None:
    motion = retarget()(gesture(lips=LipShape(np.full(9, 0.2), np.ones((2, 9)))))
    opening = motion.expression[LOWER_LIP, 1] - motion.expression[UPPER_LIP, 1]

    assert opening == pytest.approx(0.3 * 0.19 * Gains().mouth, rel=0.05)


def test_a_part_without_gain_stays_as_it_is_painted() -> None:
    still = sitter(gains=Gains(mouth=0.0, gaze=0.0, closure=0.0))
    lips = LipShape(np.full(9, 0.2), np.ones((2, 9)))
    asked = gesture(lips=lips, gaze=np.full((2, 2), 0.1), openness=np.zeros(2))
    motion = retarget(still)(asked)

    opening = motion.expression[LOWER_LIP, 1] - motion.expression[UPPER_LIP, 1]
    assert opening == pytest.approx(0.0, abs=1e-9)
    assert not motion.gaze.any()
    assert not motion.closure.any()


def test_expression_does_not_turn_the_head() -> None:
    target = sitter()
    rng = np.random.default_rng(1)
    motion = retarget(target)(gesture(offsets=rng.normal(0, 0.05, (MESH, 3))))

    moved = fit_pose(target.landmarks[:MESH] + motion.expression, target.landmarks)
    assert np.abs(angles_deg(moved.rotation)).max() < 0.3


def test_grin_of_a_broad_mouth_is_softened() -> None:
    offsets = np.zeros((MESH, 3))
    offsets[LEFT_MOUTH, 0], offsets[RIGHT_MOUTH, 0] = -0.15, 0.15
    target = sitter()

    moved = pose_landmarks(target.landmarks, retarget(target)(gesture(offsets=offsets)))

    rest, grin = (measure((face - face.mean(axis=0)) / 0.3) for face in (target.landmarks, moved))
    assert 1.15 < grin.width / rest.width < 1.0 + 0.3 / rest.width


@pytest.mark.parametrize(
    ("openness", "closure"), [(1.0, 0.0), (0.1, 1.0), (-0.2, 1.0), (3.0, -0.45)]
)
def test_shut_is_shut_and_wide_is_bounded(openness: float, closure: float) -> None:
    motion = retarget()(gesture(openness=np.full(2, openness)))

    assert motion.closure == pytest.approx([closure, closure])


def test_wink_shuts_one_eye_and_noise_shuts_none_alone() -> None:
    wink = retarget()(gesture(openness=np.array([0.1, 1.0])))
    noise = retarget()(gesture(openness=np.array([0.96, 1.0])))

    assert wink.closure == pytest.approx([1.0, 0.0])
    assert noise.closure[0] == noise.closure[1]


@pytest.mark.parametrize("openness", [(0.13, 0.69), (0.36, 0.69), (0.6, 0.3)])
def test_a_blink_that_is_seen_unevenly_shuts_both_alike(openness: tuple[float, float]) -> None:
    closure = retarget()(gesture(openness=np.array(openness))).closure

    assert closure[0] == pytest.approx(closure[1])
    assert closure[0] > 0.6


def test_shut_eyes_keep_looking_where_they_looked() -> None:
    follow = retarget()
    before = follow(gesture(gaze=np.full((2, 2), 0.08)))
    during = follow(gesture(gaze=np.full((2, 2), -0.2), openness=np.zeros(2)))

    assert (during.gaze == before.gaze).all()


def test_gains_make_up_for_a_weak_response_within_bounds() -> None:
    gaze = np.full((2, 2), 0.03)
    once = retarget()(gesture(gaze=gaze)).gaze[0, 0]
    twice = retarget(sitter(gains=Gains(gaze=2.0)))(gesture(gaze=gaze)).gaze[0, 0]
    most = retarget(sitter(gains=Gains(gaze=9.0)))(gesture(gaze=gaze)).gaze[0, 0]

    assert twice == pytest.approx(2 * once)
    assert most == pytest.approx(2.6 * once)


def test_sideways_steps_are_damped_and_bounded() -> None:
    step = retarget()(gesture(shift=np.array([0.2, 0.0]))).translation[0]
    leap = retarget()(gesture(shift=np.array([50.0, 0.0]), scale=9.0))

    assert step == pytest.approx(0.2 * 0.25 * 0.3, rel=1e-3)
    assert leap.translation[0] < 0.11 * 0.3 * 1.86
    assert leap.scale <= 1.1


def test_soft_limit_is_straight_then_bent_and_never_passed() -> None:
    values = np.linspace(-5, 5, 2001)
    limited = soft_limit(values, 1.0)

    assert (np.abs(limited) <= 1.0).all()
    assert (np.diff(limited) >= 0).all()
    assert soft_limit(0.4, 1.0) == pytest.approx(0.4)
    assert np.abs(np.diff(limited, 2)).max() < 1e-4
