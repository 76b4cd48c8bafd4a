"""What Prometheus is told: its format to the letter, the right figures, nothing of a visitor."""

import json
import re
from dataclasses import replace

import pytest

from kiosk.control.metrics import write_metrics
from kiosk.control.status import StageStatus
from kiosk.health import Figures, Health
from kiosk.places import PROJECT
from tests.fakes import ManualClock
from tests.test_control import STATUS

DASHBOARD = PROJECT / "docs" / "grafana-dashboard.json"
# the text format's grammar: https://prometheus.io/docs/instrumenting/exposition_formats
LABEL = r'[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(
    rf"(?P<name>[a-z_]+)(?P<labels>{{{LABEL}(?:,{LABEL})*}})? (?P<value>-?[0-9.e-]+)"
)
ENDINGS = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


def read(text: str) -> dict[str, float]:
    """Samples by name and labels; fails where Prometheus would."""
    samples: dict[str, float] = {}
    name = kind = ""
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split()[2]
            assert f"# TYPE {name} " in text
        elif line.startswith("# TYPE "):
            assert line.split()[2] == name
            kind = line.split()[3]
            assert (kind == "counter") == name.endswith("_total")
        else:
            found = SAMPLE.fullmatch(line)
            assert found, line
            assert found["name"] in [name + ending for ending in ENDINGS[kind]]
            key = found["name"] + (found["labels"] or "")
            assert key not in samples, key
            samples[key] = float(found["value"])
    return samples


@pytest.fixture
def figures() -> Figures:
    clock = ManualClock(10.0)
    health = Health(clock)
    for late_s in (0.012, 0.018, 0.045, 0.4, 7.0):
        health.shown(captured_at=clock.now - late_s)
    health.record("generator", 0.008)
    for what in ("visitors", "visitors", "greetings"):
        health.count(what)
    return health.figures()


def test_pictures_and_visits_are_counted(figures: Figures) -> None:
    told = read(write_metrics(replace(STATUS, dropped=4), figures, {}))

    assert told["kiosk_frames_shown_total"] == 5
    assert told["kiosk_frames_dropped_total"] == 4
    assert told["kiosk_frames_per_second"] == 30
    assert told["kiosk_visitors_total"] == 2
    assert told["kiosk_greetings_total"] == 1
    assert told["kiosk_stories_total"] == 0


def test_latency_is_a_histogram_whose_buckets_hold_what_is_below(figures: Figures) -> None:
    told = read(write_metrics(STATUS, figures, {}))

    buckets = [
        (key.split('"')[1], value)
        for key, value in told.items()
        if key.startswith("kiosk_latency_seconds_bucket")
    ]
    below = dict(buckets)
    assert [value for _, value in buckets] == sorted(value for _, value in buckets)
    assert (below["0.015"], below["0.02"], below["0.05"], below["0.5"]) == (1, 2, 3, 4)
    assert (below["1"], below["+Inf"]) == (4, 5)
    assert told["kiosk_latency_seconds_count"] == 5
    assert told["kiosk_latency_seconds_sum"] == pytest.approx(7.475)
    assert told['kiosk_stage_seconds_bucket{stage="generator",le="0.01"}'] == 1
    assert told['kiosk_stage_seconds_count{stage="generator"}'] == 1


def test_stages_tell_age_and_failures(figures: Figures) -> None:
    stages = {"camera": StageStatus(0.1, 2), "mirror": StageStatus(None, 0)}
    told = read(write_metrics(replace(STATUS, stages=stages), figures, {}))

    assert told['kiosk_stage_age_seconds{stage="camera"}'] == 0.1
    assert 'kiosk_stage_age_seconds{stage="mirror"}' not in told  # not heard of yet
    assert told['kiosk_stage_failures_total{stage="camera"}'] == 2


def test_the_part_of_a_visit_is_one_of_five(figures: Figures) -> None:
    told = read(write_metrics(STATUS, figures, {}))

    states = {key: value for key, value in told.items() if key.startswith("kiosk_visit_state")}
    assert len(states) == 5
    assert [key for key, value in states.items() if value] == ['kiosk_visit_state{state="mirror"}']


def test_faults_are_counted_and_health_is_told_apart(figures: Figures) -> None:
    quiet = read(write_metrics(replace(STATUS, faults=("no sound",)), figures, {}))
    still = replace(STATUS, faults=("no sound", "still"), unhealthy=("still",))
    ill = read(write_metrics(still, figures, {}))

    assert (quiet["kiosk_faults"], quiet["kiosk_healthy"]) == (1, 1)
    assert (ill["kiosk_faults"], ill["kiosk_healthy"]) == (2, 0)


def test_names_of_any_letters_break_no_line(figures: Figures) -> None:
    text = write_metrics(STATUS, figures, {'a "b" \\ c\nd': 51.5, "Prozessor é": 40.0})
    told = read(text)

    assert told['kiosk_temperature_celsius{sensor="a \\"b\\" \\\\ c\\nd"}'] == 51.5
    assert told['kiosk_temperature_celsius{sensor="Prozessor é"}'] == 40


def test_what_is_not_known_is_not_told(figures: Figures) -> None:
    text = write_metrics(replace(STATUS, shown_age_s=None), figures, {})

    assert "kiosk_shown_age_seconds" not in text
    assert "kiosk_temperature_celsius" not in text


def test_before_the_first_picture_all_is_nought() -> None:
    told = read(write_metrics(STATUS, Health(ManualClock()).figures(), {}))

    assert told["kiosk_frames_shown_total"] == told["kiosk_latency_seconds_count"] == 0


def test_the_dashboard_asks_for_nothing_that_is_not_served(figures: Figures) -> None:
    served = {key.split("{")[0] for key in read(write_metrics(STATUS, figures, {"cpu": 50.0}))}
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    asked = {
        name
        for panel in board["panels"]
        for target in panel.get("targets", ())
        for name in re.findall(r"kiosk_[a-z_]+", target["expr"])
    }

    assert asked <= served
    plain = {
        name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in asked
    }
    wanted = {
        name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in served
    }
    assert plain == wanted  # and every figure has its place there


def test_the_dashboards_panels_lie_beside_one_another() -> None:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    places = [panel["gridPos"] for panel in board["panels"]]
    cells = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in board["panels"]}) == len(places)
