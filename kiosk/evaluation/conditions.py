"""What glasses, masks, beards, hats, bad light and odd angles do to following a visitor.

In go clips of people, out comes for every disguise how far their neutral is learnt amiss, and how
well a portrait's signals agree with those that it shows for the same clip as it is. Both follow the
visitor by the gallery's own tracker and motion; nothing is painted, the portrait is the mean face.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.camera.capture import read_pictures
from kiosk.config import TrackingSettings
from kiosk.errors import CameraError
from kiosk.evaluation.disguises import DISGUISES, Disguise
from kiosk.face import LANDMARKS
from kiosk.messages import Bytes, Floats, Frame
from kiosk.motion.agreement import SIGNALS, signals_of
from kiosk.motion.face_model import load_face_model
from kiosk.motion.follower import Follower
from kiosk.motion.geometry import angles_deg, fit_pose, free_of_pose, measure
from kiosk.motion.neutral import NeutralLearner
from kiosk.motion.retarget import Retarget
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import MotionTarget
from kiosk.rig.landmarks import no_motion, pose_landmarks
from kiosk.tracking.landmarker import Landmarker

Points = NDArray[np.float64]

PLAIN = "as they are"
LOOKS_S = (1.0, 3.0, 10.0)  # when the neutral is compared
SETTLED_S = 60.0  # what is learnt by then from the clip as it is, played to and fro, is the truth
BEGIN_S = 0.5  # a tracker and its filters settle; signals before count for nothing
STIRRED = 0.02  # a signal that spreads less than this in the clip as it is says nothing: io
STIRRED_DEG = 1.0
NOBODY = np.full((LANDMARKS, 3), np.nan, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """One clip as the tracker sees it."""

    at: Points  # (T,) seconds
    faces: dict[str, Floats]  # disguise, or PLAIN: (T, 478, 3) pixels, NaN for a miss


@dataclass(frozen=True, slots=True)
class Condition:
    """One disguise, all clips together."""

    missed: float  # of all pictures
    astray: tuple[float, ...]  # the neutral at LOOKS_S, spreads; mean of measures and clips
    agreement: dict[str, float | None]  # each signal's r, median of the clips that stir it
    gape: float  # how far the portrait's lips part beyond those at rest, 98th percentile, io


def look(
    clip: Path, disguises: Mapping[str, Disguise] = DISGUISES, *, seconds: float = LOOKS_S[-1]
) -> Seen:
    """Track the first seconds of a clip in some disguises.

    Raises:
        CameraError: it cannot be played, or shows no face at once.
    """
    at: list[float] = []
    faces: dict[str, list[Floats]] = {name: [] for name in (PLAIN, *disguises)}
    with ExitStack() as stack:
        trackers = {name: stack.enter_context(closing(_tracker())) for name in faces}
        for now, picture in read_pictures(clip):
            if now >= seconds:
                break
            at.append(now)
            plain = _find(trackers[PLAIN], picture, now)
            if np.isnan(plain).any():
                raise CameraError(f"{clip}: a face is lost at {now:.1f} s; give one that stays")
            faces[PLAIN].append(plain)
            for name, disguise in disguises.items():
                faces[name].append(_find(trackers[name], disguise(picture, plain, now), now))
    return Seen(np.array(at), {name: np.array(rows) for name, rows in faces.items()})


def compare(clips: Sequence[Seen]) -> dict[str, Condition]:
    """Every disguise against the clips as they are."""
    truths = [_truth(seen) for seen in clips]
    plain = [perform(seen.faces[PLAIN], seen.at) for seen in clips]
    return {name: _compare(name, clips, truths, plain) for name in clips[0].faces}


def learn(faces: Floats, at: Points) -> Points:
    """The resting measures after each frame, (T, 7); a miss changes nothing."""
    model, learner = load_face_model(), NeutralLearner()
    rests = [model.rest_mean]
    for face, now in zip(faces, at, strict=True):
        if np.isfinite(face).all():
            pose = fit_pose(face, model.mean)
            shape = free_of_pose(face, pose)
            turn = angles_deg(pose.rotation)
            rests.append(learner.observe(shape, measure(shape), turn, at=float(now)).rest)
        else:
            rests.append(rests[-1])
    return np.array(rests[1:])


def perform(faces: Floats, at: Points) -> Points:
    """What a portrait shows that follows: (T, 8), see `signals_of`; NaN for a miss."""
    still = _portrait()
    follower = Follower(MotionSettings())
    retarget = Retarget(MotionTarget("mean", still), MotionSettings())
    shown = [
        pose_landmarks(still, retarget(follower.watch(face, float(now))))
        if np.isfinite(face).all()
        else NOBODY
        for face, now in zip(faces, at, strict=True)
    ]
    return signals_of(np.array(shown))


def _portrait() -> Floats:
    """The mean face, as large as a portrait's: (478, 3) canvas coordinates."""
    return (0.3 * load_face_model().mean).astype(np.float32)


