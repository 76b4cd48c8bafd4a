"""How a picture is seen at one moment: shifted against burn-in, in the light of the hour.

Numbers only.

A picture that hangs for years would burn itself into the screen, so it moves by a pixel or two
within some minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kiosk.hours import held_at

STEP_S = 60.0  # between two shifts
ROUNDS = 17, 23  # steps until a shift across, and down, comes back


@dataclass(frozen=True, slots=True)
class View:
    """How the picture is seen now."""

    shift: tuple[int, int] = (0, 0)  # pixels right and down
    level: float = 1.0  # of light

    @property
    def plain(self) -> bool:
        """Whether the picture is seen as it is."""
        return self == View()


def shift_at(now: float, reach: int) -> tuple[int, int]:
    """The shift at one moment, pixels each way, ``reach`` at most."""
    step = int(now // STEP_S)
    across, down = (round(reach * np.sin(2 * np.pi * step / each)) for each in ROUNDS)
    return int(across), int(down)


def level_at(time_of_day: str, hours: Sequence[tuple[str, float]]) -> float:
    """The light at HH:MM: that of the last hour that has begun; last night's goes on."""
    return held_at(time_of_day, hours) if hours else 1.0
