"""The engine for a CPU: the convolutions traced, the ends of the network in numba."""

import copy
from collections.abc import Callable, Iterator
from functools import cache

import torch
from torch import Tensor

from kiosk.generator.engine import Maps
from kiosk.generator.kernels import Textures, channels_last, finish, look, relight
from kiosk.model.generator import Generator
from kiosk.model.spec import GIVEN, INPUTS, WORKING
from kiosk.rig.rig import Drawing


class CpuEngine:
    """Python is out of the way, and what need not be copied is not.

    Args:
        generator: the portrait's.
        threads: for the network; tracking and display want cores, too.
        low: let what is learnt compute in bfloat16.
    """

    def __init__(self, generator: Generator, *, threads: int, low: bool = False) -> None:
        torch.set_num_threads(threads)
        self.name = "cpu-bfloat16" if low else "cpu"
        self._textures = Textures.of(generator)
        self._window = generator.window[0, 0].numpy()
        if low:
            generator = copy.deepcopy(generator).lower(torch.bfloat16)
        self._weights = _weights(_Heads(generator))
        self._run = trace_heads(low)

    def infer(self, drawing: Drawing) -> Maps:
        """Run the network; see `Engine.infer`."""
        given = look(drawing, self._textures)
        inputs = torch.from_numpy(drawing.landmarks), torch.from_numpy(given).permute(2, 0, 1)
        with torch.inference_mode():
            heads, light = self._run(self._weights, *(x[None] for x in inputs))
        paint, cover = finish(channels_last(heads), given, window=self._window)
        return Maps(paint, cover, relight(light[0, 0].numpy(), drawing.flow, self._textures))


@cache  # whatever is traced, PyTorch keeps for ever: all portraits share one
def trace_heads(low: bool) -> Callable[..., tuple[Tensor, Tensor]]:
    """The network as a function of its weights, landmarks and what it is given.

    Args:
        low: for weights of which those learnt are bfloat16.
    """
    generator = Generator().lower(torch.bfloat16) if low else Generator()
    heads = _Heads(generator).eval()
    names = [name for name, _ in _named(heads)]

    def run(weights: list[Tensor], landmarks: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        for name, weight in zip(names, weights, strict=True):
            owner, _, last = name.rpartition(".")
            delattr(heads.get_submodule(owner), last)
            setattr(heads.get_submodule(owner), last, weight)  # no parameter, but what is given
        return heads(landmarks, given)

    given = torch.zeros(1, GIVEN, WORKING, WORKING).to(memory_format=torch.channels_last)
    example = _weights(heads), torch.zeros(INPUTS["landmarks"]), given
    with torch.inference_mode():
        # torch's own check costs half a second; each engine is compared before it is used
        traced = torch.jit.trace(run, example, check_trace=False)
        for _ in range(3):  # the first passes optimise
            traced(*example)
    return traced


class _Heads(torch.nn.Module):
    """`Generator.draw_heads` as a forward pass, for tracing."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, landmarks: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        return self.generator.draw_heads(landmarks, given)


def _named(heads: _Heads) -> Iterator[tuple[str, Tensor]]:
    yield from heads.named_parameters()
    yield from heads.named_buffers()


def _weights(heads: _Heads) -> list[Tensor]:
    """All tensors that a portrait's network is made of, laid out as convolutions like them."""
    return [
        each.detach().to(memory_format=torch.channels_last) if each.ndim == 4 else each.detach()
        for _, each in _named(heads)
    ]
