import logging

import pytest

from kiosk.health import BOUNDS_MS, Health, resident_mb
from tests.fakes import ManualClock


def test_percentiles_are_those_of_the_durations() -> None:
    clock = ManualClock(0.0)
    health = Health(clock)
    for ms in range(1, 101):
        health.record("generator", ms / 1000)

    times = health.report(dropped=0, engine="cpu", portrait="mona").stages_ms["generator"]

    assert times == {
        "p50": pytest.approx(50, abs=1),
        "p95": pytest.approx(95, abs=1),
        "p99": pytest.approx(99, abs=1),
    }


def test_latency_runs_from_capture_to_composed() -> None:
    clock = ManualClock(10.0)
    health = Health(clock)
    for _ in range(30):
        clock.now += 0.1
        health.shown(captured_at=clock.now - 0.05)

    report = health.report(dropped=2, engine="cpu", portrait="mona")

    assert report.frames_shown == 30
    assert report.seconds == pytest.approx(2.9)  # from the first picture
    assert report.fps == pytest.approx(10, rel=0.05)
    assert report.latency_ms["p50"] == pytest.approx(50, abs=1)
    assert (report.dropped, report.engine, report.portrait) == (2, "cpu", "mona")


def test_one_line_a_minute_tells_of_that_minute(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock(0.0)
    health = Health(clock, log_every_s=60)
    with caplog.at_level(logging.INFO):
        for second in range(1, 121):
            clock.now = float(second)
            health.shown(clock.now - (0.02 if second <= 60 else 0.08))
            health.say_every_minute(dropped=0)

    first, second_line = (record.getMessage() for record in caplog.records)
    assert "1.0 frames/s, latency p50 20" in first
    assert "1.0 frames/s, latency p50 80" in second_line


def test_the_line_tells_the_minutes_visitors_and_how_warm_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = ManualClock(0.0)
    warmth = iter([51.4, None])
    health = Health(clock, log_every_s=60, temperature=lambda: next(warmth))
    with caplog.at_level(logging.INFO):
        for visitors in (3, 1):
            for _ in range(visitors):
                health.count("visitors")
            clock.now += 60
            health.say_every_minute(dropped=0)

    first, second = (record.getMessage() for record in caplog.records)
    assert first.endswith("visitors: 3, 51 °C")
    assert second.endswith("visitors: 1")


def test_a_histogram_agrees_with_the_durations() -> None:
    health = Health(ManualClock())
    for ms in range(1, 101):
        health.record("generator", ms / 1000 - 0.0001)

    told = health.figures().times["generator"]

    within = dict(zip(BOUNDS_MS, told.within, strict=True))
    assert all(within[bound] == min(bound, 100) for bound in BOUNDS_MS)
    assert told.total == 100
    assert told.sum_s == pytest.approx(5.05, abs=0.02)


def test_a_block_that_raises_is_not_timed() -> None:
    health = Health(ManualClock())
    with pytest.raises(ValueError, match="no"), health.timed("tracking"):
        raise ValueError("no")

    assert "tracking" not in health.report(dropped=0, engine="", portrait="").stages_ms


def test_a_stage_whose_heart_stops_is_named() -> None:
    clock = ManualClock(0.0)
    health = Health(clock)
    health.beat("camera")
    health.beat("generator")
    clock.now = 5.0
    health.beat("camera")

    assert health.silent(limit_s=2.0) == ["generator"]


def test_a_stage_that_hangs_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock(0.0)
    health = Health(clock, log_every_s=60)
    health.beat("generator")
    clock.now = 61.0

    health.say_every_minute(dropped=0)

    assert "generator has not been heard of" in caplog.records[0].getMessage()


def test_very_long_times_are_counted() -> None:
    health = Health(ManualClock())
    health.record("generator", 60.0)
    health.record("generator", -1.0)

    times = health.report(dropped=0, engine="", portrait="").stages_ms["generator"]
    assert times["p99"] == pytest.approx(2000, abs=1)


def test_memory_is_told_in_megabytes() -> None:
    assert 5 < resident_mb() < 20_000
