"""Engines of plain PyTorch: the yardstick, and CUDA with a captured graph."""

import copy

import numpy as np
import torch
from torch import Tensor

from kiosk.generator.engine import Maps
from kiosk.messages import Floats
from kiosk.model.generator import Generator, Moment
from kiosk.model.spec import INPUTS, draw_masks
from kiosk.rig.rig import Drawing


class PlainEngine:
    """The module as it is, float32 on the CPU: what every other engine must agree with."""

    name = "plain"

    def __init__(self, generator: Generator) -> None:
        self._generator = generator.eval()

    @torch.inference_mode()
    def infer(self, drawing: Drawing) -> Maps:
        """Run the network; see `Engine.infer`."""
        return _to_maps(*self._generator(to_moment(drawing)))


class CudaEngine:
    """Half precision where it is harmless, channels last, replayed as one captured graph."""

    name = "cuda"

    @staticmethod
    def available() -> bool:
        """Whether there is a CUDA device."""
        return torch.cuda.is_available()

    def __init__(self, generator: Generator) -> None:
        self._module = copy.deepcopy(generator).eval().cuda()
        self._inputs = [torch.zeros(shape, device="cuda") for shape in INPUTS.values()]
        self._stream = torch.cuda.Stream()
        with torch.inference_mode(), torch.cuda.stream(self._stream):
            for _ in range(3):
                self._forward()
        self._graph = torch.cuda.CUDAGraph()
        with torch.inference_mode(), torch.cuda.graph(self._graph, stream=self._stream):
            self._outputs = self._forward()

    def infer(self, drawing: Drawing) -> Maps:
        """Run the network; see `Engine.infer`."""
        with torch.inference_mode(), torch.cuda.stream(self._stream):
            for held, given in zip(self._inputs, to_moment(drawing), strict=True):
                held.copy_(given, non_blocking=True)
            self._graph.replay()
            outputs = [x.to("cpu", non_blocking=True) for x in self._outputs]
            self._stream.synchronize()
        return _to_maps(*outputs)

    def _forward(self) -> list[Tensor]:
        with torch.autocast("cuda", torch.float16):
            return [x.float() for x in self._module(Moment(*self._inputs))]


def channels_last(x: Tensor) -> Floats:
    """(1, C, H, W) to (H, W, C), contiguous."""
    return np.ascontiguousarray(x[0].permute(1, 2, 0).numpy())


def to_moment(drawing: Drawing) -> Moment:
    """A rig's drawing as tensors, a batch of one."""
    masks = draw_masks(drawing.landmarks).astype(np.float32) / 255
    drawn = np.dstack([drawing.paint, drawing.cover])
    return Moment(
        landmarks=torch.from_numpy(drawing.landmarks)[None],
        flow=torch.from_numpy(drawing.flow).permute(2, 0, 1)[None],
        light=torch.from_numpy(drawing.light)[None, None],
        drawn=torch.from_numpy(drawn).permute(2, 0, 1)[None],
        masks=torch.from_numpy(masks)[None],
    )


def _to_maps(paint: Tensor, cover: Tensor, light: Tensor) -> Maps:
    return Maps(channels_last(paint), *(x[0, 0].contiguous().numpy() for x in (cover, light)))
