"""Captions as WebVTT has them: read, written, and which one is due."""

import html
import io
from collections.abc import Iterable
from dataclasses import dataclass

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError
from webvtt.models import Timestamp

from kiosk.errors import PackError

MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption."""

    begin_s: float  # from the performance's beginning
    end_s: float
    text: str


def read_captions(content: bytes, *, name: str) -> tuple[Cue, ...]:
    """The captions of a WebVTT file, in the order of time, without markup.

    Raises:
        PackError: it is none; begins with ``name``.
    """
    if len(content) > MOST_BYTES:
        raise PackError(f"{name}: is too large; {MOST_BYTES >> 20} MB at most can be read")
    try:
        found = webvtt.from_buffer(io.BytesIO(content), format="vtt", strict=True).captions
    except (MalformedFileError, MalformedCaptionError) as error:
        raise PackError(f"{name}: is no WebVTT: {error}") from error
    except UnicodeDecodeError as error:
        raise PackError(f"{name}: is not written in UTF-8; save it so") from error
    cues = [
        Cue(_seconds(each.start_time), _seconds(each.end_time), html.unescape(each.text))
        for each in found
    ]
    for cue in cues:
        if cue.end_s <= cue.begin_s:
            raise PackError(f"{name}: the caption at {cue.begin_s:g} s ends before it begins")
    return tuple(sorted(cues, key=lambda cue: cue.begin_s))


def write_captions(cues: Iterable[Cue]) -> bytes:
    """A WebVTT file."""
    document = webvtt.WebVTT()
    for cue in cues:
        document.captions.append(
            webvtt.Caption(
                _stamp(cue.begin_s), _stamp(cue.end_s), html.escape(cue.text, quote=False)
            )
        )
    return (document.content + "\n").encode()


def caption_at(cues: Iterable[Cue], second: float) -> str:
    """What is to be read at a moment; empty where nothing is."""
    return "\n".join(cue.text for cue in cues if cue.begin_s <= second < cue.end_s)


def _seconds(stamp: Timestamp) -> float:
    hours, minutes, seconds, thousandths = stamp.to_tuple()
    return 3600 * hours + 60 * minutes + seconds + thousandths / 1000


def _stamp(second: float) -> str:
    whole = max(round(1000 * second), 0)
    minutes, rest = divmod(whole, 60_000)
    return str(Timestamp(minutes // 60, minutes % 60, rest // 1000, rest % 1000))
