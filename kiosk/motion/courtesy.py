"""What a portrait does by itself when somebody comes or goes: it looks at them, and smiles.

In goes what it does alone, out comes the same with a smile. Where it looks is idling's `glance`.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kiosk.messages import Face, Motion
from kiosk.motion.retarget import Retarget, gesture_of_offsets
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import MotionTarget
from kiosk.motion.typical import typical_expressions
from kiosk.rig.easing import smootherstep

RISE_S = 0.7  # in which a smile comes
SPEAKING = 0.55  # of the smile, for lips that speak
PARTING = 0.5  # of the smile, for whoever leaves
RAISED = 0.25  # of raised brows, with a smile

Points = NDArray[np.float64]


class Courtesy:
    """One sitter's greeting and parting.

    Args:
        target: the sitter.
        smile: how much of a full one, 0 to 1.
    """

    def __init__(self, target: MotionTarget, smile: float) -> None:
        typical = typical_expressions()
        offsets = smile * (typical["smile"] + RAISED * typical["brows"])
        retarget = Retarget(target, MotionSettings())
        self._smile = retarget(gesture_of_offsets(offsets)).expression

    def greet(self, alone: Motion, elapsed_s: float, *, speaks: bool = False) -> Motion:
        """A smile that comes; a smaller one while it speaks."""
        amount = SPEAKING if speaks else 1.0
        return self._smiling(alone, amount * float(smootherstep(elapsed_s / RISE_S)))

    def part(self, alone: Motion, share: float) -> Motion:
        """A smaller one that goes; ``share`` of the time that it takes."""
        return self._smiling(alone, PARTING * (1.0 - float(smootherstep(share))))

    def _smiling(self, alone: Motion, amount: float) -> Motion:
        return replace(alone, expression=alone.expression + np.float32(amount) * self._smile)


def place_of(face: Face, frame_size: tuple[int, int]) -> Points:
    """Where a face is in the frame: (2,), -1 to 1 across and down."""
    middle = (face.landmarks[:, :2].min(0) + face.landmarks[:, :2].max(0)) / 2
    return np.asarray(2.0 * middle / np.array(frame_size, np.float64) - 1.0)
