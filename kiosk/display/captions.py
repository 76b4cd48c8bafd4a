"""What is read while a portrait speaks: large, centred, low enough for who sits."""

from kiosk.display.lettering import SPOKEN, Line, letter
from kiosk.display.settings import DisplaySettings
from kiosk.messages import Bytes

HEIGHT = 1 / 27  # of the screen's shorter side
SMALLEST_PX = 14
WIDEST = 0.86  # of the screen
ABOVE = 0.08  # of the screen's height, from below: the note may stand under it


def draw_caption(text: str, settings: DisplaySettings, screen: tuple[int, int]) -> Bytes:
    """A caption on a plate: (h, w, 4) RGBA; 1x1 and clear without text."""
    px = max(round(min(screen) * HEIGHT * settings.lettering), SMALLEST_PX)
    lines = [Line(row, px) for row in text.splitlines()]
    width = round(WIDEST * screen[0])
    return letter(lines, width=width, style=SPOKEN.clear if settings.high_contrast else SPOKEN)


def place_caption(shape: tuple[int, ...], screen: tuple[int, int]) -> tuple[int, int]:
    """Its upper left corner: in the middle, or at the top where it is higher than the screen."""
    height, width = shape[:2]
    return (screen[0] - width) // 2, max(round((1 - ABOVE) * screen[1]) - height, 0)
