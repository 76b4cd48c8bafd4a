"""A sitter performs what was recorded: lips in time, eyes alive, no jump at either end."""

import numpy as np
import pytest

from kiosk.experience import LEAD_IN_S, Scene, State
from kiosk.face import LOWER_LIP, UPPER_LIP
from kiosk.messages import Face, Visitor
from kiosk.motion.director import Director
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import fit_pose
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import MotionTarget
from kiosk.portraits.performances import Performance
from kiosk.rig.landmarks import pose_landmarks
from tests.performing import piece

MEAN = load_face_model().mean
TARGET = MotionTarget("sitter", (0.3 * MEAN).astype(np.float32))
SOMEBODY = Face(1, (150 * MEAN + np.array([320, 240, 0])).astype(np.float32), 1.0)
SMOOTH = 0.03  # canvas units a frame, as in `test_director`
FPS = 30


def perform(
    performance: Performance, seconds: float, *, ahead_s: float = 0.0
) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Landmarks (T, 478, 3), gazes and closures of each frame, of a story and what comes after."""
    director = Director(TARGET, MotionSettings(), seed=0, ahead_s=lambda: ahead_s)
    lasts = LEAD_IN_S + performance.duration_s
    faces, gazes, closures = [], [], []
    for number in range(int(seconds * FPS)):
        now = number / FPS
        scene = Scene(State.TELL, now, min(now / lasts, 1.0), performance)
        if now >= lasts:
            scene = Scene(State.MIRROR, now - lasts, 1.0)
        motion = director(Visitor(SOMEBODY, 0.0, (640, 480), now), now, scene).motion
        faces.append(pose_landmarks(TARGET.landmarks, motion))
        gazes.append(motion.gaze)
        closures.append(motion.closure)
    return np.array(faces), gazes, closures


def gaps(faces: np.ndarray) -> np.ndarray:
    return np.asarray(faces[:, LOWER_LIP, 1] - faces[:, UPPER_LIP, 1])


@pytest.mark.parametrize("voice_only", [False, True])
def test_a_mouth_opens_when_it_did(voice_only: bool) -> None:
    faces, _, _ = perform(piece(seconds=2.0, voice_only=voice_only), 2.0 + LEAD_IN_S)
    widest = np.argmax(gaps(faces)[: int((LEAD_IN_S + 1) * FPS)]) / FPS

    assert widest == pytest.approx(LEAD_IN_S + 0.5, abs=1.5 / FPS)
    assert gaps(faces).max() > 10 * abs(gaps(faces)[0])


def test_a_motion_is_ahead_by_what_the_road_takes() -> None:
    plain, early = (
        gaps(perform(piece(seconds=2.0), 1.5 + LEAD_IN_S, ahead_s=ahead)[0])
        for ahead in (0.0, 3 / FPS)
    )
    half_a_second = int(0.5 * FPS)

    assert early[half_a_second:-3] == pytest.approx(plain[half_a_second + 3 :], abs=2e-3)


def test_eyes_live_on_while_a_voice_is_heard() -> None:
    _, gazes, closures = perform(piece(seconds=12.0, voice_only=True), 12.0)

    assert np.max(closures) == pytest.approx(1.0, abs=0.05)  # a blink
    assert np.std([gaze[0, 0] for gaze in gazes]) > 1e-3


@pytest.mark.parametrize("voice_only", [False, True])
def test_a_performance_begins_and_ends_without_a_jump(voice_only: bool) -> None:
    faces, _, _ = perform(piece(seconds=2.0, voice_only=voice_only), 4.0)
    steps = np.abs(np.diff(faces[:, :, :2], axis=0)).max(axis=(1, 2))

    assert steps.max() < SMOOTH


def test_an_actors_turn_is_the_sitters_turn() -> None:
    faces, _, _ = perform(piece(seconds=3.0), 3.0)
    yaw = [fit_pose(face, MEAN).rotation for face in faces[:: FPS // 2]]
    turned = [np.arctan2(each[0, 2], each[2, 2]) for each in yaw]

    assert np.abs(np.diff(turned)).max() > 0.03
    assert abs(turned[-1] - turned[0]) > 0.1
