"""How a mouth speaks what is heard.

In goes a recorded voice in any language, out come four weights for each picture, and from those the
offsets of the mean face, ready for `gesture_of_offsets`. The small network between was fitted by
`kiosk.training.learn_speech` to sentences spoken by a machine; it holds nobody's voice.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from kiosk.face import (
    INNER_LOWER_LIP,
    INNER_UPPER_LIP,
    LOWER_LIP,
    MESH,
    OUTER_LOWER_LIP,
    OUTER_UPPER_LIP,
    UPPER_LIP,
)
from kiosk.messages import Floats
from kiosk.motion.face_model import DATA, load_face_model
from kiosk.motion.hearing import MOMENTS_HZ, hear, in_context
from kiosk.motion.parts import part_weights
from kiosk.motion.typical import typical_expressions
from kiosk.rig.easing import smoothstep

Points = NDArray[np.float64]

WEIGHTS = ("open", "round", "wide", "pressed")  # the columns of a speaking mouth
SMOOTH_S = 0.016  # what is faster, no lip does
BOLDER = 1.2  # least squares are timid: so much wider the mouth opens than they say
MEETS_FROM, MEETS_AT = 0.25, 0.55  # of pressed: lips come together, and have met
SHUT_BELOW, FREE_ABOVE = 0.02, 0.06  # of open: what is less is no opening
# of an open mouth and of a smile, x, y, z: what lips do that speak and do not laugh
OPENED, SPREAD = np.array([0.3, 1.0, 1.0]), np.array([1.0, 0.3, 0.5])
THINNER = 0.22  # of a lip's height, pressed upon the other


@dataclass(frozen=True, slots=True, eq=False)
class Ear:
    """The fitted network: from what is heard around a moment to a mouth."""

    mean: Points  # (F,) of what is heard
    spread: Points  # (F,)
    layers: tuple[tuple[Points, Points], ...]  # weights (in, out) and bias (out,)

    def __call__(self, context: Floats) -> Points:
        """What is heard in context (M, F) to open, round, wide, pressed: (M, 4), 0 to 1."""
        signal = (context - self.mean) / self.spread
        for weights, bias in self.layers[:-1]:
            signal = np.tanh(signal @ weights + bias)
        weights, bias = self.layers[-1]
        return np.asarray(np.clip(signal @ weights + bias, 0.0, 1.0))


@lru_cache(maxsize=1)
def load_ear(path: Path = DATA / "speech.npz") -> Ear:
    """The network that comes with the project."""
    with np.load(path) as stored:
        numbers = {name: stored[name].astype(np.float64) for name in stored.files}
    depth = (len(numbers) - 2) // 2
    layers = tuple((numbers[f"weights{i}"], numbers[f"bias{i}"]) for i in range(depth))
    return Ear(numbers["mean"], numbers["spread"], layers)


def mouth_of(sound: Floats, rate: int, *, fps: float = 30.0) -> Points:
    """How a mouth speaks a sound: (T, 4) open, round, wide, pressed, 0 to 1; 0 is at rest, shut.

    Picture i is the one at i / fps seconds; there are as many as begin before the sound ends.

    Args:
        sound: (N,) mono, of any loudness.
        rate: samples a second.
        fps: pictures a second.
    """
    pictures = int(np.ceil(len(sound) / rate * fps))
    if not pictures:
        return np.zeros((0, len(WEIGHTS)))
    mouth = gaussian_filter1d(
        _settled(load_ear()(in_context(hear(sound, rate)))), SMOOTH_S * MOMENTS_HZ, axis=0
    )
    at = np.arange(pictures) / fps * MOMENTS_HZ
    moments = np.arange(len(mouth))
    return np.stack([np.interp(at, moments, column) for column in mouth.T], axis=1)


def offsets_of(mouth: Points) -> Floats:
    """The mean face speaking: (T, 468, 3) offsets in io, from weights (T, 4)."""
    return np.tensordot(mouth, _shapes(), axes=1).astype(np.float32)


def _settled(mouth: Points) -> Points:
    """Lips that nearly meet do meet; lips that hardly part stay shut."""
    opened, *shape, pressed = mouth.T
    meets = smoothstep((pressed - MEETS_FROM) / (MEETS_AT - MEETS_FROM))
    parts = smoothstep((opened - SHUT_BELOW) / (FREE_ABOVE - SHUT_BELOW))
    speaks = np.maximum(parts, meets)
    return np.stack(
        [BOLDER * opened * parts * (1 - meets), *(speaks * weight for weight in shape), meets], 1
    )


@lru_cache(maxsize=1)
def _shapes() -> Points:
    """What each weight does to the mean face: (4, 468, 3) io."""
    mean, typical = load_face_model().mean, typical_expressions()
    opened = typical["open"] * OPENED
    # the round mouth of the expressions is an open one; here the lips are to part by `open` alone
    parted = typical["round"][[UPPER_LIP, LOWER_LIP], 1] @ [-1, 1]
    pursed = typical["round"] - parted / (opened[[UPPER_LIP, LOWER_LIP], 1] @ [-1, 1]) * opened
    spread = typical["smile"] * SPREAD
    pressed = np.zeros((MESH, 3))
    for inner, outer in (
        (INNER_UPPER_LIP, OUTER_UPPER_LIP),
        (INNER_LOWER_LIP, OUTER_LOWER_LIP),
    ):
        flesh = mean[list(inner), 1] - mean[list(outer), 1]
        pressed[list(outer), 1] = THINNER * flesh
    lower = part_weights().lower[:, None]
    return np.stack([lower * shape for shape in (opened, pursed, spread, pressed)])
