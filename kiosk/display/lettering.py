"""Lines of text in any script as a small picture: shaped by HarfBuzz, through Pillow's raqm.

DejaVu Sans, which comes with a package, knows most alphabets; for others (Chinese, Japanese, Thai)
fontconfig is asked which of the system's fonts can write them.
"""

import importlib.util
import logging
import shutil
import subprocess
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from kiosk.messages import Bytes

logger = logging.getLogger(__name__)

LEADING = 1.35  # from one line to the next, in sizes
SLOW_S = 5.0

Colour = tuple[int, int, int, int]  # RGBA
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Style:
    """How lines are set."""

    ink: Colour
    plate: Colour
    centred: bool = False  # else at the side where their script begins

    @property
    def clear(self) -> "Style":
        """White on black, for those who see badly."""
        return replace(self, ink=(255, 255, 255, 255), plate=(0, 0, 0, 255))


QUIET = Style(ink=(236, 230, 218, 190), plate=(0, 0, 0, 110))
SPOKEN = Style(ink=(250, 247, 240, 255), plate=(0, 0, 0, 165), centred=True)


@dataclass(frozen=True, slots=True)
class Line:
    """One line, or one that is broken into several where it is too long."""

    text: str
    size_px: int


def letter(lines: list[Line], *, width: int, style: Style = QUIET) -> Bytes:
    """The lines on a plate.

    Args:
        lines: from the top; empty ones are left out.
        width: of the plate at most, pixels.
        style: colours and setting.

    Returns:
        (h, w, 4) RGBA; 1x1 and clear without text.
    """
    lines = [line for line in lines if line.text.strip()]
    if not lines:
        return np.zeros((1, 1, 4), np.uint8)
    pad = max(line.size_px for line in lines) // 2
    rows = [
        Line(row, line.size_px) for line in lines for row in _broken(line, max(width - 2 * pad, 1))
    ]
    fonts = [find_font(row.text, row.size_px) for row in rows]
    widths = [font.getlength(row.text) for row, font in zip(rows, fonts, strict=True)]
    height = round(sum(LEADING * row.size_px for row in rows)) + pad
    size = min(round(max(widths)) + 2 * pad, width), height
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), radius=pad // 2, fill=style.plate)
    y = pad / 2
    for row, font, wide in zip(rows, fonts, widths, strict=True):
        room = size[0] - 2 * pad - wide
        x = pad + room * (0.5 if style.centred else 1.0 if _from_right(row.text) else 0.0)
        pen.text(
            (x, y + LEADING * row.size_px / 2), row.text, font=font, fill=style.ink, anchor="lm"
        )
        y += LEADING * row.size_px
    return np.asarray(image, np.uint8)


def find_font(text: str, size_px: int) -> Font:
    """A font that can write a text; what none can write shows as boxes."""
    own = _own_font()
    path = own if own and not _missing(own, text) else _systems_font(_rare(text)) or own
    return ImageFont.truetype(str(path), size_px) if path else ImageFont.load_default(size_px)


def _broken(line: Line, width: int) -> list[str]:
    """The text in rows no wider than so many pixels."""
    font, rows = find_font(line.text, line.size_px), [""]
    words = line.text.split()
    for piece in (piece for word in words for piece in _pieces(word, font, width)):
        longer = f"{rows[-1]} {piece}".strip()
        if rows[-1] and font.getlength(longer) > width:
            rows.append(piece)
        else:
            rows[-1] = longer
    return rows


def _pieces(word: str, font: Font, width: int) -> Iterator[str]:
    """A word, or as many of its letters at a time as fit: some scripts know no spaces."""

    def wide(count: int) -> float:
        return float(font.getlength(word[:count]))

    while len(word) > 1 and wide(len(word)) > width:
        fitting = max(bisect_right(range(1, len(word)), float(width), key=wide), 1)
        yield word[:fitting]
        word = word[fitting:]
    yield word


def _from_right(text: str) -> bool:
    """Whether the first letter that has a direction is of a script written from the right."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((way in ("R", "AL") for way in directions if way in ("L", "R", "AL")), False)


def _rare(text: str) -> str:
    """The letters beyond Latin, each once."""
    return "".join(sorted({letter for letter in text if ord(letter) > 0x24F}))


def _missing(path: Path, text: str) -> bool:
    return bool({ord(letter) for letter in text if not letter.isspace()} - _letters(path))


@lru_cache(maxsize=16)
def _letters(path: Path) -> frozenset[int]:
    with TTFont(path, fontNumber=0, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@lru_cache(maxsize=1)
def _own_font() -> Path | None:
    """DejaVu Sans, from matplotlib."""
    found = importlib.util.find_spec("matplotlib")
    folders = list(found.submodule_search_locations or []) if found else []
    paths = (Path(each) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf" for each in folders)
    return next((path for path in paths if path.is_file()), None)


@lru_cache(maxsize=64)
def _systems_font(letters: str) -> Path | None:
    """The system's font that can write these letters, as fontconfig has it."""
    if not letters or not shutil.which("fc-match"):
        return None
    wanted = "sans:charset=" + " ".join(f"{ord(letter):x}" for letter in letters)
    try:
        found = subprocess.run(
            ["fc-match", "--format=%{file}", wanted],
            capture_output=True, text=True, timeout=SLOW_S, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        logger.warning("fontconfig cannot be asked: %s", error)
        return None
    path = Path(found.stdout)
    if not path.is_file() or _missing(path, letters):
        logger.warning("no font can write %s; install one, such as fonts-noto-cjk", letters[:12])
        return None
    return path
