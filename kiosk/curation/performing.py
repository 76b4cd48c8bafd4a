"""A take, or a sound alone, becomes a performance of a portrait's.

In go landmarks, sound and words; out comes a `Performance`: motion by `transcribe`, or lips told
from the sound; captions by what is said when.
"""

import io
import logging
from pathlib import Path

import numpy as np
import soundfile

from kiosk.curation.script import caption
from kiosk.curation.speaking import recording_of_speech
from kiosk.curation.takes import RATE, Take
from kiosk.errors import PackError, PerformanceError
from kiosk.messages import Floats
from kiosk.motion.transcribe import transcribe
from kiosk.portraits.captions import Cue, read_captions
from kiosk.portraits.performances import Performance

logger = logging.getLogger(__name__)

Words = str | tuple[Cue, ...]

BLOCK = 1 << 16  # libsndfile's Vorbis encoder keeps what it is given at once on its stack


def perform_take(take: Take, *, name: str, language: str, words: Words | None) -> Performance:
    """The performance of an actor.

    Args:
        take: what was seen and heard.
        name: of the performance.
        language: of what is said.
        words: what is said, see `read_words`.

    Raises:
        PerformanceError: too little was seen.
    """
    try:
        until_s = 0.0 if take.sound is None else len(take.sound) / RATE
        recording = transcribe(take.seconds, take.landmarks, until_s=until_s)
    except ValueError as error:
        raise PerformanceError(f"{name}: {error}") from error
    return Performance(
        name=name,
        language=language,
        recording=recording,
        sound=None if take.sound is None else encode(take.sound),
        cues=_cues(words, take.sound),
    )


def perform_sound(sound: Floats, *, name: str, language: str, words: Words | None) -> Performance:
    """The performance of a voice: (N,) at `RATE`; lips are told from it.

    Raises:
        PerformanceError: it is silent.
    """
    if not np.abs(sound).max(initial=0.0) > 0:
        raise PerformanceError(f"{name}: nothing is heard; give a sound in which somebody speaks")
    return Performance(
        name=name,
        language=language,
        recording=recording_of_speech(sound, RATE),
        sound=encode(sound),
        cues=_cues(words, sound),
    )


def encode(sound: Floats) -> bytes:
    """(N,) at `RATE` as an OGG file."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", RATE, 1, format="OGG", subtype="VORBIS") as stream:
        for first in range(0, len(sound), BLOCK):
            stream.write(sound[first : first + BLOCK])
    return file.getvalue()


def read_words(file: Path) -> Words:
    """What is said, as text or with its times.

    Raises:
        PerformanceError: it cannot be read.
    """
    try:
        content = file.read_bytes()
        if file.suffix.lower() == ".vtt":
            return read_captions(content, name=file.name)
        return content.decode("utf-8-sig")
    except OSError as error:
        raise PerformanceError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PerformanceError(f"{file}: is not written in UTF-8; save it so") from error
    except PackError as error:
        raise PerformanceError(str(error)) from error


def _cues(words: Words | None, sound: Floats | None) -> tuple[Cue, ...]:
    if words is None:
        return ()
    if not isinstance(words, str):
        return words
    if sound is None:
        logger.warning("nothing was heard: the text has no times, and there are no captions")
        return ()
    return caption(words, sound, RATE)
