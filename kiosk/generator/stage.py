"""The generator stage: a portrait's motion comes in, the layers to compose go out."""

from collections.abc import Callable

from kiosk.errors import EngineError
from kiosk.generator.engine import Engine
from kiosk.generator.kernels import lay_under
from kiosk.messages import Layers, PortraitMotion
from kiosk.model.spec import RESOLUTION
from kiosk.rig.rig import Rig


class GeneratorStage:
    """Draws a motion, runs one engine on it, and lays the network's paint over the rig's.

    Args:
        rig: the portrait's.
        engine: its network.
        give_up: told the engine's name when it breaks down, before that is raised.
    """

    def __init__(
        self, rig: Rig, engine: Engine, give_up: Callable[[str], None] = lambda _: None
    ) -> None:
        self._rig, self._engine, self._give_up = rig, engine, give_up

    def __call__(self, message: PortraitMotion | None, /) -> Layers | None:
        """The layers for a motion; none when nothing came.

        Raises:
            EngineError: the engine broke down: its GPU is gone, or out of memory.
        """
        if message is None:
            return None
        drawing = self._rig.draw(message.motion, RESOLUTION)
        try:
            maps = self._engine.infer(drawing)
        except (RuntimeError, EngineError) as error:  # PyTorch's, of any device
            self._give_up(self._engine.name)
            raise EngineError(f"engine {self._engine.name} broke down: {error}") from error
        lay_under(maps.paint, maps.cover, drawing.paint, drawing.cover)
        return Layers(
            portrait_id=message.portrait_id,
            flow=drawing.flow,
            light=drawing.light + maps.light,
            paint=maps.paint,
            cover=maps.cover,
            captured_at=message.captured_at,
        )

    def close(self) -> None:
        """Nothing to give back: the engine dies with its stage."""
