"""Engines of plain PyTorch: the yardstick, and CUDA with a captured graph."""

import copy
import weakref
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from kiosk.face import LANDMARKS
from kiosk.generator.engine import Maps
from kiosk.model.generator import Generator, Moment
from kiosk.model.spec import MASKS, RESOLUTION, WORKING, draw_masks
from kiosk.rig.rig import Drawing


class PlainEngine:
    """The module as it is, float32 on the CPU: what every other engine must agree with."""

    name = "plain"

    def __init__(self, generator: Generator) -> None:
        self._generator = generator.eval()

    @torch.inference_mode()
    def infer(self, drawing: Drawing) -> Maps:
        """Run the network; see `Engine.infer`."""
        return Maps(*(x.numpy() for x in _maps_of(*self._generator(to_moment(drawing)))))


def half_precision(generator: Generator) -> Generator:
    """A copy on the GPU: half precision where it is harmless, channels last."""
    half = copy.deepcopy(generator).eval().cuda().lower(torch.float16)
    return half.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


class GraphEngine:
    """A network on the GPU, replayed as one captured graph.

    The graph holds the copies to the GPU and back, too, from and to pinned memory, and all changes
    of order: one call does everything.

    Args:
        name: of the engine.
        network: as `Generator.forward`, on the GPU.
    """

    def __init__(self, name: str, network: Callable[[Moment], tuple[Tensor, ...]]) -> None:
        self.name = name
        self._network = network
        self._given = [torch.zeros(*shape).pin_memory() for shape in _GIVEN]
        self._answered = [torch.zeros(*shape).pin_memory() for shape in _ANSWERED]
        self._stream = _streams().take()
        weakref.finalize(self, _streams().give, self._stream)
        self._stream.wait_stream(torch.cuda.current_stream())  # where weights are still converted
        with torch.inference_mode(), torch.cuda.stream(self._stream):
            for _ in range(3):  # the first passes choose kernels
                self._forward()
        self._graph = torch.cuda.CUDAGraph()
        with torch.inference_mode(), torch.cuda.graph(self._graph, stream=self._stream):
            self._forward()

    def infer(self, drawing: Drawing) -> Maps:
        """Run the network; see `Engine.infer`."""
        for held, given in zip(self._given, _arrays(drawing), strict=True):
            held.copy_(torch.from_numpy(given))
        self.replay()
        return Maps(*(x.numpy().copy() for x in self._answered))

    def replay(self) -> None:
        """Answer to what was given last; back when the answer is there."""
        with torch.cuda.stream(self._stream):
            self._graph.replay()
        self._stream.synchronize()

    def _forward(self) -> None:
        there = (x.to("cuda", non_blocking=True) for x in self._given)
        maps = _maps_of(*self._network(_moment_of(*there)))
        for here, answer in zip(self._answered, maps, strict=True):
            here.copy_(answer, non_blocking=True)


class _Streams:
    """Streams that are used again when their engine is gone.

    PyTorch keeps a workspace, 35 MB on an H100, for every stream that has ever run a network, and
    deals out 32 streams in turn.
    """

    def __init__(self) -> None:
        self._free: list[torch.cuda.Stream] = []

    def take(self) -> torch.cuda.Stream:
        """One that no engine uses."""
        try:
            return self._free.pop()
        except IndexError:
            return torch.cuda.Stream()

    def give(self, stream: torch.cuda.Stream) -> None:
        """An engine is gone."""
        self._free.append(stream)


@cache
def _streams() -> _Streams:
    return _Streams()


_R, _W = RESOLUTION, WORKING
_GIVEN = ((LANDMARKS, 3), (_R, _R, 2), (_R, _R), (_R, _R, 3), (_R, _R), (MASKS, _W, _W))
_ANSWERED = ((_R, _R, 3), (_R, _R), (_R, _R))


def to_moment(drawing: Drawing) -> Moment:
    """A rig's drawing as tensors, a batch of one."""
    return _moment_of(*(torch.from_numpy(x) for x in _arrays(drawing)))


def _arrays(drawing: Drawing) -> tuple[NDArray[Any], ...]:
    """What a network is given of a drawing, in the order of `_GIVEN`; masks in bytes."""
    masks = draw_masks(drawing.landmarks)
    maps = drawing.flow, drawing.light, drawing.paint, drawing.cover
    return drawing.landmarks, *maps, masks


def _moment_of(
    landmarks: Tensor, flow: Tensor, light: Tensor, paint: Tensor, cover: Tensor, masks: Tensor
) -> Moment:
    drawn = torch.cat([paint, cover[..., None]], -1)
    return Moment(
        landmarks=landmarks[None],
        flow=flow.permute(2, 0, 1)[None],
        light=light[None, None],
        drawn=drawn.permute(2, 0, 1)[None],
        masks=masks[None].float() / 255,
    )


def _maps_of(paint: Tensor, cover: Tensor, light: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """What a network answers, (R, R, 3), (R, R), (R, R)."""
    return paint[0].permute(1, 2, 0).contiguous(), cover[0, 0], light[0, 0]
