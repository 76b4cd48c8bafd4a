"""The One Euro filter."""

import numpy as np
import pytest

from kiosk.tracking.smoothing import OneEuro, smoothing_factor


def test_first_value_passes_unchanged() -> None:
    assert OneEuro(1.0, 0.5).filter(np.array([3.0, 4.0]), 10.0).tolist() == [3.0, 4.0]


def test_jitter_at_rest_is_reduced_to_less_than_half() -> None:
    rng = np.random.default_rng(0)
    noisy = rng.normal(0.0, 0.1, (300, 3))
    one_euro = OneEuro(1.0, 0.5)

    smooth = np.array([one_euro.filter(row, n / 30) for n, row in enumerate(noisy)])

    assert smooth[30:].std() < 0.5 * noisy[30:].std()


def test_fast_motion_lags_less_than_a_frame_and_a_half() -> None:
    speed = 60.0  # degrees a second, a quick turn of the head
    one_euro = OneEuro(1.0, 0.9)

    for n in range(60):
        smooth = one_euro.filter(np.array([speed * n / 30]), n / 30)

    assert speed * 59 / 30 - smooth[0] < 1.5 * speed / 30


def test_one_cutoff_serves_the_whole_vector() -> None:
    one_euro = OneEuro(1.0, 5.0)
    one_euro.filter(np.array([0.0, 0.0]), 0.0)

    moved = one_euro.filter(np.array([1.0, 0.1]), 1 / 30)

    assert moved[0] == pytest.approx(10 * moved[1])


def test_real_timestamps_are_used() -> None:
    late, prompt = OneEuro(1.0, 0.0), OneEuro(1.0, 0.0)
    for one_euro in (late, prompt):
        one_euro.filter(np.zeros(1), 0.0)

    assert late.filter(np.ones(1), 0.2)[0] > 3 * prompt.filter(np.ones(1), 0.02)[0]


def test_repeated_timestamp_changes_nothing() -> None:
    one_euro = OneEuro(1.0, 0.5)
    one_euro.filter(np.zeros(2), 1.0)

    assert one_euro.filter(np.ones(2), 1.0).tolist() == [0.0, 0.0]


def test_long_silence_begins_anew() -> None:
    one_euro = OneEuro(1.0, 0.0)
    one_euro.filter(np.zeros(1), 0.0)

    assert one_euro.filter(np.ones(1), 5.0).tolist() == [1.0]


def test_factor_lies_between_zero_and_one() -> None:
    assert 0.0 < smoothing_factor(0.1, 0.001) < smoothing_factor(50.0, 1.0) < 1.0