def _tracker() -> Landmarker:
    return Landmarker(TrackingSettings(max_faces=1))


def _find(tracker: Landmarker, picture: Bytes, now: float) -> Floats:
    faces = tracker(Frame(picture, now)).faces
    return faces[0].landmarks if faces else NOBODY


def _truth(seen: Seen) -> Points:
    """The resting measures of the clip as it is, played to and fro until they settle: (7,)."""
    count = len(seen.at)
    rate = (count - 1) / (seen.at[-1] - seen.at[0])
    step = np.arange(int(SETTLED_S * rate)) % (2 * count - 2)
    faces = seen.faces[PLAIN][np.minimum(step, 2 * count - 2 - step)]
    return np.asarray(learn(faces, np.arange(len(faces)) / rate)[-1])


def _compare(
    name: str, clips: Sequence[Seen], truths: Sequence[Points], plain: Sequence[Points]
) -> Condition:
    faces = [seen.faces[name] for seen in clips]
    shown = [perform(each, seen.at) for each, seen in zip(faces, clips, strict=True)]
    missed = [np.isnan(each).any(axis=(1, 2)).mean() for each in faces]
    pairs = zip(faces, clips, truths, strict=True)
    astray = np.mean([_stray(each, seen.at, truth) for each, seen, truth in pairs], axis=0)
    return Condition(
        missed=float(np.mean(missed)),
        astray=tuple(astray.tolist()),
        agreement=_agree(clips, plain, shown),
        gape=max(_gape(seen, signals) for seen, signals in zip(clips, shown, strict=True)),
    )


def _stray(faces: Floats, at: Points, truth: Points) -> Points:
    """How far the neutral is from the truth at LOOKS_S: spreads, mean of all measures."""
    rests = learn(faces, at)
    looks = np.searchsorted(at, np.array(LOOKS_S) - 1e-6) - 1
    return np.asarray(np.abs((rests[looks] - truth) / load_face_model().rest_spread).mean(axis=1))


def _agree(
    clips: Sequence[Seen], plain: Sequence[Points], shown: Sequence[Points]
) -> dict[str, float | None]:
    found: dict[str, list[float]] = {name: [] for name in SIGNALS}
    for seen, one, other in zip(clips, plain, shown, strict=True):
        counts = (seen.at >= BEGIN_S) & np.isfinite(one).all(1) & np.isfinite(other).all(1)
        for number, name in enumerate(SIGNALS):
            first, second = one[counts, number], other[counts, number]
            least = STIRRED_DEG if number < 3 else STIRRED
            if np.ptp(np.quantile(first, [0.02, 0.98])) > least:
                found[name].append(float(np.corrcoef(first, second)[0, 1]))
    return {name: float(np.median(each)) if each else None for name, each in found.items()}


def _gape(seen: Seen, signals: Points) -> float:
    """How far the lips part at most beyond those at rest, io."""
    still = _portrait()
    rest = signals_of(pose_landmarks(still, no_motion())[None])[0]
    gap = SIGNALS.index("mouth")
    return float(np.nanquantile(signals[seen.at >= BEGIN_S, gap], 0.98) - rest[gap])
