"""The visible note that the movement is generated (EU AI Act, Article 50), drawn once.

Comes in: its text in the visitors' language. Goes out: an image, and its place in a lower corner,
on the wall where there is one, else over the picture's lower edge, beside the canvas if possible.
"""

import importlib.util
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from kiosk.display.placement import Placement, Rectangle, overlap
from kiosk.messages import Bytes

HEIGHT = 1 / 55  # of the screen's shorter side: read from a step away, not from across the room
SMALLEST_PX = 11
INK = (236, 230, 218, 190)
SHADOW = (0, 0, 0, 110)


def draw_note(text: str, screen: tuple[int, int]) -> Bytes:
    """The text with a soft dark plate behind it: (h, w, 4) RGBA; 1x1 and clear without text."""
    if not text.strip():
        return np.zeros((1, 1, 4), np.uint8)
    size = max(round(min(screen) * HEIGHT), SMALLEST_PX)
    font = _load_font(size)
    left, top, right, bottom = font.getbbox(text)
    pad = size // 2
    width, height = min(int(right - left) + 2 * pad, screen[0]), int(bottom - top) + pad
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, width - 1, height - 1), radius=pad // 2, fill=SHADOW)
    pen.text((pad - left, pad // 2 - top), text, font=font, fill=INK)
    return np.asarray(image, np.uint8)


def place_note(shape: tuple[int, ...], screen: tuple[int, int], placement: Placement) -> Rectangle:
    """The first lower corner, of wall and then of picture, that the canvas leaves free."""
    height, width = shape[:2]
    if width <= 1:
        return 0, 0, 0, 0
    gap = height // 2
    corners = [
        (left, bottom - height - gap, width, height)
        for bottom in (screen[1], placement.picture[1] + placement.picture[3])
        for left in (screen[0] - width - gap, gap)
    ]
    fitting = [area for area in corners if overlap(area, (0, 0, *screen)) == area]
    free = [area for area in fitting if not overlap(area, placement.canvas)[2]]
    wall = [area for area in free if not overlap(area, placement.picture)[2]]
    return next(iter(wall + free + fitting), (0, 0, min(width, screen[0]), min(height, screen[1])))


def _load_font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """DejaVu Sans, which knows most alphabets, from matplotlib; else Pillow's own."""
    found = importlib.util.find_spec("matplotlib")
    folders = list(found.submodule_search_locations or []) if found else []
    for folder in folders:
        path = Path(folder) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if path.is_file():
            return ImageFont.truetype(str(path), size)
    return ImageFont.load_default(size)
