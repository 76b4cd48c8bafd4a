"""The sitter's mesh, moved."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.face import CHIN, EYES, INNER_LOWER_LIP, INNER_UPPER_LIP, MESH
from kiosk.motion.face_model import load_face_model
from kiosk.rig.landmarks import face_height, no_motion, pivot_of, pose_landmarks

STILL = (0.3 * load_face_model().mean).astype(np.float32)


def aperture(landmarks: np.ndarray, side: int) -> float:
    eye = EYES[side]
    return float((landmarks[list(eye.lower), 1] - landmarks[list(eye.upper), 1])[3:6].mean())


def test_no_motion_is_the_painting_itself() -> None:
    unmoved = pose_landmarks(STILL, no_motion())

    assert unmoved[:MESH] == pytest.approx(STILL[:MESH], abs=1e-6)
    assert unmoved[:, :2] == pytest.approx(STILL[:, :2], abs=1e-6)


def test_shut_lids_meet() -> None:
    shut = pose_landmarks(STILL, replace(no_motion(), closure=np.array([1.0, 1.0], np.float32)))

    for side in (0, 1):
        assert abs(aperture(shut, side)) < 0.01 * abs(aperture(STILL, side))


def test_each_eye_shuts_alone() -> None:
    wink = pose_landmarks(STILL, replace(no_motion(), closure=np.array([1.0, 0.0], np.float32)))

    assert aperture(wink, 1) == pytest.approx(aperture(STILL, 1), abs=1e-6)


def test_negative_closure_opens_wider() -> None:
    wide = pose_landmarks(STILL, replace(no_motion(), closure=np.full(2, -0.3, np.float32)))

    assert aperture(wide, 0) > 1.1 * aperture(STILL, 0)


def test_gaze_moves_irises_only() -> None:
    gaze = np.tile(np.array([0.2, 0.0], np.float32), (2, 1))
    looking = pose_landmarks(STILL, replace(no_motion(), gaze=gaze))

    assert looking[:MESH] == pytest.approx(STILL[:MESH], abs=1e-6)
    assert (looking[[468, 473], 0] > STILL[[468, 473], 0] + 0.005).all()


def test_lips_never_cross() -> None:
    expression = np.zeros((MESH, 3), np.float32)
    expression[list(INNER_LOWER_LIP), 1] = -0.1
    pressed = pose_landmarks(STILL, replace(no_motion(), expression=expression))

    gaps = pressed[list(INNER_LOWER_LIP), 1] - pressed[list(INNER_UPPER_LIP), 1]
    assert gaps.min() > -1e-6


def test_head_turns_about_a_point_below_the_chin() -> None:
    pivot = pivot_of(STILL.astype(np.float64))
    roll = replace(no_motion(), rotation=np.array([0.0, 0.0, 0.3], np.float32))
    turned = pose_landmarks(STILL, roll)

    assert pivot[1] > STILL[CHIN, 1]
    distance = np.linalg.norm(turned[:MESH] - pivot, axis=1)
    assert distance == pytest.approx(np.linalg.norm(STILL[:MESH] - pivot, axis=1), abs=1e-5)


def test_translation_and_scale_move_the_whole_face() -> None:
    motion = replace(no_motion(), translation=np.array([0.1, 0.0], np.float32), scale=1.1)
    moved = pose_landmarks(STILL, motion)

    assert face_height(moved) == pytest.approx(1.1 * face_height(STILL), rel=1e-4)
    assert moved[CHIN, 0] == pytest.approx(STILL[CHIN, 0] + 0.1, abs=0.01)
