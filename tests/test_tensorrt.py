"""TensorRT takes the whole network: its own builder compiles it here, where no GPU is needed.

TensorRT-RTX builds for cards that this machine lacks. An engine whose weights can be replaced takes
a GPU to build, and so does running one: see `test_gpu.py`.
"""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from kiosk.errors import EngineError
from kiosk.generator import build
from kiosk.generator.build import build_engine, open_engine, to_onnx
from kiosk.generator.cache import EngineCache, EngineKey
from kiosk.model.generator import Generator

tensorrt = pytest.importorskip(
    "tensorrt_rtx_bindings", reason="TensorRT-RTX has no wheel for this machine"
)
CAPABILITIES = ("SM75", "SM80", "SM86", "SM89", "SM120")


@pytest.fixture(scope="module")
def onnx() -> bytes:
    torch.manual_seed(0)
    return to_onnx(Generator())


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_tensorrt_builds_the_network_in_half_precision(onnx: bytes, capability: str) -> None:
    told: list[tuple[str, float]] = []
    engine = build_engine(
        tensorrt,
        onnx,
        report=lambda what, share: told.append((what, share)),
        capability=capability,
        refittable=False,
    )

    assert len(engine) > 1_000_000  # of weights alone
    assert told[-1] == ("building the engine", 1.0)
    assert all(0 <= share <= 1 for _, share in told)


def test_every_weight_keeps_its_name() -> None:
    generator = Generator()
    text = to_onnx(generator)

    for name in generator.state_dict():
        if not name.endswith(("modulation.weight", "style.0.weight", "style.2.weight")):
            assert f"generator.{name}".encode() in text, name


def test_exporting_leaves_a_network_as_it_was() -> None:
    generator = Generator()
    to_onnx(generator)

    assert {weight.dtype for weight in generator.parameters()} == {torch.float32}


@pytest.mark.parametrize("onnx", [b"", b"no network", np.zeros(4000, np.uint8).tobytes()])
def test_what_tensorrt_cannot_read_is_refused_in_words(onnx: bytes) -> None:
    with pytest.raises(EngineError, match="TensorRT"):
        build_engine(tensorrt, onnx, report=lambda *_: None, capability="SM89", refittable=False)


KEY = EngineKey("generator", "float16", "TensorRT 1", "a GPU", "8.9", "1", "2")


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Engines that were built, of which each is another."""
    engines: list[bytes] = []

    def build_one(*_: object, **__: object) -> bytes:
        engines.append(bytes([len(engines)]) * 100)
        return engines[-1]

    monkeypatch.setattr(build, "build_engine", build_one)
    monkeypatch.setattr(build, "to_onnx", lambda _: b"")
    return engines


def ask(cache: EngineCache, *, anew: bool = False) -> bytes:
    return open_engine(cache, KEY, ModuleType("trt"), report=lambda *_: None, anew=anew)


def test_an_engine_is_built_once(built: list[bytes], tmp_path: Path) -> None:
    cache = EngineCache(tmp_path / "engines")

    assert ask(cache) == ask(cache) == built[0]
    assert len(built) == 1


def test_one_that_does_not_load_is_built_anew(built: list[bytes], tmp_path: Path) -> None:
    cache = EngineCache(tmp_path / "engines")
    ask(cache)

    assert ask(cache, anew=True) == built[1]
    assert ask(cache) == built[1]


def test_a_damaged_engine_is_told_and_built_anew(
    built: list[bytes], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache = EngineCache(tmp_path / "engines")
    ask(cache)
    cache.path(KEY).write_bytes(b"moths")

    assert ask(cache) == built[1]
    assert "is no engine of ours; it is built anew" in caplog.text


def test_an_engine_that_cannot_be_kept_is_used_all_the_same(
    built: list[bytes], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "engines").write_text("a file where the folder should be")

    assert ask(EngineCache(tmp_path / "engines")) == built[0]
    assert "must be built again next time" in caplog.text
