"""What a face once did, free of whose face it was: a performance's motion, to be done again.

In go gestures, one for each frame; out come gestures of any moment, as `Retarget` takes them from a
visitor. No picture and no face is in it: expressions are offsets from that face's rest, as weights
of a few components of their own (a singular value decomposition), everything in half precision.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from kiosk.face import MESH
from kiosk.messages import Floats
from kiosk.motion.lips import PAIRS, LipShape
from kiosk.motion.parts import Proportions
from kiosk.motion.retarget import Gesture

Points = NDArray[np.float64]

KEPT = 0.999  # of the expressions' variance
MOST_COMPONENTS = 48
MOST_FRAMES = 54_000  # half an hour at 30 frames/s
FPS = (5.0, 120.0)
LIMITS = {  # what a face can do, with room; what lies beyond is damage
    "basis": 10.0, "codes": 100.0, "gaps": 2.0, "fullness": 20.0, "openness": 10.0, "gaze": 2.0,
    "turn_deg": 90.0, "shift": 20.0, "scale": 10.0, "proportions": 5.0,
}  # fmt: skip


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

    def at(self, second: float) -> Gesture:
        """The gesture of a moment, between frames a mixture; before and after, the outermost."""
        place = np.clip(second * self.fps, 0, len(self.codes) - 1)
        first = int(place)
        second_frame, part = min(first + 1, len(self.codes) - 1), float(place) - first

        def mixed(track: Floats) -> Points:
            return np.asarray((1 - part) * track[first] + part * track[second_frame], np.float64)

        return Gesture(
            offsets=np.einsum("k,kij->ij", mixed(self.codes), self.basis),
            lips=LipShape(gaps=mixed(self.gaps), fullness=mixed(self.fullness)),
            openness=mixed(self.openness),
            gaze=mixed(self.gaze),
            turn_deg=mixed(self.turn_deg),
            shift=mixed(self.shift),
            scale=float(mixed(self.scale)),
            proportions=Proportions(*map(float, self.proportions)),
        )


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
    floats = {name: track.astype(np.float32) for name, track in tracks.items()}
    _check_shapes(floats)
    fps, voice_only = float(floats.pop("fps")[0]), bool(floats.pop("voice_only")[0])
    if not FPS[0] <= fps <= FPS[1]:
        raise ValueError(f"has {fps:g} frames a second; {FPS[0]:g} to {FPS[1]:g} can be played")
    for name, most in LIMITS.items():
        if not np.abs(floats[name]).max(initial=0.0) <= most:  # NaN is not, either
            raise ValueError(f"holds in {name} what no face can do")
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


def _single(values: object) -> Floats:
    return np.asarray(values, np.float32)
