"""The generator stage: a portrait's motion comes in, the layers to compose go out."""

from kiosk.generator.engine import Engine
from kiosk.messages import Layers, PortraitMotion


class GeneratorStage:
    """Runs one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __call__(self, motion: PortraitMotion | None, /) -> Layers | None:
        """The layers for a motion; none when nothing came."""
        if motion is None:
            return None
        maps = self._engine.infer(motion.landmarks)
        return Layers(
            portrait_id=motion.portrait_id,
            flow=maps.flow,
            paint=maps.paint,
            cover=maps.cover,
            captured_at=motion.captured_at,
        )

    def close(self) -> None:
        """Nothing to give back: the engine dies with its stage."""
