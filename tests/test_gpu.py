"""Engines of a GPU, where there is one: they agree with the plain network, and one is kept."""

from pathlib import Path

import pytest
import torch

from kiosk.config import GeneratorSettings
from kiosk.generator.build import find_tensorrt
from kiosk.generator.cache import EngineCache
from kiosk.generator.choice import build_engines, check_agreement
from kiosk.generator.eager import GraphEngine, half_precision
from kiosk.model.checkpoint import load_generator
from kiosk.places import PROJECT
from kiosk.portraits.pack import Pack, load_pack
from kiosk.sitter import rig_of

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU"),
]


@pytest.fixture(scope="module", params=["hopper", "personne"])
def pack(request: pytest.FixtureRequest) -> Pack:
    return load_pack(PROJECT / "assets" / "portraits" / request.param)


def test_the_captured_graph_agrees(pack: Pack) -> None:
    generator = load_generator(pack.weights)
    engine = GraphEngine("cuda", half_precision(generator))

    check_agreement(engine, generator, rig_of(pack))


def test_tensorrt_agrees_and_its_engine_is_kept(pack: Pack, tmp_path: Path) -> None:
    pytest.importorskip(find_tensorrt().__name__)
    generator = load_generator(pack.weights)
    settings = GeneratorSettings(engine="tensorrt", engines=tmp_path)
    build = dict(build_engines(generator, settings))["tensorrt"]

    check_agreement(build(), generator, rig_of(pack))
    assert [entry.fault for entry in EngineCache(tmp_path).entries()] == [""]
    check_agreement(build(), generator, rig_of(pack))  # from the cache


def test_portraits_that_are_gone_leave_no_memory_behind(pack: Pack) -> None:
    generator = half_precision(load_generator(pack.weights))
    held = []
    for _ in range(6):
        engine = GraphEngine("cuda", generator)
        held.append(torch.cuda.memory_allocated())
        del engine

    assert held[-1] <= held[1]
