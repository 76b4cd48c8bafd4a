"""Sentences spoken by eSpeak NG, with the moment of every sound.

eSpeak NG is called as a library and is needed for learning and for its tests only.
"""

import ctypes
from collections.abc import Iterator
from ctypes.util import find_library
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from kiosk.errors import KioskError
from kiosk.messages import Floats

_RETRIEVAL, _EVENTS_IN_IPA = 1, 3  # espeak_AUDIO_OUTPUT; initialize options
_UTF8 = 1
_ENDED, _PHONEME = 0, 7  # espeak_EVENT_TYPE
_RATE, _PITCH, _RANGE = 1, 3, 4  # espeak_PARAMETER
# eSpeak counts a stop from its burst, seconds; the lips have met before, and part with it
STOPS = ("p", "b", "t", "d", "k", "ɡ")
BEFORE_S, AFTER_S, SHORT_S = 0.055, 0.012, 0.065


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),  # milliseconds
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("name", ctypes.c_char * 8),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


if TYPE_CHECKING:
    _Events: TypeAlias = "ctypes._Pointer[_Event]"
    _Wave: TypeAlias = "ctypes._Pointer[ctypes.c_short]"


@dataclass(frozen=True, slots=True)
class Phone:
    """One sound of a sentence."""

    name: str  # IPA; empty for a pause
    begins: float  # seconds
    ends: float


@dataclass(frozen=True, slots=True)
class Manner:
    """Who speaks, and how."""

    voice: str  # such as "fr+f3"
    words_per_minute: int = 165
    pitch: int = 50  # 0 to 100
    liveliness: int = 50  # of the pitch, 0 to 100


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """A sentence spoken."""

    sound: Floats  # (N,) -1 to 1
    rate: int  # Hz
    phones: tuple[Phone, ...]  # without gaps, from the first sample to the last


def can_speak() -> bool:
    """Whether eSpeak NG is installed."""
    return find_library("espeak-ng") is not None


def speak(text: str, manner: Manner) -> Spoken:
    """Speak a sentence.

    Raises:
        KioskError: eSpeak NG is not installed, or does not know the voice.
    """
    library, rate = _library()
    if library.espeak_SetVoiceByName(manner.voice.encode()):
        raise KioskError(f"eSpeak NG: there is no voice {manner.voice!r}; see espeak-ng --voices")
    for parameter, value in (
        (_RATE, manner.words_per_minute),
        (_PITCH, manner.pitch),
        (_RANGE, manner.liveliness),
    ):
        library.espeak_SetParameter(parameter, value, 0)
    pieces: list[Floats] = []
    begun: list[tuple[int, str]] = []

    def take(wave: "_Wave", samples: int, events: "_Events") -> int:
        if wave and samples:
            pieces.append(np.ctypeslib.as_array(wave, (samples,)).astype(np.float32) / 32768)
        begun.extend(_sounds_begun(events))
        return 0

    callback = _Callback(take)
    library.espeak_SetSynthCallback(callback)
    data = text.encode()
    library.espeak_Synth(data, len(data) + 1, 0, 0, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    sound = np.concatenate(pieces)
    return Spoken(sound, rate, _phones(begun, len(sound), rate))


@lru_cache(maxsize=1)
def _library() -> tuple[ctypes.CDLL, int]:
    found = find_library("espeak-ng")
    if found is None:
        raise KioskError("eSpeak NG is not installed; install the package libespeak-ng1")
    library = ctypes.CDLL(found)
    rate = library.espeak_Initialize(_RETRIEVAL, 0, None, _EVENTS_IN_IPA)
    return library, int(rate)


def _sounds_begun(events: "_Events") -> Iterator[tuple[int, str]]:
    """The sample and the name of each sound among the events."""
    for number in count():
        event = events[number]
        if event.type == _ENDED:
            return
        # "(en)" is no sound: the voice changes its language
        if event.type == _PHONEME and not event.name.startswith(b"("):
            yield event.sample, event.name.decode("utf-8", "ignore")


def _phones(begun: list[tuple[int, str]], length: int, rate: int) -> tuple[Phone, ...]:
    names = ["", *(name.strip("_: ") for _, name in begun)]
    edges = [0.0, *(sample / rate for sample, _ in begun), length / rate]
    for number, name in enumerate(names):
        burst = edges[number]
        if name in STOPS and edges[number + 1] - burst < SHORT_S:
            edges[number] = max(edges[number - 1], burst - BEFORE_S)
            edges[number + 1] = burst + AFTER_S
    spans = zip(names, edges, edges[1:], strict=False)
    return tuple(Phone(name, begins, ends) for name, begins, ends in spans if ends > begins)
