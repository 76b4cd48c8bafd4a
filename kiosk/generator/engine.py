"""What an engine is: one portrait's network made ready to run on one kind of machine."""

from dataclasses import dataclass
from typing import Protocol

from kiosk.messages import Floats
from kiosk.rig.rig import Drawing


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """What a network answers: paint and cover of `Layers`, and what it adds to light."""

    paint: Floats  # (RESOLUTION, RESOLUTION, 3)
    cover: Floats  # (RESOLUTION, RESOLUTION)
    light: Floats  # (RESOLUTION, RESOLUTION)


class Engine(Protocol):
    """One compiled form of one portrait's network."""

    name: str

    def infer(self, drawing: Drawing) -> Maps:
        """Run the network on what the rig drew, at RESOLUTION."""
