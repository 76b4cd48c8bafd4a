"""A recorded motion as it lies in a pack: tracks of numbers, checked. What they mean is motion's.

No picture and no face is in it: expressions are offsets from that face's rest, as weights of a few
components of their own, everything in half precision.
"""

from dataclasses import dataclass

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from kiosk.face import INNER_UPPER_LIP, MESH
from kiosk.messages import Floats

PAIRS = len(INNER_UPPER_LIP) - 2  # of points along the lips, corners left out
MOST_COMPONENTS = 48
MOST_FRAMES = 54_000  # half an hour at 30 frames/s
FPS = (5.0, 120.0)
LIMITS = {  # what a face can do, with room; what lies beyond is damage
    "basis": 10.0, "codes": 100.0, "gaps": 2.0, "fullness": 20.0, "openness": 10.0, "gaze": 2.0,
    "turn_deg": 90.0, "shift": 20.0, "scale": 10.0, "proportions": 5.0,
}  # fmt: skip

LEAST = 0.01  # of lengths that others are divided by


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """T frames of gestures; lengths in io, pose-free, see `Gesture`."""

    fps: float
    basis: Floats  # (K, 468, 3) components of the expressions
    codes: Floats  # (T, K)
    gaps: Floats  # (T, 9)
    fullness: Floats  # (T, 2, 9)
    openness: Floats  # (T, 2)
    gaze: Floats  # (T, 2, 2)
    turn_deg: Floats  # (T, 3)
    shift: Floats  # (T, 2)
    scale: Floats  # (T,)
    proportions: Floats  # (3,) width, lower, brow, see `Proportions`
    voice_only: bool = False  # told from a sound: eyes are nobody's, and live on by themselves

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return len(self.codes) / self.fps


def to_bytes(recording: Recording) -> bytes:
    """A safetensors file."""
    tracks = {name: getattr(recording, name).astype(np.float16) for name in LIMITS}
    tracks["fps"] = np.array([recording.fps], np.float32)
    tracks["voice_only"] = np.array([recording.voice_only], np.uint8)
    return bytes(save(tracks))


def from_bytes(content: bytes) -> Recording:
    """The recording in a safetensors file.

    Raises:
        ValueError: it is damaged, or no recording; says why.
    """
    try:
        tracks = load(content)
    except (SafetensorError, KeyError) as error:  # KeyError: a type that NumPy has not
        raise ValueError(f"cannot be read: {error}") from error
    if set(tracks) != {*LIMITS, "fps", "voice_only"}:
        raise ValueError("is no recorded motion")
    # what is too large becomes infinite, and is refused below, as is what is no number
    with np.errstate(over="ignore", invalid="ignore"):
        floats = {name: track.astype(np.float32) for name, track in tracks.items()}
    _check_shapes(floats)
    fps, voice_only = float(floats.pop("fps")[0]), bool(floats.pop("voice_only")[0])
    if not FPS[0] <= fps <= FPS[1]:
        raise ValueError(f"has {fps:g} frames a second; {FPS[0]:g} to {FPS[1]:g} can be played")
    for name, most in LIMITS.items():
        with np.errstate(invalid="ignore"):  # NaN is not within, either
            within = bool(np.abs(floats[name]).max(initial=0.0) <= most)
        if not within:
            raise ValueError(f"holds in {name} what no face can do")
    for name in ("scale", "proportions"):
        if floats[name].min() < LEAST:
            raise ValueError(f"holds in {name} what no face has")
    return Recording(fps=fps, voice_only=voice_only, **floats)


def _check_shapes(tracks: dict[str, Floats]) -> None:
    codes = tracks["codes"]
    frames, components = codes.shape if codes.ndim == 2 else (0, 0)
    if not (1 <= frames <= MOST_FRAMES and 1 <= components <= MOST_COMPONENTS):
        raise ValueError(f"has {frames} frames of {components} components, which cannot be played")
    due = {
        "basis": (components, MESH, 3), "codes": (frames, components), "gaps": (frames, PAIRS),
        "fullness": (frames, 2, PAIRS), "openness": (frames, 2), "gaze": (frames, 2, 2),
        "turn_deg": (frames, 3), "shift": (frames, 2), "scale": (frames,), "proportions": (3,),
        "fps": (1,), "voice_only": (1,),
    }  # fmt: skip
    for name, shape in due.items():
        if tracks[name].shape != shape:
            raise ValueError(f"holds {name} of {tracks[name].shape}; {shape} is needed")
