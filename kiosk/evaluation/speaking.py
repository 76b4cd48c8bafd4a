"""How well a mouth is read from a voice: against known sounds, and against mouths seen to speak.

The rival is what most puppets do: the louder, the wider open.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from kiosk.camera.capture import read_pictures
from kiosk.config import TrackingSettings
from kiosk.errors import CameraError
from kiosk.messages import Floats, Frame
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import fit_pose, free_of_pose, measure
from kiosk.motion.hearing import MOMENTS_HZ, RATE, loudness
from kiosk.motion.speech import mouth_of
from kiosk.tracking.landmarker import Landmarker
from kiosk.training.acoustics import ambience, overhear
from kiosk.training.learn_speech import tell, tell_by_flite
from kiosk.training.sentences import FLITE_VOICES, HELD_OUT
from kiosk.training.spoken import Spoken
from kiosk.training.visemes import LEAD_S, mouth_speaking

Points = NDArray[np.float64]
Teller = Callable[[np.random.Generator], Spoken]

SENTENCES, NOISES = 60, 40
NOISE_S = 5.0
LABIALS = ("m", "b", "p")
MET, APART = 0.03, 0.06  # of open; 14 and 28 thousandths of io
LOUDEST_BELS = 2.5  # below which the rival's mouth is shut
LONGEST_LAG_S = 0.4


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pearson's r after the lag that suits best, by which the mouth is late."""

    r: float
    lag_s: float


@dataclass(frozen=True, slots=True)
class Voices:
    """Sentences by voices that were not learnt from."""

    read: Agreement  # how far open, against the phones' mouth, which is LEAD_S ahead of them
    rival: Agreement
    columns: tuple[float, ...]  # r of open, round, wide, pressed without a lag
    met: float  # share of m, b, p in which the lips meet
    met_elsewhere: float  # share of other sounds in which they should stay apart


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip of somebody who speaks: the gap that is seen, against what is read and the rival."""

    read: Agreement
    rival: Agreement
    seen_gap: float  # 95th percentile, io


def by_espeak(rng: np.random.Generator) -> Spoken:
    """A sentence in one of five languages by a voice that was not learnt from."""
    return tell(HELD_OUT, rng)


def by_flite(rng: np.random.Generator) -> Spoken:
    """The same in English; the voice was made of a person's recordings."""
    return tell_by_flite(FLITE_VOICES, rng)


def judge_voices(teller: Teller, *, noisy: bool, seed: int = 99) -> Voices:
    """Have strange voices speak, clean or overheard somewhere."""
    rng = np.random.default_rng(seed)
    read, rival, wanted = [], [], []
    met: dict[bool, list[bool]] = {True: [], False: []}
    for _ in range(SENTENCES):
        spoken = teller(rng)
        sound = overhear(spoken.sound, spoken.rate, rng) if noisy else spoken.sound
        mouth = mouth_of(sound, spoken.rate, fps=MOMENTS_HZ)
        read.append(mouth)
        rival.append(_louder_is_wider(sound, spoken.rate, fps=MOMENTS_HZ))
        wanted.append(mouth_speaking(spoken.phones, np.arange(len(mouth)) / MOMENTS_HZ))
        for labial, meets in _meetings(spoken, mouth[:, 0], wanted[-1][:, 0]):
            met[labial].append(meets)
    all_read, all_wanted = np.concatenate(read), np.concatenate(wanted)
    pairs = zip(all_read.T, all_wanted.T, strict=True)
    return Voices(
        read=agree(all_wanted[:, 0], all_read[:, 0], MOMENTS_HZ),
        rival=agree(all_wanted[:, 0], np.concatenate(rival), MOMENTS_HZ),
        columns=tuple(float(np.corrcoef(one, other)[0, 1]) for one, other in pairs),
        met=float(np.mean(met[True])),
        met_elsewhere=float(np.mean(met[False])),
    )


