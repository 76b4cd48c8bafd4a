"""The engine for a CPU: the convolutions traced and frozen, the ends of the network in numba."""

import copy

import torch
from torch import Tensor

from kiosk.generator.eager import channels_last
from kiosk.generator.engine import Maps
from kiosk.generator.kernels import Textures, finish, look, relight
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
        module = _Heads(generator).eval().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        given = torch.zeros(1, GIVEN, WORKING, WORKING).to(memory_format=torch.channels_last)
        example = torch.zeros(INPUTS["landmarks"]), given
        with torch.inference_mode():
            # torch's own check costs half a second; each engine is compared before it is used
            traced = torch.jit.trace(module, example, check_trace=False)
            self._run = torch.jit.freeze(traced)
            for _ in range(3):  # the first passes optimise
                self._run(*example)

    def infer(self, drawing: Drawing) -> Maps:
        """Run the network; see `Engine.infer`."""
        given = look(drawing, self._textures)
        inputs = torch.from_numpy(drawing.landmarks), torch.from_numpy(given).permute(2, 0, 1)
        with torch.inference_mode():
            heads, light = self._run(*(x[None] for x in inputs))
        paint, cover = finish(channels_last(heads), given, window=self._window)
        return Maps(paint, cover, relight(light[0, 0].numpy(), drawing.flow, self._textures))


class _Heads(torch.nn.Module):
    """`Generator.draw_heads` as a forward pass, for tracing."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, landmarks: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
        return self.generator.draw_heads(landmarks, given)
