"""Four moments that tell most of a portrait: what a curator is shown, before, during and after.

In goes the sitter, out come motions within what the portrait allows.
"""

from dataclasses import replace

import numpy as np

from kiosk.messages import Floats, Motion
from kiosk.motion.bank import load_bank
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.target import MotionTarget, hold_still
from kiosk.rig.landmarks import no_motion

EDGE = 0.7  # of the way to each limit of the head's turn
ASIDE = 0.12  # eye widths
TELLING = ("turned one way", "turned the other way, with a glance", "eyes shut", "mouth open")


def telling_motions(target: MotionTarget) -> list[Motion]:
    """One for each of `TELLING`."""
    spoken = Rehearsal(load_bank(), target).draw_open_mouth(np.random.default_rng(0))
    left, right = (np.radians(EDGE * limit) for limit in target.limits.yaw_deg)

    def turned(yaw: float) -> Floats:
        return np.array([0.0, -yaw, 0.0], np.float32)

    aside = np.array([[ASIDE, 0.0], [ASIDE, 0.0]], np.float32)
    motions = [
        replace(no_motion(), rotation=turned(left)),
        replace(no_motion(), rotation=turned(right), gaze=aside),
        replace(no_motion(), closure=np.ones(2, np.float32)),
        replace(spoken, rotation=np.zeros(3, np.float32)),
    ]
    return [hold_still(motion, target.gains) for motion in motions]
