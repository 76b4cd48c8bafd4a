"""Weights to a TensorRT engine: through ONNX, by TensorRT's own parser and builder.

`tensorrt` (JetPack, data centres, desktops) and `tensorrt_rtx` (RTX cards; on PyPI) speak the same
API; whichever is installed is used. The latter's builder needs no GPU, so that the tests build the
whole network. Why not through torch_tensorrt: docs/engines.md.
"""

import copy
import importlib
import io
import logging
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from kiosk.errors import EngineError
from kiosk.generator.cache import EngineCache, EngineKey
from kiosk.model.generator import Generator, Moment
from kiosk.model.spec import INPUTS, NETWORK, OUTPUTS

logger = logging.getLogger(__name__)

MODULES = ("tensorrt", "tensorrt_rtx", "tensorrt_rtx_bindings")
PRECISION = "float16"
OPSET = 17  # TensorRT 10.3, which JetPack 6.2 has, reads it, and so does every later one
SAY_EVERY_S = 5.0
_DRIVER_FILES = ("/sys/module/nvidia/version", "/etc/nv_tegra_release")

Report = Callable[[str, float], None]


def find_tensorrt() -> ModuleType:
    """TensorRT's Python package.

    Raises:
        EngineError: none is installed; says what to do.
    """
    reasons = []
    for name in MODULES:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        except (ImportError, OSError, RuntimeError) as error:  # half installed, or of another GPU
            reasons.append(f"{name}: {error}")
    told = "; ".join(reasons) or "it is not installed here"
    raise EngineError(f"TensorRT cannot be used ({told}); see docs/engines.md")


def what_fits() -> tuple[EngineKey, ModuleType] | None:
    """What an engine for this machine is built of, and with; None where there is no GPU for it.

    Raises:
        EngineError: there is a GPU, but no TensorRT.
    """
    if not torch.cuda.is_available():
        return None
    trt = find_tensorrt()
    return key_here(trt), trt


def key_here(trt: ModuleType) -> EngineKey:
    """What an engine for this machine is built of, and for."""
    major, minor = torch.cuda.get_device_capability()
    kind = "TensorRT-RTX" if "rtx" in trt.__name__ else "TensorRT"
    return EngineKey(
        network=NETWORK,
        precision=PRECISION,
        builder=f"{kind} {trt.__version__}",
        gpu=torch.cuda.get_device_name(),
        capability=f"{major}.{minor}",
        driver=_driver(),
        torch=torch.__version__,
    )


def _driver() -> str:
    for name in _DRIVER_FILES:
        try:
            return Path(name).read_text(errors="replace").strip().partition("\n")[0]
        except OSError:
            continue
    return "unknown"


def open_engine(
    cache: EngineCache, key: EngineKey, trt: ModuleType, *, report: Report, anew: bool = False
) -> bytes:
    """This machine's engine: the one that is kept, or a new one.

    Any portrait's weights fit it: they are put in when it is loaded.

    Args:
        cache: where it is kept.
        key: what it is for.
        trt: from `find_tensorrt`.
        report: called with what is done and the share of it, 0 to 1.
        anew: build it though one is kept, since that one does not load.

    Raises:
        EngineError: it cannot be built.
    """
    try:
        kept = None if anew else cache.read(key)
    except EngineError as error:
        logger.warning("%s", error)
        kept = None
    if kept is not None:
        return kept
    engine = build_engine(trt, to_onnx(Generator()), report=report)
    try:
        cache.write(key, engine)
    except EngineError as error:
        logger.warning("%s; the engine is used, but must be built again next time", error)
    return engine


def to_onnx(generator: Generator) -> bytes:
    """A portrait's network in half precision, as ONNX; weights keep their names."""
    module = _OnTensors(copy.deepcopy(generator).lower(torch.float16)).eval()
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the newer exporter wants packages mediapipe forbids
        torch.onnx.export(
            module,
            tuple(torch.zeros(shape) for shape in INPUTS.values()),
            file,  # type: ignore[arg-type]  # it does take one
            dynamo=False,
            opset_version=OPSET,
            do_constant_folding=False,  # what is folded has no name, and cannot be replaced
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
        )
    return file.getvalue()


class _OnTensors(torch.nn.Module):
    """A generator whose inputs are tensors side by side."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        answer: tuple[Tensor, ...] = self.generator(Moment(*inputs))
        return answer


def build_engine(
    trt: ModuleType,
    onnx: bytes,
    *,
    report: Report,
    capability: str | None = None,
    refittable: bool = True,
) -> bytes:
    """Compile a network; seconds on a desktop, minutes on a Jetson.

    Args:
        trt: from `find_tensorrt`.
        onnx: from `to_onnx`.
        report: called with what is done and the share of it, 0 to 1.
        capability: of the GPU that it is for, such as "SM89"; this machine's, if none is given.
        refittable: let weights be replaced; building such an engine takes a GPU.

    Raises:
        EngineError: TensorRT refuses; says why.
    """
    log = collect_log(trt)
    builder = trt.Builder(log)
    network = builder.create_network(_flags(trt))
    parser = trt.OnnxParser(network, log)
    if not parser.parse(onnx):
        faults = "; ".join(str(parser.get_error(n)) for n in range(parser.num_errors))
        raise EngineError(f"TensorRT does not read the network: {faults}")
    config = builder.create_builder_config()
    if refittable:
        config.set_flag(trt.BuilderFlag.REFIT)
    if capability is not None:
        config.num_compute_capabilities = 1
        config.set_compute_capability(getattr(trt.ComputeCapability, capability), 0)
    monitor = _make_monitor(trt, report)
    config.progress_monitor = monitor
    engine = builder.build_serialized_network(network, config)
    if engine is None:
        raise EngineError(f"TensorRT cannot build the network: {log.told or 'it says no more'}")
    return bytes(engine)


def _flags(trt: ModuleType) -> int:
    """Precisions as they stand in the network; where that is the only way, there is no flag."""
    flag = getattr(trt.NetworkDefinitionCreationFlag, "STRONGLY_TYPED", None)
    return 0 if flag is None else 1 << int(flag)


def collect_log(trt: ModuleType) -> Any:
    """A logger of TensorRT's that passes on to ours, and keeps the last error."""

    class Log(trt.ILogger):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.told = ""

        def log(self, severity: Any, message: str) -> None:
            if severity <= trt.ILogger.Severity.ERROR:
                self.told = message
            logger.debug("TensorRT: %s", message)

    return Log()


def _make_monitor(trt: ModuleType, report: Report) -> Any:
    """Tells how far a build is, by its outermost phase."""

    class Monitor(trt.IProgressMonitor):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self._outermost, self._steps, self._said_at = "", 1, 0.0

        def phase_start(self, name: str, parent: str | None, steps: int) -> None:
            if parent is None:
                self._outermost, self._steps = name, max(steps, 1)

        def phase_finish(self, name: str) -> None:
            if name == self._outermost:
                report("building the engine", 1.0)

        def step_complete(self, name: str, step: int) -> bool:
            now = time.monotonic()
            if name == self._outermost or now - self._said_at > SAY_EVERY_S:
                self._said_at = now
                share = (step + 1) / self._steps if name == self._outermost else 0.0
                report(f"building the engine: {name.lower()}", min(share, 1.0))
            return True

    return Monitor()
