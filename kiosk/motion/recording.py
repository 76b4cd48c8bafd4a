"""What a face once did, free of whose face it was: gestures kept, and had again.

In go gestures, one for each frame; out come gestures of any moment, as `Retarget` takes them from a
visitor. Expressions are kept by a singular value decomposition of their own.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kiosk.face import MESH
from kiosk.messages import Floats
from kiosk.motion.lips import LipShape
from kiosk.motion.parts import Proportions
from kiosk.motion.retarget import Gesture
from kiosk.portraits.recording import MOST_COMPONENTS, Recording

Points = NDArray[np.float64]

KEPT = 0.999  # of the expressions' variance


def record(gestures: Sequence[Gesture], fps: float, *, voice_only: bool = False) -> Recording:
    """Keep gestures, at least one, that came so many a second."""
    offsets = np.stack([each.offsets for each in gestures]).reshape(len(gestures), -1)
    weights, spread, components = np.linalg.svd(offsets, full_matrices=False)
    power = np.cumsum(spread**2)
    count = 1 + int(np.searchsorted(power, KEPT * power[-1]))
    count = min(count, len(spread), MOST_COMPONENTS)
    own = gestures[-1].proportions
    return Recording(
        fps=fps,
        basis=_single(components[:count].reshape(count, MESH, 3)),
        codes=_single(weights[:, :count] * spread[:count]),
        gaps=_single([each.lips.gaps for each in gestures]),
        fullness=_single([each.lips.fullness for each in gestures]),
        openness=_single([each.openness for each in gestures]),
        gaze=_single([each.gaze for each in gestures]),
        turn_deg=_single([each.turn_deg for each in gestures]),
        shift=_single([each.shift for each in gestures]),
        scale=_single([each.scale for each in gestures]),
        proportions=_single([own.width, own.lower, own.brow]),
        voice_only=voice_only,
    )


def gesture_at(recording: Recording, second: float) -> Gesture:
    """The gesture of a moment, between frames a mixture; before and after, the outermost."""
    last = len(recording.codes) - 1
    place = float(np.clip(second * recording.fps, 0, last))
    first = int(place)
    following, part = min(first + 1, last), place - first

    def mixed(track: Floats) -> Points:
        return np.asarray((1 - part) * track[first] + part * track[following], np.float64)

    return Gesture(
        offsets=np.einsum("k,kij->ij", mixed(recording.codes), recording.basis),
        lips=LipShape(gaps=mixed(recording.gaps), fullness=mixed(recording.fullness)),
        openness=mixed(recording.openness),
        gaze=mixed(recording.gaze),
        turn_deg=mixed(recording.turn_deg),
        shift=mixed(recording.shift),
        scale=float(mixed(recording.scale)),
        proportions=Proportions(*map(float, recording.proportions)),
    )


def _single(values: object) -> Floats:
    return np.asarray(values, np.float32)
