"""The generator stage: a portrait's motion comes in, the layers to compose go out."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.errors import EngineError
from kiosk.generator.engine import Engine
from kiosk.generator.kernels import lay_under
from kiosk.generator.memory import try_with_room
from kiosk.messages import Layers, PortraitMotion
from kiosk.model.spec import RESOLUTION
from kiosk.rig.rig import Rig


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """All that makes one portrait's layers."""

    portrait_id: str
    rig: Rig
    engine: Engine


class GeneratorStage:
    """Draws a motion, runs one engine on it, and lays the network's paint over the rig's.

    Args:
        wanted: the portrait that hangs, or none while it is not ready; asked for each motion.
        give_up: told the engine's name when it breaks down, before that is raised.
    """

    def __init__(
        self,
        wanted: Callable[[], Portrait | None],
        give_up: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._wanted, self._give_up = wanted, give_up

    def __call__(self, message: PortraitMotion | None, /) -> Layers | None:
        """The layers for a motion; none when nothing came, or one of another portrait.

        Raises:
            EngineError: the engine broke down: its GPU is gone, or out of memory.
        """
        portrait = self._wanted()
        if message is None or portrait is None or message.portrait_id != portrait.portrait_id:
            return None
        drawing = portrait.rig.draw(message.motion, RESOLUTION)
        engine = portrait.engine
        try:
            maps = try_with_room(lambda: engine.infer(drawing))
        except (RuntimeError, EngineError) as error:  # PyTorch's, of any device
            self._give_up(engine.name)
            raise EngineError(f"engine {engine.name} broke down: {error}") from error
        lay_under(maps.paint, maps.cover, drawing.paint, drawing.cover)
        return Layers(
            portrait_id=message.portrait_id,
            flow=drawing.flow,
            light=drawing.light + maps.light,
            paint=maps.paint,
            cover=maps.cover,
            captured_at=message.captured_at,
            view=message.view,
        )

    def close(self) -> None:
        """Nothing to give back: engines are the road's."""
