"""Plain expressions: a smile, a frown, a dropped jaw, as the mean face makes them, found in clips.

In go offsets of several people, out come the columns that any expression is taken apart into.
Offline only.
"""

import numpy as np
from numpy.typing import NDArray

from kiosk.face import CHIN, EYES, LEFT_MOUTH, MESH, NOSE_BRIDGE, RIGHT_MOUTH
from kiosk.motion.face_model import ACROSS

Points = NDArray[np.float64]

SIDED = ("smile", "frown", "brow_up", "squeeze", "mouth_down", "sneer")
WHOLE = ("jaw", "pucker")
UPPER = ("frown", "brow_up", "squeeze")
NAMES = (*(f"{kind}_{side}" for kind in SIDED for side in ("left", "right")), *WHOLE)
# what one expression would borrow from another
APART = (("mouth_down", "jaw"), ("sneer", "smile"), ("pucker", "jaw"))
PEOPLE = 6  # those who show it most
SHARE = 30  # one frame in so many of each
_INNER_BROWS, _WINGS = ((107, 55, 66, 65), (336, 285, 296, 295)), ((129, 98), (358, 327))
_UPPER_LIPS = ((40, 39), (270, 269))
_MIDDLE_UPPER, _MIDDLE_LOWER = 0, 17
_SEAM = 0.03  # io; how softly upper and lower, left and right fade into one another


def find_columns(people: list[Points], mean: Points, mirror: NDArray[np.intp]) -> Points:
    """The expressions of `NAMES`: (K, 468, 3).

    Args:
        people: for each person offsets (T, 468, 3) of the mean face, io.
        mean: (478, 3) the mean face.
        mirror: (478,) the landmark on the other side.
    """
    lower = 1 / (1 + np.exp(-(mean[:MESH, 1] - mean[197, 1]) / _SEAM))
    left = 1 / (1 + np.exp((mean[:MESH, 0] - mean[NOSE_BRIDGE, 0]) / (2 * _SEAM)))
    plain = {}
    for kind in (*SIDED, *WHOLE):
        example = _strongest(people, kind)
        example = (example + example[mirror[:MESH]] * ACROSS) / 2
        plain[kind] = example * (1 - lower if kind in UPPER else lower)[:, None]
    for kind, other in APART:
        own, theirs = plain[kind][:, :2].ravel(), plain[other][:, :2].ravel()
        plain[kind] = plain[kind] - 0.9 * max(0.0, own @ theirs / (theirs @ theirs)) * plain[other]
    sided = [plain[kind] * part[:, None] for kind in SIDED for part in (left, 1 - left)]
    return np.array([*sided, *(plain[kind] for kind in WHOLE)])


def swapped() -> NDArray[np.intp]:
    """Which expression is which one's mirror image: (K,)."""
    other = {"left": "right", "right": "left"}
    turned = ["_".join(other.get(word, word) for word in name.split("_")) for name in NAMES]
    return np.array([NAMES.index(name) for name in turned])


def _strongest(people: list[Points], kind: str) -> Points:
    """What those who show an expression most do at its height: (468, 3)."""
    heights = []
    for offsets in people:
        strength = strength_of(offsets)[kind]
        top = np.argsort(-strength)[: max(2, len(strength) // SHARE)]
        heights.append((float(strength[top].mean()), offsets[top].mean(axis=0)))
    heights.sort(key=lambda each: -each[0])
    return np.asarray(np.mean([offsets for _, offsets in heights[:PEOPLE]], axis=0))


def strength_of(offsets: Points) -> dict[str, Points]:
    """How much each frame shows of each expression, io: (T,) each.

    Args:
        offsets: (T, 468, 3) of the mean face, x to the right, y down.
    """
    x, y = offsets[..., 0], offsets[..., 1]
    outward = (x[:, RIGHT_MOUTH] - x[:, LEFT_MOUTH]) / 2
    corners = (y[:, RIGHT_MOUTH] + y[:, LEFT_MOUTH]) / 2
    jaw = y[:, CHIN]
    inner = [_middle(y, brow) for brow in _INNER_BROWS]
    inward = (_middle(x, _INNER_BROWS[0]) - _middle(x, _INNER_BROWS[1])) / 2
    brows = np.mean([_middle(y, eye.brow) for eye in EYES], axis=0)
    lids = np.mean([_middle(y, eye.lower_fold[2:7]) for eye in EYES], axis=0)
    lifted = np.mean([_middle(y, each) for each in (*_WINGS, *_UPPER_LIPS)], axis=0)
    lips = (y[:, _MIDDLE_UPPER] + y[:, _MIDDLE_LOWER]) / 2
    return {
        "smile": outward - corners,
        "frown": inward + 0.7 * np.mean(inner, axis=0),
        "brow_up": -brows,
        "squeeze": 0.5 * brows - lids,
        "mouth_down": corners - 0.7 * lips,
        "sneer": -lifted - 0.5 * outward,
        "jaw": jaw,
        "pucker": -outward - 0.3 * jaw,
    }


def _middle(values: Points, where: tuple[int, ...]) -> Points:
    return np.asarray(values[:, list(where)].mean(axis=1))
