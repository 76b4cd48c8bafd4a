"""How much a second of a face's signs speaks for life, as log odds.

In go the signs of `flatness`, one row a frame; out comes one figure: positive if living faces show
such signs more often than pictures that hang, are held or are waved. What matters is how far mouth,
brows, lids and gaze move slowly, for muscles do, given how the whole is moved and how much the
tracker jitters, for these make a picture's landmarks move, too.
"""

import numpy as np

from kiosk.tracking.flatness import BROWS, GAZE, LIDS, MOUTH, PLACE, Points

FEATURES = 6  # mouth, brows, lids, gaze, the whole, jitter: logarithms
SLOW_S = 1 / 6  # what is quicker than this is jitter
# below these nothing is told apart from rounding; io, eye widths
_FLOOR = np.array([2e-4, 2e-4, 1e-3, 1e-3, 5e-4, 2e-4])
_WIDEST = 3.0  # standard deviations; what is further out counts no more
# a logistic regression with all products of two, each person and each picture weighing the same:
# nine people in clips, as filmed and walking as well; 24 paintings, photographs and stills of the
# same people hung, held and waved in the computer; faces 80 to 150 pixels wide, noise of 1.5 to 9
# of 255, JPEG; windows of .8 and 1 s. How well it tells them apart: docs/experience.md
_MEAN = np.array([-5.48, -5.57, -4.39, -4.35, -2.94, -5.50])
_SPREAD = np.array([0.98, 0.99, 1.08, 0.91, 1.82, 0.47])
_BIAS = 1.35
_ALONE = np.array([1.79, 1.53, 2.27, 0.33, -2.24, -1.10])
_TOGETHER = np.array(
    [
        [2.99, -1.37, -1.39, -0.70, -2.36, -0.28],
        [0.00, 1.17, -0.30, 0.12, -2.39, -0.00],
        [0.00, 0.00, 1.39, 0.48, 0.75, -0.58],
        [0.00, 0.00, 0.00, 0.32, -0.44, -0.19],
        [0.00, 0.00, 0.00, 0.00, 0.15, 0.61],
        [0.00, 0.00, 0.00, 0.00, 0.00, 0.25],
    ]
)


def measure_signs(signs: Points, span_s: float) -> Points:
    """How much each part moves slowly, and all of it quickly: logarithms, (FEATURES,).

    Args:
        signs: (N, SIGNS) of successive frames, N at least 8.
        span_s: seconds from the first to the last.
    """
    count = len(signs)
    width = int(np.clip(round(SLOW_S * (count - 1) / max(span_s, 1e-3)), 2, count // 2))
    total = np.cumsum(np.vstack([np.zeros(signs.shape[1]), signs]), axis=0)
    slow = (total[width:] - total[:-width]) / width
    spread = slow.std(axis=0)
    opening = slow[:, LIDS].mean(axis=1)
    jitter = np.median(np.abs(np.diff(signs[:, MOUTH], axis=0)), axis=0).mean()
    moved = [
        spread[MOUTH].mean(),
        spread[BROWS].mean(),
        opening.max() - opening.min(),
        spread[GAZE],
        np.sqrt((spread[PLACE] ** 2).sum()),
        jitter,
    ]
    return np.asarray(np.log(np.array(moved) + _FLOOR))


def weigh_signs(signs: Points, span_s: float) -> float:
    """The log odds that such signs are a living face's; see `measure_signs`."""
    apart = np.clip((measure_signs(signs, span_s) - _MEAN) / _SPREAD, -_WIDEST, _WIDEST)
    return float(_BIAS + _ALONE @ apart + apart @ _TOGETHER @ apart)
