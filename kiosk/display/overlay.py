"""The operator's overlay: rates, latency, state, faults, and the faces seen, as abstract marks.

No picture of anybody is in it: a face is an ellipse on a field of the frame's shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from kiosk.display.lettering import QUIET, Line, letter
from kiosk.messages import Bytes

SIZE_PX = 16
FIELD_PX = 180  # wide
INK, LEADING = (236, 230, 218, 160), (255, 200, 60, 255)


@dataclass(frozen=True, slots=True)
class Mark:
    """A face: its middle and half its size, as shares of the frame."""

    middle: tuple[float, float]
    half: tuple[float, float]
    leads: bool


def draw_overlay(lines: Sequence[str], marks: Sequence[Mark], width: int) -> Bytes:
    """The overlay, at most so many pixels wide: (h, w, 4) RGBA."""
    words = letter([Line(line, SIZE_PX) for line in lines], width=width, style=QUIET.clear)
    field = _field(marks)
    height = words.shape[0] + field.shape[0]
    sheet = np.zeros((height, max(words.shape[1], field.shape[1]), 4), np.uint8)
    sheet[: words.shape[0], : words.shape[1]] = words
    sheet[words.shape[0] :, : field.shape[1]] = field
    return sheet


def _field(marks: Sequence[Mark]) -> Bytes:
    image = Image.new("RGBA", (FIELD_PX, FIELD_PX * 3 // 4), (0, 0, 0, 200))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, image.width - 1, image.height - 1), outline=INK)
    for mark in marks:
        x, y = mark.middle[0] * image.width, mark.middle[1] * image.height
        w, h = mark.half[0] * image.width, mark.half[1] * image.height
        pen.ellipse((x - w, y - h, x + w, y + h), outline=LEADING if mark.leads else INK, width=2)
    return np.asarray(image, np.uint8)
