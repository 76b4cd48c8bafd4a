"""The expression bank and the motions rehearsed from it."""

import numpy as np
import pytest

from kiosk.face import MESH
from kiosk.motion.bank import load_bank, save_bank
from kiosk.motion.face_model import DATA, load_face_model
from kiosk.motion.rehearsal import Rehearsal, sample_motion
from kiosk.motion.target import Limits, MotionTarget
from kiosk.rig.landmarks import pose_landmarks

LIMITS = Limits(yaw_deg=(-14.0, 20.0), pitch_deg=(-10.0, 8.0), roll_deg=(-9.0, 9.0))
TARGET = MotionTarget("sitter", (0.3 * load_face_model().mean).astype(np.float32), LIMITS)


@pytest.fixture(scope="module")
def motions() -> list:
    rehearsal = Rehearsal(load_bank(), TARGET)
    rng = np.random.default_rng(0)
    return [rehearsal.draw(rng) for _ in range(400)]


def test_bank_is_small_and_holds_many_faces_of_several_people() -> None:
    bank = load_bank()

    assert (DATA / "expressions.npz").stat().st_size < 1_500_000
    assert (DATA / "face_model.npz").stat().st_size < 300_000
    assert len(bank) >= 2000
    assert len(np.unique(bank.person)) >= 5


def test_expression_is_in_the_mean_faces_units() -> None:
    expression = load_bank().expression(5)

    assert expression.shape == (MESH, 3)
    assert expression.dtype == np.float32
    assert 0 < np.abs(expression).max() < 1.0


def test_second_half_of_the_bank_is_the_first_in_a_mirror() -> None:
    bank, model = load_bank(), load_face_model()
    half = len(bank) // 2

    assert bank.expression(half + 7) == pytest.approx(model.mirrored(bank.expression(7)), abs=1e-6)
    assert bank.eyes(half + 7)[0] == pytest.approx(bank.eyes(7)[0][::-1])
    assert bank.turn(half + 7) == pytest.approx(bank.turn(7) * [-1, 1, -1])


def test_saved_bank_is_read_back(tmp_path) -> None:
    bank = load_bank()
    save_bank(bank, tmp_path / "bank.npz")
    again = load_bank.__wrapped__(tmp_path / "bank.npz")

    assert again.expression(3) == pytest.approx(bank.expression(3), abs=1e-4)


def test_same_seed_gives_the_same_motion() -> None:
    one = sample_motion(load_bank(), TARGET, np.random.default_rng(4))
    other = sample_motion(load_bank(), TARGET, np.random.default_rng(4))

    assert (one.expression == other.expression).all()
    assert (one.rotation == other.rotation).all()


def test_rehearsed_motions_are_finite_and_bounded(motions: list) -> None:
    for motion in motions:
        landmarks = pose_landmarks(TARGET.landmarks, motion)
        assert np.isfinite(landmarks).all()
        assert np.abs(landmarks[:, :2]).max() < 1.0
        assert -0.5 <= motion.closure.min() <= motion.closure.max() <= 1.0
        assert np.abs(motion.gaze).max() <= 0.27


def test_turns_reach_the_limits_and_pass_them_but_slightly(motions: list) -> None:
    yaw = -np.degrees([motion.rotation[1] for motion in motions])

    assert -18.0 < yaw.min() < -12.0
    assert 16.0 < yaw.max() < 24.0


def test_some_motions_are_calm_and_some_eyes_shut_wide_or_winking(motions: list) -> None:
    calm = np.mean([np.abs(motion.expression).max() < 1e-6 for motion in motions])
    closures = np.array([motion.closure for motion in motions])

    assert 0.1 < calm < 0.3
    assert (closures.min(axis=1) > 0.95).mean() > 0.05
    assert (closures.max(axis=1) < -0.05).mean() > 0.03
    assert (np.abs(closures[:, 0] - closures[:, 1]) > 0.3).mean() > 0.03


def test_mouths_open_in_a_good_part(motions: list) -> None:
    gaps = np.array([motion.expression[14, 1] - motion.expression[13, 1] for motion in motions])

    assert (gaps > 0.02).mean() > 0.25
    assert (gaps == 0).mean() > 0.1
