"""The sitter that motion is made for, and the limits and gains of their portrait."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from kiosk.messages import Floats, Motion
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import angles_deg, fit_pose, rotation_of, rotation_vector

Points = NDArray[np.float64]

Side = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Limits:
    """Soft limits of the head's turn from the painted pose: degrees, (negative, positive)."""

    yaw_deg: Side = (-20.0, 20.0)  # + toward the right of the picture
    pitch_deg: Side = (-15.0, 12.0)  # + down
    roll_deg: Side = (-15.0, 15.0)  # + clockwise as seen


@dataclass(frozen=True, slots=True)
class Gains:
    """What a painting's weaker response is made up with; 1 as tuned."""

    expression: float = 1.0
    mouth: float = 1.15
    gaze: float = 1.0
    brows: float = 1.0
    closure: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class MotionTarget:
    """One portrait as the motion stage sees it."""

    portrait_id: str
    landmarks: Floats  # (478, 3) canvas coordinates
    limits: Limits = field(default_factory=Limits)
    gains: Gains = field(default_factory=Gains)


def hold_still(motion: Motion, gains: Gains) -> Motion:
    """The same without what a portrait never does: eyes with a gain of 0 stay as painted."""
    if gains.gaze == 0:
        motion = replace(motion, gaze=np.zeros((2, 2), np.float32))
    if gains.closure == 0:
        motion = replace(motion, closure=np.zeros(2, np.float32))
    return motion


def soft_limit(
    value: float | Points, limit: float | Points, knee: float = 0.5
) -> NDArray[np.float64]:
    """Value up to ``knee * limit``, then bent so that it never passes the limit; slope is smooth.

    Args:
        value: any shape, any sign.
        limit: positive; the same for both signs.
        knee: where the bend begins, as a part of the limit.
    """
    bound = np.maximum(limit, 1e-9)
    size = np.abs(value)
    straight, room = knee * bound, (1.0 - knee) * bound
    bent = straight + room * np.tanh((size - straight) / room)
    return np.asarray(np.sign(value) * np.where(size <= straight, size, bent))


def limit_turn(turn_deg: Points, limits: Limits) -> Points:
    """Yaw, pitch, roll (3,) in degrees, kept softly within the limits together.

    Each limit was measured with the head turned that way alone; a head that is turned, bowed and
    tilted to all three at once breaks. So the three share one limit: the ellipsoid between them.
    """
    sides = (limits.yaw_deg, limits.pitch_deg, limits.roll_deg)
    bounds = [
        side[1] if angle > 0 else -side[0] for angle, side in zip(turn_deg, sides, strict=True)
    ]
    share = float(np.linalg.norm(turn_deg / np.maximum(bounds, 1e-9)))
    return np.asarray(turn_deg * (soft_limit(share, 1.0) / max(share, 1e-9)))


class Neck:
    """Turns one sitter's head about its own axes, wherever the painted head faces.

    A nod is a nod of the sitter's, also of one painted in three-quarter view: yaw, pitch and roll
    are added to the painted ones.

    Args:
        landmarks: (478, 3) of the painting.
        limits: of the turn.
    """

    def __init__(self, landmarks: Floats, limits: Limits) -> None:
        self._limits = limits
        self._painted = fit_pose(landmarks, load_face_model().mean).rotation
        self._painted_deg = angles_deg(self._painted)

    def turn(self, turn_deg: Points) -> Floats:
        """The rotation vector (3,) of `Motion` for yaw, pitch, roll from the painting, degrees."""
        turned = rotation_of(self._painted_deg + turn_deg)
        return rotation_vector(turned @ self._painted.T).astype(np.float32)

    def turn_within(self, turn_deg: Points) -> Floats:
        """The same, kept softly within the limits."""
        return self.turn(limit_turn(turn_deg, self._limits))
