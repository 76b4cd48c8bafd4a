"""Where a sitter's lips go: how far apart, how thick; closed is closed.

What lies between the lips and how full they are is what a visitor's mouth says most with. Both are
set exactly, after all other offsets: the inner lips get the gap they shall have, the outer ones
follow them with the sitter's own thickness, and the skin around gives way.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kiosk.face import (
    INNER_LOWER_LIP,
    INNER_UPPER_LIP,
    LOWER_LIP_RINGS,
    MESH,
    NOSE_BASE,
    OUTER_LOWER_LIP,
    OUTER_UPPER_LIP,
    UPPER_LIP_RINGS,
    WHOLE_LIPS,
)
from kiosk.motion.target import soft_limit

Points = NDArray[np.float64]

_INNER = np.array([INNER_UPPER_LIP[1:-1], INNER_LOWER_LIP[1:-1]])  # (2, 9): upper, lower
_OUTER = np.array([OUTER_UPPER_LIP[1:-1], OUTER_LOWER_LIP[1:-1]])
PAIRS = _INNER.shape[1]  # of points along the lips, corners left out
_BETWEEN = np.array([UPPER_LIP_RINGS, LOWER_LIP_RINGS])  # (2, 2, 9)
_FROM_CORNERS = np.sin(np.pi * np.arange(1, PAIRS + 1) / (PAIRS + 1))  # 1 in the middle
_AWAY = np.array([[-1.0], [1.0]])  # the upper lip's outside is up

PAINTED_OPEN = 0.03  # io; lips farther apart than this are painted parted, and may be closed
# lips part once their gap has grown by the first and have met again below the second, io
PART_AT, MEET_AT = 0.010, 0.004
WIDEST_GAP = 0.53  # io
NEAREST = 0.5  # of the way from the resting upper lip to the nose; it never goes farther
FULLNESS = (0.75, 1.5)  # a lip's thickness, of its own at rest
THINNEST = 0.02  # io: what a thickness is at least taken for
GIVES_WAY = 0.12  # io: how far the skin around follows
NOSE_FADES = 0.05  # io: from so far below the nose upward it follows less and less


@dataclass(frozen=True, slots=True, eq=False)
class LipShape:
    """What a face's lips do, relative to its own rest."""

    gaps: Points  # (9,) how much farther the inner lips are apart, io
    fullness: Points  # (2, 9) thickness of upper and lower lip, 1 at rest


def lip_shape(shape: Points, rest: Points) -> LipShape:
    """Compare pose-free faces (468 or 478, 3), io."""
    thick, at_rest = (np.maximum(_thickness(face), THINNEST) for face in (shape, rest))
    return LipShape(
        gaps=lip_gaps(shape) - np.maximum(lip_gaps(rest), 0.0), fullness=thick / at_rest
    )


def lip_gaps(shape: Points) -> Points:
    """How far the inner lips are apart, pair by pair, less the corners: (9,)."""
    upper, lower = shape[_INNER, 1]
    return np.asarray(lower - upper)


def _thickness(shape: Points) -> Points:
    return np.asarray((shape[_OUTER, 1] - shape[_INNER, 1]) * _AWAY)


class Lips:
    """One sitter's lips; remembers only whether they touch.

    Args:
        still: (478, 3) the sitter's neutral face, pose-free, io.
        parting: of the gap; painted lips are seen to part less than they do.
    """

    def __init__(self, still: Points, parting: float = 1.0) -> None:
        self._parting = parting
        gaps = lip_gaps(still)
        closable = parting > 0 and bool(np.median(gaps) > PAINTED_OPEN)
        self._floor = -np.maximum(gaps, 0.0) / parting if closable else np.zeros(len(gaps))
        self._thickness = np.maximum(_thickness(still), 0.0)
        reach = (still[_BETWEEN, 1] - still[_INNER[:, None], 1]) * _AWAY
        self._share = np.clip(reach / np.maximum(self._thickness, 1e-3)[:, None], 0.0, 1.0)
        self._around = _falloff(still)
        self._below_nose = float(still[_OUTER[0, PAIRS // 2], 1] - still[NOSE_BASE, 1])
        self.reset()

    def reset(self) -> None:
        """Another face begins."""
        self._gaps = np.zeros(PAIRS)

    def place(self, offsets: Points, wanted: LipShape) -> None:
        """Set the lips' offsets (468, 3), io, in place."""
        self._part(offsets, wanted.gaps)
        full = np.clip(wanted.fullness, *FULLNESS)
        self._spare_nose(offsets, full)
        outer = offsets[_INNER, 1] + _AWAY * self._thickness * (full - 1)
        moved = outer - offsets[_OUTER, 1]
        offsets[:, 1] += self._around @ moved.ravel()
        offsets[_OUTER, 1] = outer
        inner = offsets[_INNER, 1][:, None]
        offsets[_BETWEEN, 1] = inner + self._share * (outer[:, None] - inner)

    def _part(self, offsets: Points, gaps: Points) -> None:
        """Give the inner lips exactly the gap they shall have, in place."""
        self._gaps = np.clip(self._gaps, gaps - PART_AT, gaps - MEET_AT)
        self._gaps = np.maximum(self._gaps, self._floor)
        opening = soft_limit(self._parting * self._gaps, WIDEST_GAP)[:, None]
        upper, lower = _INNER
        middle = (offsets[upper] + offsets[lower]) / 2
        half = (offsets[lower] - offsets[upper]) / 2 * np.clip(np.abs(opening) / 0.03, 0, 1)
        half[:, 1:2] = opening / 2
        offsets[upper], offsets[lower] = middle - half, middle + half

    def _spare_nose(self, offsets: Points, full: Points) -> None:
        """Let the upper lip come near the nose ever more reluctantly, in place; the gap stays.

        Half of a gap goes upward, and painted lips part more widely than a visitor's: teeth right
        below the nose are a grimace.
        """
        middle = PAIRS // 2
        thicker = self._thickness[0, middle] * (full[0, middle] - 1)
        rise = float(offsets[NOSE_BASE, 1] - offsets[_INNER[0, middle], 1] + thicker)
        too_far = max(0.0, rise - float(soft_limit(rise, NEAREST * self._below_nose)))
        offsets[_INNER, 1] += too_far * _FROM_CORNERS


def _falloff(still: Points) -> Points:
    """How the skin follows the lips' outer rim: (468, 18); lips and nose do not."""
    rim = still[_OUTER.ravel(), :2]
    distance = np.linalg.norm(still[:MESH, None, :2] - rim, axis=2)
    near = np.exp(-((distance / GIVES_WAY) ** 2))
    follows = near / np.maximum(near.sum(1, keepdims=True), 1.0)
    follows[list(WHOLE_LIPS)] = 0.0
    below_nose = still[:MESH, 1] - still[NOSE_BASE, 1]
    follows *= np.clip(below_nose / NOSE_FADES, 0.0, 1.0)[:, None]
    return np.asarray(follows)