def judge_noise(seed: int = 5) -> tuple[float, float]:
    """How far a mouth opens where nobody speaks: the mean, and the 99th percentile of moments."""
    rng = np.random.default_rng(seed)
    opened = [
        mouth_of((0.1 * ambience(int(NOISE_S * RATE), RATE, rng)).astype(np.float32), RATE)[:, 0]
        for _ in range(NOISES)
    ]
    return float(np.mean(opened)), float(np.percentile(opened, 99))


def judge_clip(path: Path) -> Clip:
    """Read the mouth of a clip from its sound, and see it.

    Raises:
        CameraError: it cannot be played, is silent, or shows nobody.
    """
    sound = sound_of(path)
    times, gaps = _seen_gaps(path)
    fps = 1 / float(np.median(np.diff(times)))
    read, rival = mouth_of(sound, RATE, fps=fps)[:, 0], _louder_is_wider(sound, RATE, fps=fps)
    count = min(len(gaps), len(read), len(rival))
    return Clip(
        read=agree(gaps[:count], read[:count], fps),
        rival=agree(gaps[:count], rival[:count], fps),
        seen_gap=float(np.percentile(gaps, 95)),
    )


def sound_of(path: Path) -> Floats:
    """A clip's sound at RATE: (N,) mono.

    Raises:
        CameraError: it has none, or none that is heard.
    """
    mono = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    try:
        with av.open(str(path)) as file:
            frames = [new for frame in file.decode(audio=0) for new in mono.resample(frame)]
    except (av.FFmpegError, IndexError, OSError) as error:
        raise CameraError(f"{path}: has no sound; give a clip of somebody who speaks") from error
    sound = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    if not sound.any():
        raise CameraError(f"{path}: is silent; give a clip of somebody who speaks")
    return np.asarray(sound, np.float32)


def agree(seen: Points, read: Points, fps: float) -> Agreement:
    """Compare two signals of the same length."""
    longest = round(LONGEST_LAG_S * fps)
    found = {
        lag: float(
            np.corrcoef(
                seen[max(-lag, 0) : len(seen) - max(lag, 0)],
                read[max(lag, 0) : len(read) - max(-lag, 0)],
            )[0, 1]
        )
        for lag in range(-longest, longest + 1)
    }
    best = max(found, key=lambda lag: found[lag])
    return Agreement(found[best], best / fps)


def _louder_is_wider(sound: Floats, rate: int, *, fps: float) -> Points:
    """The rival: (T,), 0 to 1."""
    opened = np.clip(1 + loudness(sound, rate) / LOUDEST_BELS, 0.0, 1.0)
    at = np.arange(int(np.ceil(len(sound) / rate * fps))) / fps
    return np.interp(at, np.arange(len(opened)) / MOMENTS_HZ, opened)


def _meetings(spoken: Spoken, opened: Points, wanted: Points) -> Iterator[tuple[bool, bool]]:
    """Whether the lips meet: in each m, b, p, and where they should stay apart in others."""
    for phone in spoken.phones:
        begins = max(0, int((phone.begins - LEAD_S) * MOMENTS_HZ))
        within = slice(begins, int(phone.ends * MOMENTS_HZ) + 1)
        labial = phone.name[:1] in LABIALS
        if phone.name and (labial or wanted[within].min() > APART):
            yield labial, bool(opened[within].min() < MET)


def _seen_gaps(path: Path) -> tuple[Points, Points]:
    """Seconds of the pictures, and the inner lips' gap in each, io; a miss is filled in."""
    mean, times, gaps = load_face_model().mean, [], []
    landmarker = Landmarker(TrackingSettings())
    try:
        for at, image in read_pictures(path):
            faces = landmarker(Frame(image, at)).faces
            times.append(at)
            gaps.append(np.nan)
            if faces:
                landmarks = faces[0].landmarks
                gaps[-1] = measure(free_of_pose(landmarks, fit_pose(landmarks, mean))).gap
    finally:
        landmarker.close()
    seen = np.isfinite(gaps)
    if not seen.any():
        raise CameraError(f"{path}: no face is seen in it; give a clip of one that looks this way")
    return np.array(times), np.interp(times, np.array(times)[seen], np.array(gaps)[seen])
