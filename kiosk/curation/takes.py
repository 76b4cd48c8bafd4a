"""A take: an actor before a camera, or in a clip, as landmarks and sound; no picture is kept."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from kiosk.camera.capture import read_pictures
from kiosk.config import TrackingSettings
from kiosk.errors import PerformanceError
from kiosk.messages import Bytes, Floats, Frame
from kiosk.tracking.landmarker import Landmarker

RATE = 48_000  # of every sound in a pack, samples a second
LONGEST_S = 600.0  # a gallery plays no longer sound
SEEN = 0.8  # of the pictures of a take: with fewer faces the lips would be invented


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """What was seen and heard; seconds from the beginning of the sound."""

    seconds: tuple[float, ...]  # of the pictures that showed a face
    landmarks: tuple[Floats, ...]  # (478, 3) each, pixels
    sound: Floats | None  # (N,) at `RATE`; None where it is silent


def take_of_clip(clip: Path) -> Take:
    """The take in a clip.

    Args:
        clip: of one person who speaks to the camera.

    Raises:
        CameraError: it cannot be played.
        PerformanceError: it shows no face for long, or is too long.
    """
    late_s = _picture_starts(clip)
    shifted = ((now + late_s, image) for now, image in read_pictures(clip))
    seconds, landmarks = watch(shifted, name=clip.name)
    sound = hear(clip)
    if sound is not None and late_s < 0:  # the pictures begin first
        sound = np.concatenate([np.zeros(round(-late_s * RATE), np.float32), sound])
        seconds = tuple(now - late_s for now in seconds)
    return Take(seconds, landmarks, sound)


def watch(
    pictures: Iterable[tuple[float, Bytes]], *, name: str
) -> tuple[tuple[float, ...], tuple[Floats, ...]]:
    """The nearest face of every picture that shows one, and when.

    Raises:
        PerformanceError: too few do, or it takes too long; begins with ``name``.
    """
    seconds: list[float] = []
    landmarks: list[Floats] = []
    looked = 0
    with closing(Landmarker(TrackingSettings(max_faces=1))) as landmarker:
        for now, image in pictures:
            looked += 1
            if now > LONGEST_S:
                raise PerformanceError(
                    f"{name}: is longer than {LONGEST_S / 60:.0f} minutes; cut it"
                )
            if faces := landmarker(Frame(image, now)).faces:
                seconds.append(now)
                landmarks.append(faces[0].landmarks)
    if len(seconds) < SEEN * looked or not seconds:
        raise PerformanceError(
            f"{name}: a face is seen in {len(seconds)} of {looked} pictures; "
            "have the actor face the camera, in good light, with nothing before the mouth"
        )
    return tuple(seconds), tuple(landmarks)


def hear(file: Path) -> Floats | None:
    """The sound of a clip or sound file: (N,) mono at `RATE`; None where it has none.

    Raises:
        PerformanceError: it cannot be read, or is too long.
    """
    blocks: list[Floats] = []
    length = 0
    try:
        with av.open(str(file)) as container:
            if not container.streams.audio:
                return None
            for frame in _as_mono(container):
                blocks.append(frame)
                length += len(frame)
                if length > LONGEST_S * RATE:
                    minutes = f"{LONGEST_S / 60:.0f} minutes"
                    raise PerformanceError(f"{file.name}: is longer than {minutes}; cut it")
    except (av.FFmpegError, OSError) as error:
        raise PerformanceError(f"{file.name}: its sound cannot be read: {error}") from error
    return np.concatenate(blocks) if blocks else None


def _as_mono(container: "av.container.InputContainer") -> Iterator[Floats]:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    for frame in container.decode(audio=0):
        for ready in resampler.resample(frame):
            yield ready.to_ndarray()[0].astype(np.float32)
    for ready in resampler.resample(None):
        yield ready.to_ndarray()[0].astype(np.float32)


def _picture_starts(clip: Path) -> float:
    """How much later than the sound the pictures begin, seconds."""
    try:
        with av.open(str(clip)) as container:
            if not container.streams.audio or not container.streams.video:
                return 0.0
            starts = [
                float((stream.start_time or 0) * stream.time_base)
                for stream in (container.streams.video[0], container.streams.audio[0])
                if stream.time_base is not None
            ]
    except (av.FFmpegError, OSError):  # what OpenCV plays is good enough
        return 0.0
    return starts[0] - starts[1] if len(starts) == 2 else 0.0
