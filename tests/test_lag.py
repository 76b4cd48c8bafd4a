"""How late a portrait is, read off pictures that came at odd times."""

import numpy as np
import pytest

from kiosk.bench.lag import agree_at

RATE = 30.0


def gestures(times: np.ndarray) -> np.ndarray:
    """Eight signals that never repeat themselves: (T, 8)."""
    waves = [np.sin((1.1 + 0.37 * n) * times + n) + np.sin(3.7 * times * n) for n in range(8)]
    return np.column_stack(waves)


@pytest.mark.parametrize("late_s", [0.0, 0.066, 0.2])
def test_the_lag_is_found_although_pictures_came_unevenly(late_s: float) -> None:
    due = np.arange(0.0, 12.0, 1 / RATE)
    came = np.sort(np.random.default_rng(0).uniform(0.0, 12.0, 260))

    found = agree_at(due, gestures(due), came, gestures(came - late_s))

    assert found.lag_frames == round(late_s * RATE)
    assert np.mean(list(found.r.values())) > 0.95
