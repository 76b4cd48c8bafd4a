"""TensorRT takes the whole network: its own builder compiles it here, where no GPU is needed.

TensorRT-RTX builds for cards that this machine lacks. An engine whose weights can be replaced takes
a GPU to build, and so does running one: those are marked.
"""

import numpy as np
import pytest
import torch

from kiosk.errors import EngineError
from kiosk.generator.build import build_engine, to_onnx
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

    for name, _ in generator.named_parameters():
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
