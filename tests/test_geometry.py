"""Head pose, pose-free shape and measures."""

import numpy as np
import pytest

from kiosk.face import EYES, LOWER_LIP
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import (
    angles_deg,
    fit_pose,
    free_of_pose,
    measure,
    rotation_matrix,
    rotation_of,
    rotation_vector,
)

MEAN = load_face_model().mean


def placed(turn_deg: list[float], scale: float = 120.0) -> np.ndarray:
    """The mean face somewhere in a frame."""
    return scale * MEAN @ rotation_of(np.array(turn_deg)).T + np.array([320.0, 240.0, 5.0])


@pytest.mark.parametrize("turn", [[0, 0, 0], [25, 0, 0], [0, -15, 0], [-12, 10, 20]])
def test_pose_of_a_placed_face_is_found(turn: list[float]) -> None:
    pose = fit_pose(placed(turn), MEAN)

    assert angles_deg(pose.rotation) == pytest.approx(turn, abs=1e-6)
    assert pose.scale == pytest.approx(120.0)
    assert pose.centre == pytest.approx([320.0, 240.0, 5.0])


def test_shape_is_the_same_however_the_head_is_turned() -> None:
    face = placed([20.0, -10.0, 5.0])

    assert free_of_pose(face, fit_pose(face, MEAN)) == pytest.approx(MEAN, abs=1e-9)


def test_open_mouth_does_not_turn_the_head() -> None:
    face = MEAN.copy()
    face[LOWER_LIP, 1] += 0.4

    assert np.abs(angles_deg(fit_pose(face, MEAN).rotation)).max() < 1e-6


def test_positive_yaw_brings_the_nose_to_the_right_and_pitch_down_and_roll_clockwise() -> None:
    nose = MEAN[4] - MEAN[[33, 263]].mean(axis=0)

    right = rotation_of(np.array([20.0, 0.0, 0.0])) @ nose
    down = rotation_of(np.array([0.0, 20.0, 0.0])) @ nose
    right_eye = rotation_of(np.array([0.0, 0.0, 20.0])) @ MEAN[263]

    assert right[0] > nose[0] + 0.05
    assert down[1] > nose[1] + 0.05
    assert right_eye[1] > MEAN[263, 1] + 0.1


def test_angles_and_rotation_are_inverses() -> None:
    angles = np.array([31.0, -17.0, 8.0])

    assert angles_deg(rotation_of(angles)) == pytest.approx(angles)
    matrix = rotation_of(angles)
    assert rotation_matrix(rotation_vector(matrix)) == pytest.approx(matrix)


def test_mean_face_is_symmetric_and_its_mirror_its_own_inverse() -> None:
    model = load_face_model()

    assert (model.mirror[model.mirror] == np.arange(478)).all()
    assert model.mirrored(MEAN) == pytest.approx(MEAN, abs=1e-6)
    assert np.linalg.norm(MEAN[33] - MEAN[263]) == pytest.approx(1.0, abs=1e-6)


def test_measures_follow_what_they_measure() -> None:
    face = MEAN.copy()
    face[LOWER_LIP, 1] += 0.2
    face[EYES[1].iris, 0] += 0.05
    for brow in EYES[0].brow:
        face[brow, 1] -= 0.04

    still, moved = measure(MEAN), measure(face)

    assert moved.gap > still.gap + 0.15
    assert moved.gaze[1, 0] > still.gaze[1, 0] + 0.1
    assert moved.gaze[0] == pytest.approx(still.gaze[0])
    assert moved.brow - still.brow == pytest.approx([0.04, 0.0])
    assert moved.rest.shape == (7,)


def test_shut_eye_has_no_aperture() -> None:
    face = MEAN.copy()
    face[list(EYES[0].upper)] = face[list(EYES[0].lower)]

    assert measure(face).aperture[0] == pytest.approx(0.0, abs=1e-9)
