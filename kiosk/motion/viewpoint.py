"""Where the visitor sees the portrait from: eased, never quick, and the middle for nobody.

In goes the leading face of each frame, out comes a place from which the display takes its parallax.
It moves like a mass on a damped spring, so neither the tracker's jitter nor another visitor's face
somewhere else makes it jump.
"""

import numpy as np

from kiosk.messages import Visitor
from kiosk.motion.courtesy import place_of

STIFFNESS = 4.0  # radians a second: of a small step nine tenths are done in a second
FASTEST = 0.8  # half frames a second
NEAR = 2 * FASTEST / STIFFNESS  # half frames
LONGEST_S = 0.1  # between two frames; after more of it no further way is gone


class Viewpoint:
    """One visitor's place, and the next one's after it."""

    def __init__(self) -> None:
        self._place, self._speed = np.zeros(2), np.zeros(2)
        self._at: float | None = None

    def watch(self, visitor: Visitor, now: float) -> tuple[float, float]:
        """The place for one frame: x right, y down, -1 to 1 across the frame.

        Args:
            visitor: the leading face, or none.
            now: monotonic seconds; a frame no newer than the last changes nothing.
        """
        passed = 0.0 if self._at is None else min(max(now - self._at, 0.0), LONGEST_S)
        face, self._at = visitor.face, now
        wanted = np.zeros(2) if face is None else place_of(face, visitor.frame_size).clip(-1, 1)
        way = wanted - self._place
        # a longer way pulls no more than one at whose end the damping holds it at FASTEST
        way *= NEAR / max(float(np.hypot(*way)), NEAR)
        self._speed += passed * STIFFNESS * (STIFFNESS * way - 2 * self._speed)
        self._place = self._place + passed * self._speed
        return float(self._place[0]), float(self._place[1])
