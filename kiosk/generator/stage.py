"""The generator stage: a portrait's motion comes in, the layers to compose go out."""

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
    """

    def __init__(self, rig: Rig, engine: Engine) -> None:
        self._rig, self._engine = rig, engine

    def __call__(self, message: PortraitMotion | None, /) -> Layers | None:
        """The layers for a motion; none when nothing came."""
        if message is None:
            return None
        drawing = self._rig.draw(message.motion, RESOLUTION)
        maps = self._engine.infer(drawing)
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
