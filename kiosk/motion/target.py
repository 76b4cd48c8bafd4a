"""The sitter that motion is made for, and the limits and gains of their portrait."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kiosk.messages import Floats

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


def limit_turn(rotation: NDArray[np.floating], limits: Limits) -> Points:
    """A rotation vector (3,) kept softly within the limits of each angle and side."""
    sides = (limits.pitch_deg, limits.yaw_deg, limits.roll_deg)
    signs = np.array([1.0, -1.0, 1.0])  # + yaw is - about y
    angles = np.degrees(rotation.astype(np.float64)) * signs
    bounds = np.array([side[1] if angle > 0 else -side[0] for angle, side in zip(angles, sides)])
    return np.radians(soft_limit(angles, bounds)) * signs
