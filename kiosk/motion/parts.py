"""A face in parts, so that one face's expression fits another's measures.

A mouth moves in proportion to its own width and to the height of the face below the nose, a brow in
proportion to its height above the eye; the outline barely moves, for what MediaPipe reports there
is mostly the head's turn leaking in. Offsets are pose-free, in io, in the axes of the mean face.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from kiosk.face import CHIN, EYES, MESH, NOSE_BASE, NOSE_TIP, OVAL
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import Measures, measure

Points = NDArray[np.float64]

# a broad mouth's grin is not forced upon a narrow one: limits of the ratios sitter / visitor
WIDTH_RATIO = (0.75, 1.15)
HEIGHT_RATIO = (0.7, 1.3)


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """How far each landmark belongs to a part: (468,) each, 0 to 1."""

    lower: Points  # mouth, jaw, lower cheeks
    upper: Points  # brows and forehead
    free: Points  # what of an offset is kept; less at the outline


@dataclass(frozen=True, slots=True)
class Proportions:
    """The lengths that parts move in proportion to, io."""

    width: float  # of the resting mouth
    lower: float  # base of the nose to chin
    brow: float  # brow above eye


@lru_cache(maxsize=1)
def part_weights() -> Weights:
    """The parts of the mean face that comes with the project."""
    return weights_of(load_face_model().mean)


def weights_of(mean: Points) -> Weights:
    """Parts by their height in a mean face, fading into one another."""
    height = mean[:MESH, 1]
    lower = np.clip((height - (mean[NOSE_TIP, 1] - 0.10)) / 0.12, 0.0, 1.0)
    upper = np.clip((mean[EYES[0].outer, 1] - 0.02 - height) / 0.08, 0.0, 1.0)
    free = np.ones(MESH)
    oval = np.array(OVAL)
    # constants by trial: above the upper lip the outline is the skull's
    free[oval] = np.where(height[oval] < mean[NOSE_BASE, 1], 0.15, 0.8)
    return Weights(lower=lower, upper=upper, free=free)


def proportions_of(shape: Points, measures: Measures | None = None) -> Proportions:
    """The proportions of a resting pose-free face (478, 3)."""
    own = measure(shape) if measures is None else measures
    lower = float(np.linalg.norm(shape[CHIN] - shape[NOSE_BASE]))
    return Proportions(width=own.width, lower=lower, brow=float(own.brow.mean()))


def fit_parts(
    offsets: Points,
    source: Proportions,
    goal: Proportions,
    *,
    brow_gain: float = 1.0,
    weights: Weights | None = None,
) -> Points:
    """Offsets of one face scaled to another's proportions: (468, 3).

    Args:
        offsets: (468, 3) from neutral, of the face they were seen on.
        source: that face's proportions.
        goal: the proportions of the face that shall make them.
        brow_gain: multiplies the brows' rise and fall.
        weights: the face's parts, if not those of the project's mean face.
    """
    weights = part_weights() if weights is None else weights
    wide = float(np.clip(goal.width / source.width, *WIDTH_RATIO))
    tall = lower_ratio(source, goal)
    brow = float(np.clip(goal.brow / source.brow, *HEIGHT_RATIO)) * brow_gain
    fitted = offsets.copy()
    fitted[:, 0] *= (1 + weights.lower * (wide - 1)) * (1 - 0.3 * weights.upper)
    fitted[:, 1] *= (1 + weights.lower * (tall - 1)) * (1 + weights.upper * (brow - 1))
    return fitted


def lower_ratio(source: Proportions, goal: Proportions) -> float:
    """How much taller the goal's lower face is than the source's, within limits."""
    return float(np.clip(goal.lower / source.lower, *HEIGHT_RATIO))
