import copy
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from kiosk.config import GeneratorSettings
from kiosk.curation.study import Study
from kiosk.errors import EngineError
from kiosk.face import INNER_LOWER_LIP, MESH
from kiosk.generator import choice
from kiosk.generator.choice import check_agreement
from kiosk.generator.cpu import CpuEngine
from kiosk.generator.eager import PlainEngine
from kiosk.generator.engine import Maps
from kiosk.generator.stage import GeneratorStage, Portrait
from kiosk.messages import Motion, PortraitMotion
from kiosk.model import spec
from kiosk.model.generator import DIM, MOST_LIGHT, Generator, Moment
from kiosk.places import PROJECT
from kiosk.portraits.pack import load_pack
from kiosk.rig.landmarks import no_motion
from kiosk.rig.rig import Drawing, Rig


@pytest.fixture(scope="module")
def generator() -> Generator:
    """A network that knows no artwork, but answers to landmarks with all that it has."""
    torch.manual_seed(0)
    network = Generator()
    with torch.no_grad():
        network.heads.weight.normal_(0, 0.05)
        network.relight.weight.normal_(0, 1.0)
        network.artwork.uniform_()
        network.plate.uniform_()
        network.code_basis.normal_(0, 0.05)
    return network.eval()


@pytest.fixture(scope="module")
def rig(study: Study) -> Rig:
    return Rig(study.crop(), study.landmarks, study.matte)


class Liar:
    """An engine one of whose maps is not what it should be."""

    name = "liar"

    def __init__(self, honest: PlainEngine, lie: Callable[[Maps], Maps]) -> None:
        self._honest, self._lie = honest, lie

    def infer(self, drawing: Drawing) -> Maps:
        return self._lie(self._honest.infer(drawing))


def turned() -> Motion:
    return replace(no_motion(), rotation=np.array([0.0, 0.2, 0.0], np.float32))


def speaking() -> Motion:
    expression = np.zeros((MESH, 3), np.float32)
    expression[list(INNER_LOWER_LIP[1:-1]), 1] = 0.12
    return replace(no_motion(), expression=expression)


def given(rig: Rig, motion: Motion) -> Drawing:
    """What an engine is given for a motion."""
    return rig.draw(motion, spec.RESOLUTION)


def test_without_its_head_it_paints_the_rigs_picture(generator: Generator, rig: Rig) -> None:
    bare = Generator()
    bare.load_state_dict(generator.state_dict())
    with torch.no_grad():
        bare.heads.weight.zero_()
        bare.heads.bias.zero_()
        bare.artwork[:, 3] = 1
    drawing = given(rig, speaking())

    shown = PlainEngine(bare).infer(drawing)
    painted = drawing.cover > 0.99

    assert painted.any()
    np.testing.assert_allclose(shown.paint[painted], drawing.paint[painted], atol=0.02)


def test_nothing_is_painted_at_the_canvass_border(generator: Generator, rig: Rig) -> None:
    maps = PlainEngine(generator).infer(given(rig, turned()))

    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        assert not maps.cover[edge].any()
    assert maps.cover.max() > 0.01


def test_maps_have_the_shapes_and_ranges_of_the_spec(generator: Generator, rig: Rig) -> None:
    maps = PlainEngine(generator).infer(given(rig, turned()))
    r = spec.RESOLUTION

    assert (maps.paint.shape, maps.cover.shape) == ((r, r, 3), (r, r))
    assert all(x.dtype == np.float32 for x in (maps.paint, maps.cover))
    with torch.inference_mode():
        zeros = [torch.zeros(shape) for shape in spec.INPUTS.values()]
        layers = generator(Moment(*zeros))
    assert [tuple(x.shape) for x in layers] == list(spec.OUTPUTS.values())
    assert maps.light.shape == (r, r)
    assert 0.01 < np.abs(maps.light).max() <= MOST_LIGHT
    assert 0 <= maps.paint.min() <= maps.paint.max() <= 1
    assert 0 <= maps.cover.min() <= maps.cover.max() <= 1


def test_the_same_moment_gives_the_same_maps(generator: Generator, rig: Rig) -> None:
    engine = PlainEngine(generator)
    first, second = engine.infer(given(rig, turned())), engine.infer(given(rig, turned()))
    other = engine.infer(given(rig, no_motion()))

    np.testing.assert_array_equal(first.cover, second.cover)
    np.testing.assert_array_equal(first.paint, second.paint)
    assert np.abs(first.paint - other.paint).max() > 1e-3


