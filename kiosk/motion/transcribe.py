"""A film of a face written down as a recording: landmarks in, gestures out, with all of it known.

A visitor's gestures must be told at once; a performer's are told when the film has ended. So
the neutral is that of the whole film, and what jitters is smoothed from both sides, which makes
nothing late: lips stay with their sound.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.signal import savgol_filter

from kiosk.face import LANDMARKS
from kiosk.messages import Floats
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import angles_deg, fit_pose, free_of_pose, measure
from kiosk.motion.neutral import NeutralLearner
from kiosk.motion.recording import record
from kiosk.motion.retarget import gesture_of
from kiosk.portraits.recording import Recording
from kiosk.rig.landmarks import pivot_of

Points = NDArray[np.float64]

FPS = 30.0
LEAST_FRAMES = 15
FACE_FRAMES, HEAD_FRAMES = 5, 11  # over which a parabola is laid, at 30 frames/s


def transcribe(
    seconds: Sequence[float], landmarks: Sequence[Floats], *, until_s: float = 0.0
) -> Recording:
    """The recording of a face.

    Args:
        seconds: when each frame was taken, from the beginning of the sound, rising. What lies
            between them is interpolated; before the first the recording holds still.
        landmarks: (478, 3) each, pixels.
        until_s: so long it lasts at least; where no face is seen any more it holds still.

    Raises:
        ValueError: there are too few.
    """
    if len(landmarks) < LEAST_FRAMES:
        raise ValueError(f"a face is seen in {len(landmarks)} pictures; {LEAST_FRAMES} are needed")
    heads, shapes = _apart(landmarks)
    times = np.arange(0.0, max(seconds[-1], until_s), 1.0 / FPS)
    heads = _smooth(_at(times, seconds, heads), HEAD_FRAMES)
    shapes = _smooth(_at(times, seconds, shapes), FACE_FRAMES).reshape(-1, LANDMARKS, 3)
    learner = NeutralLearner()
    seen = [measure(shape) for shape in shapes]
    for shape, measures, head, at in zip(shapes, seen, heads, times, strict=True):
        neutral = learner.observe(shape, measures, head[:3], at=float(at))
    place = np.median(heads[:, 3:], axis=0)
    gestures = []
    for shape, measures, head in zip(shapes, seen, heads, strict=True):
        gesture = gesture_of(shape, measures, neutral, turn_deg=head[:3] - neutral.turn_deg)
        shift = (head[3:5] - place[:2]) / np.exp(place[2])
        scale = float(np.exp(head[5] - place[2]))
        gestures.append(replace(gesture, shift=shift, scale=scale))
    return record(gestures, FPS)


def _apart(landmarks: Sequence[Floats]) -> tuple[Points, Points]:
    """Heads (T, 6): yaw, pitch, roll, the neck's place, log scale; and pose-free faces (T, N)."""
    mean = load_face_model().mean
    neck = pivot_of(mean)
    heads, shapes = [], []
    for face in landmarks:
        pose = fit_pose(face, mean)
        at = pose.centre + pose.scale * pose.rotation @ neck
        heads.append([*angles_deg(pose.rotation), at[0], at[1], np.log(pose.scale)])
        shapes.append(free_of_pose(face, pose).ravel())
    return np.array(heads), np.array(shapes)


def _at(times: Points, seconds: Sequence[float], tracks: Points) -> Points:
    """Tracks (T, N) at other times."""
    return np.stack([np.interp(times, seconds, track) for track in tracks.T], axis=1)


def _smooth(tracks: Points, frames: int) -> Points:
    if len(tracks) < frames:
        return tracks
    return np.asarray(savgol_filter(tracks, frames, 2, axis=0))
