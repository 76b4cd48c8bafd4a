"""A sitter imitates another picture of themselves."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.face import EYES, LIPS, MESH, NOSE_TIP
from kiosk.messages import Floats, Motion
from kiosk.motion.face_model import load_face_model
from kiosk.motion.imitate import imitate
from kiosk.rig.landmarks import Points, no_motion, pose_landmarks


@pytest.fixture(scope="module")
def still() -> Floats:
    return load_face_model().mean.astype(np.float32) * 0.35


def photographed(face: Floats) -> tuple[Floats, Points]:
    """A face on another picture: its pixels, and what leads back to the canvas."""
    zoom, corner = 180.0, np.array([300.0, 250.0])
    pixels = face * zoom
    pixels[:, :2] += corner
    return pixels.astype(np.float32), np.column_stack([np.eye(2) / zoom, -corner / zoom])


def spoken() -> Motion:
    expression = np.zeros((MESH, 3), np.float32)
    expression[list(LIPS), 1] = 0.02
    return replace(no_motion(), expression=expression)


def test_a_picture_of_the_painting_itself_asks_for_nothing(still: Floats) -> None:
    pixels, back = photographed(still)
    found = imitate(still, pixels)

    assert np.abs(found.motion.rotation).max() < 1e-3
    assert np.abs(found.motion.expression).max() < 1e-3
    assert np.abs(found.motion.closure).max() < 1e-2
    np.testing.assert_allclose(found.placement, back, atol=1e-3)


@pytest.mark.parametrize(
    "motion",
    [
        replace(no_motion(), rotation=np.array([0.1, -0.25, 0.08], np.float32)),
        spoken(),
        replace(spoken(), rotation=np.array([-0.1, 0.2, 0.0], np.float32)),
    ],
)
def test_the_landmarks_of_the_picture_are_met(still: Floats, motion: Motion) -> None:
    pixels, _ = photographed(pose_landmarks(still, motion))
    found = imitate(still, pixels)
    placed = pixels[:, :2] @ found.placement[:, :2].T + found.placement[:, 2]
    apart = np.linalg.norm(pose_landmarks(still, found.motion)[:, :2] - placed, axis=1)

    height = np.ptp(still[:MESH, 1])
    assert np.median(apart) < 0.002 * height
    assert apart.max() < 0.03 * height
    assert not found.motion.translation.any()
    assert np.linalg.norm(placed[NOSE_TIP] - still[NOSE_TIP, :2]) < 0.3 * height


def test_shut_eyes_are_told_from_open_ones(still: Floats) -> None:
    shut = replace(no_motion(), closure=np.array([1.0, 0.0], np.float32))
    found = imitate(still, photographed(pose_landmarks(still, shut))[0])

    assert found.motion.closure[0] > 0.8
    assert abs(found.motion.closure[1]) < 0.1


def test_a_glance_is_taken_over(still: Floats) -> None:
    aside = replace(no_motion(), gaze=np.full((2, 2), [0.1, 0.0], np.float32))
    found = imitate(still, photographed(pose_landmarks(still, aside))[0])

    assert len(found.motion.gaze) == len(EYES)
    np.testing.assert_allclose(found.motion.gaze, aside.gaze, atol=0.02)
