"""Visitors in, portrait motion out; hands change without a jump."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.experience import Experience
from kiosk.experience_settings import ExperienceSettings
from kiosk.messages import Face, Motion, PortraitMotion, Visitor
from kiosk.motion.director import Director, hand_over
from kiosk.motion.face_model import load_face_model
from kiosk.motion.follower import Follower
from kiosk.motion.geometry import angles_deg, fit_pose, rotation_of
from kiosk.motion.settings import MotionSettings, calmed
from kiosk.motion.target import MotionTarget
from kiosk.rig.landmarks import no_motion, pose_landmarks

MEAN = load_face_model().mean
TARGET = MotionTarget("sitter", (0.3 * MEAN).astype(np.float32))
FRAME = (640, 480)
# canvas units a frame: a quick blink or turn, far below a jump
SMOOTH = 0.03
SMILE = 0.02  # canvas units: what a full one moves most, or less


def visitor(now: float, turn_deg: tuple[float, float, float] | None, track_id: int = 1) -> Visitor:
    if turn_deg is None:
        return Visitor(None, 0.0, FRAME, now)
    landmarks = 150 * MEAN @ rotation_of(np.array(turn_deg)).T + np.array([320, 240, 0])
    return Visitor(Face(track_id, landmarks.astype(np.float32), 1.0), 0.0, FRAME, now)


def watch(
    director: Director, turns: list, track_id: int = 1, start: float = 0.0
) -> list[PortraitMotion]:
    times = [start + n / 30 for n in range(len(turns))]
    return [
        director(visitor(now, turn, track_id), now) for now, turn in zip(times, turns, strict=True)
    ]


def play(director: Director, turns: list, track_id: int = 1, start: float = 0.0) -> np.ndarray:
    return np.array([posed(message) for message in watch(director, turns, track_id, start)])


def posed(message: PortraitMotion) -> np.ndarray:
    return pose_landmarks(TARGET.landmarks, message.motion)


def director() -> Director:
    return Director(TARGET, MotionSettings(), seed=0)


def test_message_says_which_portrait_and_which_frame() -> None:
    message = director()(visitor(12.5, None), 12.5)

    assert message.portrait_id == "sitter"
    assert message.captured_at == 12.5
    assert posed(message).shape == (478, 3)


def test_portrait_begins_as_it_hangs() -> None:
    first = posed(director()(visitor(0.0, (25.0, 0.0, 0.0)), 0.0))

    assert np.abs(first - TARGET.landmarks)[:, :2].max() < 1e-4


def test_head_follows_the_visitors() -> None:
    rest = (0.0, 6.0, 0.0)
    landmarks = play(director(), [rest] * 60 + [(12.0, 6.0, 0.0)] * 45)

    turned = angles_deg(fit_pose(landmarks[-1], MEAN).rotation)
    before = angles_deg(fit_pose(landmarks[55], MEAN).rotation)
    assert 10.0 < turned[0] - before[0] < 12.0 * MotionSettings().turn


def test_changes_of_hand_never_jump() -> None:
    moving = director()
    parts = [
        play(moving, [None] * 60, start=0.0),
        play(moving, [(18.0, -5.0, 8.0)] * 40, track_id=1, start=2.0),
        play(moving, [(-18.0, 15.0, -8.0)] * 10, track_id=2, start=2.0 + 40 / 30),
        play(moving, [(18.0, 15.0, -8.0)] * 40, track_id=3, start=2.0 + 50 / 30),
        play(moving, [None] * 60, start=2.0 + 90 / 30),
    ]

    steps = np.abs(np.diff(np.concatenate(parts)[..., :2], axis=0)).max(axis=(1, 2))

    assert steps.max() < SMOOTH


def test_hand_over_is_done_when_its_time_is_over() -> None:
    moving = director()
    play(moving, [(15.0, 6.0, 0.0)] * 60)
    play(moving, [None] * 25, start=2.0)
    alone = director()
    play(alone, [None] * 2, start=2.0 + 24 / 30)
    fresh = Director(TARGET, MotionSettings(), seed=0)
    later = watch(fresh, [None] * 25, start=2.0)[-1]

    now = 2.0 + 24 / 30
    shown = moving(visitor(now, None), now)
    assert np.allclose(shown.motion.rotation, later.motion.rotation, atol=1e-6)
    assert np.abs(posed(later) - posed(shown)).max() < 1e-5


def test_other_visitor_has_another_neutral() -> None:
    moving = director()
    play(moving, [(0.0, 6.0, 0.0)] * 60, track_id=1)
    another = watch(moving, [(4.0, 6.0, 0.0)] * 60, track_id=2, start=2.0)[-1]
    staying = director()
    play(staying, [(0.0, 6.0, 0.0)] * 60, track_id=1)
    same = watch(staying, [(4.0, 6.0, 0.0)] * 60, track_id=1, start=2.0)[-1]

    assert abs(another.motion.rotation[1]) < abs(same.motion.rotation[1])


def test_who_has_gone_is_forgotten_at_once() -> None:
    def follows(subject: Director) -> bool:
        return any(isinstance(each, Follower) for each in vars(subject).values())

    subject = director()
    watch(subject, [(0.0, 6.0, 0.0)] * 3)
    assert follows(subject)

    watch(subject, [None], start=0.1)
    assert not follows(subject)


def test_portrait_breathes_while_it_follows() -> None:
    landmarks = play(director(), [(0.0, 6.0, 0.0)] * 150)

    assert np.ptp(landmarks[60:, 4, 1]) > 0.003


def test_a_hand_over_goes_from_one_motion_to_the_other_the_face_first() -> None:
    one = no_motion()
    other = replace(one, rotation=np.ones(3, np.float32), closure=np.ones(2, np.float32))
    half = hand_over(one, other, 0.5)

    assert not hand_over(one, other, 0.0).rotation.any()
    assert hand_over(one, other, 1.0).rotation == pytest.approx(1.0)
    assert half.rotation == pytest.approx(0.5)
    assert half.closure == pytest.approx(1.0)


def test_another_portrait_begins_at_rest_and_knows_the_visitor() -> None:
    moving = director()
    play(moving, [(0.0, 6.0, 0.0)] * 60)
    turned = watch(moving, [(9.0, 6.0, 0.0)] * 30, start=2.0)[-1]
    other = MotionTarget("other", TARGET.landmarks)
    moving.hang(other)
    messages = watch(moving, [(9.0, 6.0, 0.0)] * 30, start=3.0)

    assert {message.portrait_id for message in messages} == {"other"}
    assert np.abs(messages[0].motion.rotation).max() < 1e-4
    # the visitor's neutral was not learnt anew: the same turn is the same turn
    np.testing.assert_allclose(
        messages[-1].motion.rotation, turned.motion.rotation, atol=np.radians(1.5)
    )


def test_the_same_portrait_with_other_limits_goes_on_from_where_it_is() -> None:
    moved = director()
    before = play(moved, [(20.0, 0.0, 0.0)] * 60)[-1]
    narrow = replace(TARGET, limits=replace(TARGET.limits, yaw_deg=(-5.0, 5.0)))
    moved.hang(narrow)
    after = play(moved, [(20.0, 0.0, 0.0)] * 60, start=2.0)

    steps = np.abs(np.diff(np.concatenate([before[None], after]), axis=0)).max((1, 2))
    assert steps.max() < SMOOTH
    assert np.abs(after[-1] - before).max() > 0.02


def scenes(director: Director, *, seconds: float, leaves_at: float) -> list[Motion]:
    """What a visitor who stands at the right sees, frame by frame, from their coming on."""
    experience = Experience(ExperienceSettings(greet_s=1.5, farewell_s=2.0), now=0.0)
    shown = []
    for frame in range(int(30 * seconds)):
        now = 100 + frame / 30
        turn = (0.0, 0.0, 0.0) if now < 100 + leaves_at else None
        seen = visitor(now, turn)
        if seen.face is not None:
            moved = replace(seen.face, landmarks=seen.face.landmarks + np.float32([200, 0, 0]))
            seen = replace(seen, face=moved)
        shown.append(director(seen, now, experience(seen, now)).motion)
    return shown


def test_who_comes_is_looked_at_and_smiled_at_then_followed_and_looked_after() -> None:
    motions = scenes(director(), seconds=9, leaves_at=5)
    gaze = np.array([motion.gaze[0, 0] for motion in motions])
    smile = np.array([np.abs(motion.expression).max() for motion in motions])

    assert gaze[30:40].mean() > 0.08  # towards the right, where they stand
    assert smile[40] > 0.3 * SMILE
    assert smile[120] < 0.2 * SMILE  # followed: the visitor does not smile
    assert smile[170] > smile[120]  # a smaller one goes after them
    assert gaze[165:180].mean() > 0.04
    assert smile[-1] < 0.05 * SMILE


def test_a_visit_never_jumps() -> None:
    shapes = np.array(
        [pose_landmarks(TARGET.landmarks, m) for m in scenes(director(), seconds=9, leaves_at=5)]
    )

    assert np.abs(np.diff(shapes, axis=0)).max() < 2 * SMOOTH  # a saccade is the quickest


def test_without_a_smile_nobody_is_smiled_at() -> None:
    motions = scenes(Director(TARGET, MotionSettings(), smile=0.0), seconds=1.4, leaves_at=5)
    assert max(np.abs(motion.expression).max() for motion in motions) < 0.05 * SMILE


def test_reduced_motion_turns_less_and_answers_as_much() -> None:
    turned = [(10.0, 0.0, 0.0)] * 90
    calm = Director(TARGET, calmed(MotionSettings()))
    usual, less = (
        np.linalg.norm(watch(each, turned)[-1].motion.rotation) for each in (director(), calm)
    )

    assert 0.35 < less / usual < 0.7


def passer(now: float, x: float, track_id: int = 7) -> Visitor:
    """Nobody leads; somebody who is not known for alive is at x, -1 to 1 across."""
    seen = visitor(now, (0.0, 0.0, 0.0), track_id).face
    assert seen is not None
    moved = replace(seen, landmarks=seen.landmarks + np.float32([320 * x, 0, 0]))
    return Visitor(None, 0.0, FRAME, now, noticed=moved)


def test_eyes_follow_whoever_passes_before_they_have_engaged() -> None:
    moving, experience = director(), Experience(ExperienceSettings(), now=0.0)
    gaze, shapes = [], []
    for frame in range(150):
        now = 50 + frame / 30
        seen = (
            passer(now, -0.8 + 1.6 * (frame - 30) / 90) if 30 <= frame < 120 else visitor(now, None)
        )
        motion = moving(seen, now, experience(seen, now)).motion
        gaze.append(motion.gaze[0, 0])
        shapes.append(pose_landmarks(TARGET.landmarks, motion))

    assert np.mean(gaze[45:55]) < -0.05
    assert np.mean(gaze[105:118]) > 0.05
    assert np.abs(np.diff(shapes, axis=0)).max() < SMOOTH


def test_a_passer_between_two_others_is_no_jump() -> None:
    moving, experience = director(), Experience(ExperienceSettings(), now=0.0)
    shapes = []
    for frame in range(120):
        now = 50 + frame / 30
        seen = passer(now, 0.7, 1) if frame // 20 % 2 else passer(now, -0.7, 2)
        shapes.append(
            pose_landmarks(TARGET.landmarks, moving(seen, now, experience(seen, now)).motion)
        )

    assert np.abs(np.diff(shapes, axis=0)).max() < SMOOTH
