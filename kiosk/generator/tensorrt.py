"""The network compiled by TensorRT, as a function on the GPU's tensors.

Needs a GPU in everything but its import. `eager.GraphEngine` captures it in a graph.
"""

from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from kiosk.errors import EngineError
from kiosk.generator.build import collect_log, to_onnx
from kiosk.model.generator import Generator, Moment
from kiosk.model.spec import INPUTS, OUTPUTS


class TensorrtNetwork:
    """One engine, with one portrait's weights at a time.

    Args:
        trt: from `find_tensorrt`.
        engine: its bytes.

    Raises:
        EngineError: it does not load here.
    """

    def __init__(self, trt: ModuleType, engine: bytes) -> None:
        self._trt, self._log = trt, collect_log(trt)
        self._runtime = trt.Runtime(self._log)
        self._engine: Any = self._runtime.deserialize_cuda_engine(engine)
        if self._engine is None:
            raise EngineError(f"the engine does not load here: {self._log.told}")
        self._context = self._engine.create_execution_context()
        if self._context is None:
            raise EngineError(f"the engine does not start: {self._log.told}")

    def hold(self, generator: Generator) -> None:
        """Take a portrait's weights in place of those held, where they lie: nothing is rebuilt.

        Raises:
            EngineError: they do not fit.
        """
        refitter = self._trt.Refitter(self._engine, self._log)
        parser = self._trt.OnnxParserRefitter(refitter, self._log)
        if not parser.refit_from_bytes(to_onnx(generator)):
            faults = "; ".join(str(parser.get_error(n)) for n in range(parser.num_errors))
            raise EngineError(f"the engine does not take the portrait's weights: {faults}")
        if missing := refitter.get_missing_weights():
            raise EngineError(f"the engine wants weights that are not there: {missing[:3]}")
        if not refitter.refit_cuda_engine():
            raise EngineError(f"the engine does not take the portrait's weights: {self._log.told}")

    def __call__(self, moment: Moment) -> tuple[Tensor, ...]:
        """As `Generator.forward`, on the current stream."""
        answers = [torch.empty(shape, device="cuda") for shape in OUTPUTS.values()]
        given = [tensor.contiguous() for tensor in moment]
        for name, tensor in zip((*INPUTS, *OUTPUTS), (*given, *answers), strict=True):
            self._context.set_tensor_address(name, tensor.data_ptr())
        if not self._context.execute_async_v3(torch.cuda.current_stream().cuda_stream):
            raise EngineError(f"the engine does not run: {self._log.told}")
        return tuple(answers)
