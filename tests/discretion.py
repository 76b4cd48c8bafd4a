"""What must not be among the bytes that a kiosk gave out: a visitor's pixels or landmarks."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.messages import Bytes
from tests.witness import Deeds, Given

Pieces = NDArray[np.uint64]

DISTINCT = 6  # of the first eight bytes: a flat wall is nobody's
NUMBERS = 96  # as floats in a row: fewer than a seventh of a face
PLAUSIBLE = (1e-4, 5e3)  # of a coordinate, in any unit
DECIMALS = re.compile(rb"(?:-?\d+\.\d+(?:e[-+]?\d+)?[\s,;\[\]()]+){9}")
PICTURES = re.compile(
    rb"\xff\xd8\xff[\xdb\xe0\xe1\xee]|\x89PNG\r\n|RIFF....WEBP|ftyp(?:isom|mp4|avc1)|\x1aE\xdf\xa3",
    re.DOTALL,
)
LINES = re.compile(  # all that the log says of an ordinary run
    r"\d{4}-\d\d-\d\d [\d:,]+ INFO (?:"
    r"a visitor has come|nobody is before the camera; the portrait idles"
    r"|[\w-]+ runs on [\w-]+|no EGL: drawing on a virtual screen, Xvfb :\d+"
    r"|[\d.]+ frames/s, latency p50 \d+ p95 \d+ ms, (?:\w+ [\d.]+ ?)*, \d+ dropped, "
    r"\d+ failed, \d+ MB, visitors: \d+(?:, \d+ °C)?)"
)


@dataclass(frozen=True)
class Allowed:
    """Where a kiosk may write, and what sockets it may open."""

    files: re.Pattern[str]
    sockets: re.Pattern[str]
    log: str  # where its log goes
    settled_at: float  # from then on it writes its log and answers in words, and nothing else


def complaints(deeds: Deeds, allowed: Allowed, pieces: Pieces) -> list[str]:
    """Every way in which a kiosk gave out what it should not.

    Args:
        deeds: what it did.
        allowed: what it may do.
        pieces: of all that the camera can have seen, see `cut`.
    """
    files = deeds.opened | deeds.shared
    said = [f"writes {path}" for path in files if not allowed.files.fullmatch(path)]
    said += [f"opens {each}" for each in deeds.sockets if not allowed.sockets.fullmatch(each)]
    said += [f"hides {call}" for call in deeds.unseen]
    streams = deeds.streams() | {path: _left(path) for path in deeds.shared}
    for target, data in streams.items():
        said += [f"{what} in {target}" for what in _visible(data, pieces)]
    text = streams.get(allowed.log, b"").decode("utf-8", "replace")
    said += [f"logs {line}" for line in text.splitlines() if not LINES.fullmatch(line)]
    late = [each.target for each in deeds.given if _is_late(each, allowed)]
    said += [f"late bytes in {target}" for target in dict.fromkeys(late)]
    return said


def _is_late(given: Given, allowed: Allowed) -> bool:
    """Whether bytes that could be anything, packed or secret, left when nothing was due."""
    if given.at <= allowed.settled_at or given.target == allowed.log:
        return False
    if given.target.startswith("socket:"):  # answers are plain text
        return not given.data.decode("utf-8", "replace").replace("\r\n", " ").isprintable()
    return not given.target.startswith("pipe:")  # both its ends are watched


def _left(path: str) -> bytes:
    """What lies in a file at the end."""
    return Path(path).read_bytes() if Path(path).is_file() else b""


def _visible(data: bytes, pieces: Pieces) -> Iterator[str]:
    """What of a visitor is seen in bytes."""
    starts = range(min(8, len(data)))
    windows = [np.frombuffer(data, "<u8", (len(data) - start) // 8, start) for start in starts]
    known = np.isin(pieces[:, 0], np.concatenate([*windows, np.zeros(0, "<u8")]))
    if any(piece.tobytes() in data for piece in pieces[known]):
        yield "pixels"
    if PICTURES.search(data):
        yield "a picture"
    if DECIMALS.search(data) or any(_has_numbers(data, kind) for kind in ("<f4", "<f8")):
        yield "a list of numbers"


def cut(film: Iterable[Bytes]) -> Pieces:
    """A piece of every row of every frame, with its channels in any order, or as floats.

    Args:
        film: all that the camera can have seen, (H, W, 3) RGB.

    Returns:
        (N, 2) words of eight bytes; flat ones, which are nobody's, are left out.
    """
    found = []
    for image in film:
        strip = image[:, image.shape[1] // 2 :][:, :16]
        forms = [strip, strip[..., ::-1], *np.moveaxis(strip, 2, 0), strip / np.float32(255)]
        forms += [cv2.cvtColor(strip, code) for code in (cv2.COLOR_RGB2GRAY, cv2.COLOR_RGB2YUV)]
        forms += [forms[-1][..., 0]]
        for form in forms:
            rows = np.ascontiguousarray(form).view(np.uint8).reshape(len(strip), -1)[:, :16]
            kinds = (np.diff(np.sort(rows[:, :8], axis=1), axis=1) > 0).sum(axis=1) + 1
            found.append(np.ascontiguousarray(rows[kinds >= DISTINCT]).view("<u8"))
    return np.unique(np.concatenate(found), axis=0)


def _has_numbers(data: bytes, kind: str) -> bool:
    """Whether so many plausible coordinates follow each other, at any alignment."""
    width = int(kind[-1])
    for start in range(width):
        count = max(len(data) - start, 0) // width
        with np.errstate(invalid="ignore"):
            sizes = np.abs(np.frombuffer(data, kind, count, start)) if count else np.zeros(0)
            good = (sizes > PLAUSIBLE[0]) & (sizes < PLAUSIBLE[1])
        ends = np.flatnonzero(~np.concatenate([[False], good, [False]]))
        if np.diff(ends).max(initial=0) > NUMBERS:
            return True
    return False