def test_the_unet_in_low_precision_agrees_with_the_plain_network(
    generator: Generator, rig: Rig
) -> None:
    threads = torch.get_num_threads()
    engine = CpuEngine(generator, threads=1, low=True)
    torch.set_num_threads(threads)

    check_agreement(engine, generator, rig)
    assert engine.name == "cpu-bfloat16"
    assert generator.expand.weight.dtype == torch.float32  # the plain one is left as it was


def test_a_further_portrait_is_not_traced_anew_and_each_keeps_its_weights(
    generator: Generator, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = torch.get_num_threads()
    further = copy.deepcopy(generator)
    with torch.no_grad():
        further.relight.weight.neg_()
    first = CpuEngine(generator, threads=1)
    monkeypatch.delattr(torch.jit, "trace")  # what it once traced is never given back
    second = CpuEngine(further, threads=1)
    torch.set_num_threads(threads)

    check_agreement(first, generator, rig)
    check_agreement(second, further, rig)
    with pytest.raises(EngineError, match="differs from the plain network"):
        check_agreement(second, generator, rig)


def test_the_traced_engine_agrees_with_the_plain_one(generator: Generator, rig: Rig) -> None:
    threads = torch.get_num_threads()
    engine = CpuEngine(generator, threads=1)
    torch.set_num_threads(threads)
    check_agreement(engine, generator, rig)
    found, wanted = (
        engine.infer(given(rig, turned())),
        PlainEngine(generator).infer(given(rig, turned())),
    )

    np.testing.assert_allclose(found.cover, wanted.cover, atol=0.5 / 255)
    np.testing.assert_allclose(found.light, wanted.light, atol=1e-3)
    shown = (x.cover[..., None] * x.paint for x in (found, wanted))
    np.testing.assert_allclose(*shown, atol=0.5 / 255)


@pytest.mark.parametrize(
    ("lie", "fault"),
    [
        (lambda maps: replace(maps, paint=maps.paint * 0.9), r"its paint by \d+\.\d\d/255 \(lim"),
        (lambda maps: replace(maps, cover=maps.cover * 0), "its paint by"),
        (lambda maps: replace(maps, cover=np.sqrt(maps.cover)), "its paint by"),
        (lambda maps: replace(maps, light=maps.light + 0.02), r"its light by 5\.1\d/255"),
        (lambda maps: replace(maps, paint=maps.paint * np.nan), "its paint by nan"),
    ],
)  # fmt: skip
def test_a_disagreeing_engine_is_refused_with_figures(
    generator: Generator, rig: Rig, lie: Callable[[Maps], Maps], fault: str
) -> None:
    network = Generator()
    network.load_state_dict(generator.state_dict())
    with torch.no_grad():
        network.heads.bias[-(spec.FINER**2) :] = 0  # type: ignore[index]  # so that it covers
    honest = PlainEngine(network.eval())
    check_agreement(Liar(honest, lambda maps: maps), network, rig)
    with pytest.raises(EngineError, match=f"liar differs from the plain network: {fault}"):
        check_agreement(Liar(honest, lie), network, rig)


def test_light_too_dim_to_be_meant_is_none(generator: Generator, rig: Rig) -> None:
    network = Generator()
    network.load_state_dict(generator.state_dict())
    with torch.no_grad():
        network.relight.weight.zero_()
        network.relight.bias.fill_(0.9 * DIM / MOST_LIGHT)  # type: ignore[union-attr]

    assert not PlainEngine(network.eval()).infer(given(rig, turned())).light.any()


def test_the_stage_passes_on_whose_moment_it_is(generator: Generator, study: Study) -> None:
    lit = Rig(study.crop(), study.landmarks, study.matte, lambda _: np.full(MESH, 0.1, np.float32))
    portrait = Portrait("hopper", lit, PlainEngine(generator))
    stage = GeneratorStage(lambda: portrait)
    layers = stage(PortraitMotion("hopper", turned(), captured_at=7.5))

    assert stage(None) is None
    assert layers is not None
    assert (layers.portrait_id, layers.captured_at) == ("hopper", 7.5)
    own = PlainEngine(generator).infer(lit.draw(turned(), spec.RESOLUTION)).light
    assert 0.09 < (layers.light - own).max() < 0.11


def test_the_networks_paint_lies_over_the_rigs(generator: Generator, rig: Rig) -> None:
    """What is left bare by both stays bare; what both cover shows the network's share first."""
    drawing = given(rig, speaking())
    engine = PlainEngine(generator)
    maps = engine.infer(drawing)
    own, paint = maps.cover.copy()[..., None], maps.paint.copy()
    layers = GeneratorStage(lambda: Portrait("hopper", rig, engine))(
        PortraitMotion("hopper", speaking(), captured_at=0.0)
    )
    assert layers is not None

    below = drawing.cover[..., None]
    wanted = own * paint + (1 - own) * below * drawing.paint
    np.testing.assert_allclose(layers.cover[..., None] * layers.paint, wanted, atol=2e-3)
    np.testing.assert_allclose(layers.cover[..., None], 1 - (1 - own) * (1 - below), atol=1e-5)
    assert below.max() > 0.99
    assert own.max() > 0.01


class Mortal:
    """An engine whose GPU is gone after so many passes."""

    name = "mortal"

    def __init__(self, honest: PlainEngine, passes: int) -> None:
        self._honest, self._left = honest, passes

    def infer(self, drawing: Drawing) -> Maps:
        self._left -= 1
        if self._left < 0:
            raise RuntimeError("CUDA error: out of memory")
        return self._honest.infer(drawing)


def test_an_engine_that_breaks_down_is_named_and_given_up(generator: Generator, rig: Rig) -> None:
    given_up: list[str] = []
    portrait = Portrait("sitter", rig, Mortal(PlainEngine(generator), 1))
    stage = GeneratorStage(lambda: portrait, given_up.append)
    message = PortraitMotion("sitter", no_motion(), captured_at=0.0)

    assert stage(message) is not None
    with pytest.raises(EngineError, match="mortal broke down: CUDA error: out of memory"):
        stage(message)
    assert given_up == ["mortal"]


def test_another_portraits_motion_makes_no_layers(generator: Generator, rig: Rig) -> None:
    hung: list[Portrait | None] = [None]
    stage = GeneratorStage(lambda: hung[0])
    for_other = PortraitMotion("other", no_motion(), captured_at=0.0)

    assert stage(for_other) is None
    hung[0] = Portrait("one", rig, PlainEngine(generator))
    assert stage(for_other) is None
    hung[0] = Portrait("other", rig, PlainEngine(generator))
    layers = stage(for_other)
    assert layers is not None
    assert layers.portrait_id == "other"


def test_after_a_breakdown_the_next_engine_is_taken(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = load_pack(PROJECT / "assets" / "portraits" / "personne")
    settings = GeneratorSettings()

    def build_engines(generator: Generator, _: object) -> object:
        honest = PlainEngine(generator)
        yield "mortal", lambda: Mortal(honest, 100)
        yield "plain", lambda: honest

    monkeypatch.setattr(choice, "build_engines", build_engines)

    assert choice.choose_engine(pack, rig, settings).name == "mortal"
    assert choice.choose_engine(pack, rig, settings, without={"mortal"}).name == "plain"
    with pytest.raises(EngineError, match=r"no engine works here: mortal: broke down before; pl"):
        choice.choose_engine(pack, rig, settings, without={"mortal", "plain"})


def test_an_engine_that_does_not_start_is_passed_over(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pack = load_pack(PROJECT / "assets" / "portraits" / "personne")

    def start() -> Mortal:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    def build_engines(generator: Generator, _: object) -> object:
        yield "cuda", start
        yield "plain", lambda: PlainEngine(generator)

    monkeypatch.setattr(choice, "build_engines", build_engines)

    assert choice.choose_engine(pack, rig, GeneratorSettings()).name == "plain"
    assert "engine cuda refused: CUDA out of memory" in caplog.text


def test_a_portrait_is_built_anew_though_its_folder_is_gone(rig: Rig, tmp_path: Path) -> None:
    folder = tmp_path / "personne"
    shutil.copytree(PROJECT / "assets" / "portraits" / "personne", folder)
    pack = load_pack(folder)
    shutil.rmtree(folder)

    assert choice.choose_engine(pack, rig, GeneratorSettings()).name
