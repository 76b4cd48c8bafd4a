"""Performer and portrait compared."""

import numpy as np
import pytest

from kiosk.motion.agreement import SIGNALS, agree, agree_signals, signals_of
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import rotation_of

MEAN = load_face_model().mean


def signals(seed: int = 0, frames: int = 120) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.normal(size=(frames, len(SIGNALS))), axis=0)


def test_a_performer_agrees_with_themselves() -> None:
    found = agree_signals(signals(), signals())

    assert found.lag_frames == 0
    assert all(value == pytest.approx(1.0) for value in found.r.values())
    assert found.passed


@pytest.mark.parametrize("lag", [1, 5])
def test_lateness_is_found_and_taken_out(lag: int) -> None:
    performer = signals()

    found = agree_signals(performer, np.roll(performer, lag, axis=0))

    assert found.lag_frames == lag
    assert min(found.r.values()) == pytest.approx(1.0)


def test_missed_frames_are_left_out() -> None:
    performer, portrait = signals(), signals()
    portrait[10:20] = np.nan

    found = agree_signals(performer, portrait)

    assert found.frames == 110
    assert found.passed


def test_strangers_do_not_agree() -> None:
    assert not agree_signals(signals(0), signals(1)).passed


def test_signal_that_never_varies_does_not_agree() -> None:
    portrait = signals()
    portrait[:, SIGNALS.index("gaze")] = 0.0

    assert agree_signals(signals(), portrait).r["gaze"] == 0.0


def test_faces_are_read_whatever_their_size_and_place() -> None:
    turns = [rotation_of(np.array([10 * np.sin(n / 5), 0.0, 0.0])) for n in range(60)]
    performer = np.array([200 * MEAN @ turn.T + 300 for turn in turns])
    portrait = np.array([0.3 * MEAN @ turn.T for turn in turns])
    portrait[7] = np.nan

    assert agree(performer, portrait).r["yaw"] == pytest.approx(1.0)
    assert np.isnan(signals_of(portrait)[7]).all()
    assert np.ptp(signals_of(performer)[:, 0]) == pytest.approx(20.0, abs=0.5)
