"""A voice becomes a recording: lips told from what is heard, and a head that goes with it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from kiosk.messages import Floats
from kiosk.motion.recording import record
from kiosk.motion.retarget import gesture_of_offsets
from kiosk.motion.speech import mouth_of, offsets_of
from kiosk.motion.typical import typical_expressions
from kiosk.portraits.recording import Recording

FPS = 30.0
NOD_DEG, NOD_S = 2.2, 0.22  # a head nods with the stress of what it says
RAISED, RAISED_S = 0.35, 0.4  # of raised brows, where a phrase is loudest

Points = NDArray[np.float64]


def recording_of_speech(voice: Floats, rate: int) -> Recording:
    """How a face speaks what is heard; its eyes are left alone.

    Args:
        voice: (N,) mono.
        rate: samples a second.
    """
    offsets = offsets_of(mouth_of(voice, rate, fps=FPS)).astype(np.float64)
    stress = _stress(voice, rate, len(offsets))
    nod = NOD_DEG * gaussian_filter1d(stress, NOD_S * FPS)
    raised = RAISED * np.maximum(gaussian_filter1d(stress, RAISED_S * FPS), 0.0)
    offsets += raised[:, None, None] * typical_expressions()["brows"]
    gestures = [
        replace(gesture_of_offsets(shape), turn_deg=np.array([0.0, down, 0.0]))
        for shape, down in zip(offsets, nod, strict=True)
    ]
    return record(gestures, FPS, voice_only=True)


def _stress(voice: Floats, rate: int, frames: int) -> Points:
    """Loudness beside that of the phrase, one a frame: about -1 to 1, 0 in silence."""
    places = (np.arange(frames + 1) * rate / FPS).astype(int)
    squares = np.concatenate([[0.0], np.cumsum(np.square(voice, dtype=np.float64))])
    ends = np.minimum(places, len(voice))
    power = np.diff(squares[ends]) / np.maximum(np.diff(places), 1)
    loud = np.sqrt(power)
    usual = gaussian_filter1d(loud, 1.5 * FPS)
    return np.asarray((loud - usual) / max(float(np.percentile(loud, 95)), 1e-6))
