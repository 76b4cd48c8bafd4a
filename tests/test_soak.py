"""A short soak: faults on purpose are healed, and the figures tell of them."""

import numpy as np
import pytest

from kiosk.bench.soak import ENOUGH, Sample, Seconds, _sum_up, soak
from kiosk.config import CameraSettings, Config, load_config
from kiosk.display.settings import DisplaySettings


def steady(seconds: int, *, gaps: tuple[tuple[float, float], ...] = ()) -> tuple[Seconds, Seconds]:
    """Thirty pictures a second, but for gaps, each 50 ms late."""
    times = np.arange(0, seconds, 1 / 30)
    times = np.array([t for t in times if not any(a <= t < b for a, b in gaps)])
    return times, np.full(len(times), 0.05)


SAMPLES = [Sample(t, 500 + t / 100, 6, 12) for t in range(0, 60, 10)]


def test_seconds_without_pictures_count_against_it() -> None:
    figures = _sum_up(*steady(61, gaps=((30.0, 33.0),)), SAMPLES, [])

    assert figures.seconds == 59
    assert figures.enough == pytest.approx(56 / 59, abs=0.02)
    assert figures.latency_ms == (50.0, 50.0)


def test_but_not_while_a_fault_is_healed() -> None:
    figures = _sum_up(*steady(61, gaps=((30.0, 33.0),)), SAMPLES, [(30.0, "tracker fails")])

    assert figures.enough == 1.0
    assert figures.healed_s == {"tracker fails": pytest.approx(3, abs=1)}


def test_what_grows_after_the_first_half_is_told() -> None:
    figures = _sum_up(*steady(61), SAMPLES, [])

    assert figures.resident_mb == (500.3, 500.4, 500.5)
    assert figures.grown_mb == pytest.approx(0.2)
    assert figures.grown_threads == figures.grown_files == 0


def test_a_run_without_pictures_is_no_success() -> None:
    assert _sum_up(*(each[: ENOUGH - 1] for each in steady(1)), [], []).ended


def test_a_road_that_is_struck_goes_on() -> None:
    config = Config(
        camera=CameraSettings(source="demo"),
        display=DisplaySettings(width=180, height=320),
        portraits=load_config().portraits,
    )
    figures = soak(config, seconds=20.0, every_s=3.0, seed=4)

    assert figures.ended == ""
    assert sum(figures.faults.values()) >= 3
    assert figures.seconds >= 15
    assert figures.grown_files < 8
