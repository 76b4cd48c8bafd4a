"""Whether a face lives as its visitor does: shut eyes, a kept likeness, a calm one.

In go landmarks, or numbers read off them, frame by frame; out come plain figures. Nothing here
opens a clip or knows how the pictures were made; NaN stands for a frame in which no face was seen.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.face import CHIN, FOREHEAD, NOSE_BASE, NOSE_BRIDGE, NOSE_TIP
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import fit_pose, free_of_pose

Points = NDArray[np.float64]
Landmarks = NDArray[np.floating[Any]]

SHUT = 0.35  # an eye opened by less, of its own resting opening, is shut
AWAKE = 0.75  # and by more is open
# what bone holds: the corners of the eyes, the nose, cheekbones, temples, hairline
BONES = (
    (33, 263), (133, 362), (33, 133), (263, 362), (NOSE_BRIDGE, NOSE_BASE), (NOSE_BRIDGE, NOSE_TIP),
    (234, 454), (127, 356), (FOREHEAD, NOSE_BASE), (33, NOSE_BASE), (263, NOSE_BASE),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Blinks:
    """How far the portrait's eyes shut while the visitor's are; shares of its own resting eye."""

    blinks: int  # of the visitor, that were seen in both faces
    frames: int  # in which the visitor's eyes were shut
    mean: float | None  # of those frames; None when the visitor never blinked
    worst: float | None  # of those frames
    deepest: float | None  # the least complete blink, where it is shut most


@dataclass(frozen=True, slots=True)
class Movement:
    """How far landmarks stray from their own mean, rms, in percent of the face's height."""

    worst_pct: float  # the landmark that moves most
    typical_pct: float  # all landmarks together
    worst_landmark: int


def compare_blinks(visitor: Points, portrait: Points, *, neutral: float, lag: int) -> Blinks:
    """Compare the opening of the eyes, both as the same tracker sees them.

    Args:
        visitor: (T,) opening, any unit; its median is taken for this visitor's resting one.
        portrait: (T,) opening of the portrait's, any unit.
        neutral: the portrait's opening while it rests, in the unit of `portrait`.
        lag: frames by which the portrait is late.
    """
    length = max(min(len(visitor), len(portrait)) - abs(lag), 0)
    first = visitor[max(-lag, 0) :][:length]
    second = portrait[max(lag, 0) :][:length] / neutral
    rest = np.nanmedian(visitor) if np.isfinite(visitor).any() else np.nan
    shut = (first < SHUT * rest) & np.isfinite(second)
    if not shut.any():
        return Blinks(0, 0, None, None, None)
    runs = np.split(second[shut], np.flatnonzero(np.diff(np.flatnonzero(shut)) > 1) + 1)
    return Blinks(
        blinks=len(runs),
        frames=int(shut.sum()),
        mean=float(second[shut].mean()),
        worst=float(second[shut].max()),
        deepest=max(float(run.min()) for run in runs),
    )


def build_of(landmarks: Landmarks) -> Points:
    """A face's build: how far apart its bones' landmarks lie once its pose is taken out.

    Measured as seen from the front, for a tracker guesses depth; its size is taken out.

    Args:
        landmarks: (478, 3), any unit; NaN gives NaN.

    Returns:
        (len(BONES),) in percent of a face's height.
    """
    if not np.isfinite(landmarks).all():
        return np.full(len(BONES), np.nan)
    mean = load_face_model().mean
    shape = free_of_pose(landmarks, fit_pose(landmarks, mean))[:, :2]
    ends = np.array(BONES)
    lengths = np.linalg.norm(shape[ends[:, 0]] - shape[ends[:, 1]], axis=1)
    return np.asarray(lengths / height_of(mean) * 100)


def build_error_pct(builds: Points, own: Points) -> float | None:
    """How far a face strays from its own build, rms, in percent of its height.

    Args:
        builds: (T, len(BONES)) of a moving face, see `build_of`; rows of NaN are left out.
        own: (len(BONES),) of the same face at rest.
    """
    seen = builds[np.isfinite(builds).all(axis=1)]
    if not len(seen) or not np.isfinite(own).all():
        return None
    return float(np.sqrt(np.square(seen - own).mean()))


def movement_of(places: Landmarks, *, height: float) -> Movement | None:
    """How far each landmark strays from its mean place.

    Args:
        places: (T, N, 2 or 3), any unit; x and y count. A frame of NaN is left out, and so is a
            landmark that is NaN in any other frame.
        height: of the face, in the same unit.

    Returns:
        None when there are not two frames, or no landmark.
    """
    seen = places[np.isfinite(places).any(axis=(1, 2)), :, :2].astype(np.float64)
    known = np.flatnonzero(np.isfinite(seen).all(axis=(0, 2)))
    if len(seen) < 2 or not len(known):
        return None
    seen = seen[:, known]
    square = np.square(seen - seen.mean(axis=0)).sum(axis=2).mean(axis=0)
    return Movement(
        worst_pct=float(np.sqrt(square.max())) / height * 100,
        typical_pct=float(np.sqrt(square.mean())) / height * 100,
        worst_landmark=int(known[square.argmax()]),
    )


def height_of(landmarks: Landmarks) -> float:
    """From the hairline to the chin, (468 or more, 2 or 3), in the unit of the landmarks."""
    return float(np.linalg.norm(landmarks[CHIN, :2] - landmarks[FOREHEAD, :2]))


def step_between(before: Landmarks, after: Landmarks) -> float:
    """Mean way of the landmarks (N, 3) from one frame to the next, in heights of the face."""
    return float(np.linalg.norm((after - before)[:, :2], axis=1).mean()) / height_of(after)


def find_calmest(steps: Points, openings: Points) -> int:
    """The frame in which a face with open eyes moves least.

    Args:
        steps: (T,) way from the frame before, NaN where there is none.
        openings: (T,) of the eyes.
    """
    awake = openings > AWAKE * np.nanmedian(openings)
    calm = np.where(awake & np.isfinite(steps), steps, np.inf)
    return int(calm.argmin())
