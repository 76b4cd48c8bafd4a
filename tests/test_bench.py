"""Figures of this machine: what is in them, and what an earlier run is compared by."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from kiosk.__main__ import main
from kiosk.bench.engines import EngineFigures, percentiles, time_engines
from kiosk.bench.machine import describe_machine
from kiosk.bench.road import FRAME, repeat_face, time_faces
from kiosk.cli.bench import compare, read_figures
from kiosk.config import GeneratorSettings, TrackingSettings
from kiosk.errors import ConfigError
from kiosk.places import PROJECT
from kiosk.portraits.pack import load_pack
from kiosk.sitter import rig_of


def figures(*, p50: float = 10.0, fps: float = 30.0, machine: str = "abacus") -> dict[str, object]:
    times = {"p50": p50, "p95": 2 * p50, "p99": 3 * p50}
    return {
        "machine": {"processor": machine},
        "engines": [{"name": "cpu", "generator_ms": times}],
        "road": [{"size": "720x1280", "engine": "cpu", "fps": fps, "latency_ms": times}],
    }


@pytest.fixture(scope="module")
def engines() -> list[EngineFigures]:
    pack = load_pack(PROJECT / "assets" / "portraits" / "personne")
    threads = torch.get_num_threads()
    try:
        return time_engines(pack, rig_of(pack), GeneratorSettings(), passes=20)
    finally:
        torch.set_num_threads(threads)


def test_every_engine_is_timed_and_compared(engines: list[EngineFigures]) -> None:
    names = [each.name for each in engines]

    assert names[0] == "plain"
    assert "cpu" in names
    for each in engines:
        assert each.agrees, each.reason
        assert 0 < each.generator_ms["p50"] <= each.generator_ms["p95"]


def test_the_network_is_as_small_as_it_is_said_to_be(engines: list[EngineFigures]) -> None:
    assert engines[0].gflop <= 2.0
    assert engines[0].parameters < 1_000_000


def test_the_machine_is_described() -> None:
    told = describe_machine()

    assert told["cores"] >= 1
    assert told["processor"]
    assert told["memory_gb"] > 0


@pytest.mark.parametrize("count", range(1, 7))
def test_so_many_faces_stand_in_a_picture(count: int) -> None:
    face = np.full((90, 160, 3), 255, np.uint8)
    picture = repeat_face(face, count)

    assert picture.shape == (FRAME[1], FRAME[0], 3)
    lit = (picture == 255).all(-1).sum()
    assert lit % count == 0
    assert (lit // count) ** 0.5 % 1 == 0  # squares


def test_tracking_finds_the_faces_it_is_timed_on() -> None:
    found = time_faces(TrackingSettings(), "demo", count=3, frames=10)

    assert found.found == 3
    assert found.tracking_ms["p50"] > 0


def test_percentiles_are_of_the_values() -> None:
    assert percentiles([1.0] * 95 + [100.0] * 5) == {"p50": 1.0, "p95": 5.95, "p99": 100.0}


def test_an_earlier_run_is_told_as_ratios() -> None:
    lines = compare(figures(p50=5, fps=30), figures(p50=10, fps=20))

    assert lines == [
        "cpu: a pass takes p50 0.50 p95 0.50",
        "720x1280 on cpu: 1.50 frames, latency p50 0.50 p95 0.50",
    ]


def test_another_machine_is_said() -> None:
    lines = compare(figures(), figures(machine="slide rule"))

    assert "another machine" in lines[0]


HALF = '{"engines": [{"name": "cpu", "generator_ms": {"p50": 1}}], "road": []}'


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"engines": [{}], "road": []}', HALF])
def test_a_file_without_figures_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "figures.json"
    path.write_text(text)

    with pytest.raises(ConfigError, match="holds no figures"):
        read_figures(path)
    assert main(["bench", "--against", str(path)]) == 2


def test_figures_survive_a_file(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    path.write_text(json.dumps(figures()))

    assert read_figures(path) == figures()
