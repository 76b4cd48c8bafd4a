"""Small performances to test with: gestures by formula, a tone for a voice."""

from dataclasses import replace

import numpy as np

from kiosk.face import LOWER_LIP, MESH
from kiosk.messages import Floats
from kiosk.motion.face_model import load_face_model
from kiosk.motion.recording import record
from kiosk.motion.retarget import Gesture, gesture_of_offsets
from kiosk.portraits.captions import Cue
from kiosk.portraits.performances import Performance
from kiosk.portraits.recording import Recording

FPS = 30.0
RATE = 48_000
MEAN = load_face_model().mean


def gesture(opened: float, yaw_deg: float = 0.0) -> Gesture:
    """A jaw that is so far open, io."""
    offsets = np.zeros((MESH, 3))
    lower = MEAN[:MESH, 1] > MEAN[LOWER_LIP, 1] - 1e-6
    offsets[lower, 1] = opened
    return replace(gesture_of_offsets(offsets), turn_deg=np.array([yaw_deg, 0.0, 0.0]))


def recording(seconds: float = 2.0, *, voice_only: bool = False) -> Recording:
    """A mouth that opens and shuts once a second, and a head that turns."""
    times = np.arange(0.0, seconds, 1 / FPS)
    opened = 0.15 * np.sin(np.pi * times) ** 2
    return record([gesture(o, 5 * t) for o, t in zip(opened, times, strict=True)], FPS,
                  voice_only=voice_only)  # fmt: skip


def tone(seconds: float = 1.0, loudness: float = 0.1) -> Floats:
    """(N,) at 48 kHz."""
    times = np.arange(int(seconds * RATE)) / RATE
    return np.asarray(loudness * np.sin(2 * np.pi * 220 * times), np.float32)


def piece(
    name: str = "story",
    language: str = "en",
    seconds: float = 2.0,
    *,
    sound: bytes | None = None,
    voice_only: bool = False,
) -> Performance:
    """A performance of so many seconds with one caption each second."""
    cues = tuple(Cue(float(n), n + 0.9, f"{name} {n} in {language}") for n in range(int(seconds)))
    made = recording(seconds, voice_only=voice_only)
    return Performance(name, language, made, sound=sound, cues=cues)
