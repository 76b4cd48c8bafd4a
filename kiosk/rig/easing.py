"""Ways from 0 to 1 that begin and end at rest (Perlin 1985 and 2002)."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def smoothstep(part: Points | float) -> Points:
    """0 below 0, 1 above 1, between them with no speed at the ends."""
    part = np.clip(part, 0, 1)
    return np.asarray(part * part * (3 - 2 * part))


def smootherstep(part: Points | float) -> Points:
    """The same with no speed and no acceleration at the ends."""
    part = np.clip(part, 0, 1)
    return np.asarray(part * part * part * (part * (6 * part - 15) + 10))
