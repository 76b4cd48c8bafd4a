"""TensorRT takes the whole network: its own builder compiles it here, where no GPU is needed.

TensorRT-RTX builds for cards that this machine lacks, from ONNX.
"""

import warnings
from pathlib import Path

import pytest
import torch

from kiosk.model.generator import Generator, Moment
from kiosk.model.spec import INPUTS, OUTPUTS

tensorrt = pytest.importorskip(
    "tensorrt_rtx_bindings", reason="TensorRT-RTX has no wheel for this machine"
)
CAPABILITIES = ("SM75", "SM80", "SM86", "SM89", "SM120")


class OnTensors(torch.nn.Module):
    """A generator whose inputs are tensors side by side."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return self.generator(Moment(*inputs))


def export(generator: Generator, path: Path) -> Path:
    inputs = tuple(torch.zeros(shape) for shape in INPUTS.values())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the newer exporter wants packages mediapipe forbids
        torch.onnx.export(
            OnTensors(generator).eval(), inputs, str(path), dynamo=False, opset_version=17,
            input_names=list(INPUTS), output_names=list(OUTPUTS),
        )  # fmt: skip
    return path


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(0)
    half = Generator().lower(torch.float16)
    return export(half, tmp_path_factory.mktemp("onnx") / "generator.onnx")


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_tensorrt_builds_the_network_in_half_precision(exported: Path, capability: str) -> None:
    logger = tensorrt.Logger(tensorrt.Logger.ERROR)
    builder = tensorrt.Builder(logger)
    strongly_typed = 1 << int(tensorrt.NetworkDefinitionCreationFlag.STRONGLY_TYPED)
    network = builder.create_network(strongly_typed)
    parser = tensorrt.OnnxParser(network, logger)
    assert parser.parse_from_file(str(exported)), [
        str(parser.get_error(number)) for number in range(parser.num_errors)
    ]
    config = builder.create_builder_config()
    config.num_compute_capabilities = 1
    config.set_compute_capability(getattr(tensorrt.ComputeCapability, capability), 0)
    engine = builder.build_serialized_network(network, config)

    assert engine is not None
    assert engine.nbytes > 1_000_000  # of weights alone
