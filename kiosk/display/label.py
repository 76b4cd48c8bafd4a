"""What hangs beside the picture: its label, and the note that the movement is generated.

The note is asked for by the EU AI Act, Article 50. Both are drawn once: on the wall where there is
room for them, else the note alone over the picture's lower edge, beside the canvas if possible.
"""

from kiosk.display.lettering import QUIET, Line, letter
from kiosk.display.placement import Placement, Rectangle, overlap, touch
from kiosk.display.settings import AUTO, DisplaySettings
from kiosk.languages import family
from kiosk.messages import Bytes
from kiosk.portraits.meta import PackMeta, in_language

HEIGHT = 1 / 55  # of the screen's shorter side: read from a step away, not from across the room
SMALLEST_PX = 11
TITLE, SMALL = 1.5, 0.8
WIDEST = 0.45  # of the screen
# short and literal, for a visitor who has a second
NOTES = {
    "en": "Generated movement",
    "ar": "حركة مولّدة بالحاسوب",
    "de": "Bewegung vom Computer erzeugt",
    "es": "Movimiento generado por ordenador",
    "fr": "Mouvement généré par ordinateur",
    "he": "תנועה שנוצרה במחשב",
    "it": "Movimento generato al computer",
    "ja": "動きはコンピューターによる生成です",
    "ko": "컴퓨터가 생성한 움직임",
    "nl": "Beweging door de computer gemaakt",
    "pl": "Ruch wygenerowany komputerowo",
    "pt": "Movimento gerado por computador",
    "ru": "Движение создано компьютером",
    "tr": "Bilgisayarla üretilmiş hareket",
    "uk": "Рух створено комп'ютером",
    "zh": "动作由计算机生成",
}
RIGHTS = {
    "publicdomain/mark": "Public domain", "publicdomain/zero": "CC0",
    "licenses/by": "CC BY", "licenses/by-sa": "CC BY-SA", "licenses/by-nc": "CC BY-NC",
    "licenses/by-nd": "CC BY-ND", "licenses/by-nc-sa": "CC BY-NC-SA",
    "licenses/by-nc-nd": "CC BY-NC-ND",
}  # fmt: skip


def note_in(settings: DisplaySettings) -> str:
    """The note in the visitors' language, or what the settings say; empty for none."""
    if settings.disclosure != AUTO:
        return settings.disclosure
    return NOTES.get(family(settings.language), NOTES["en"])


def draw_labels(meta: PackMeta, settings: DisplaySettings, screen: tuple[int, int]) -> list[Bytes]:
    """Label and note together, then the note alone: (h, w, 4) RGBA each, the better one first."""
    px = max(round(min(screen) * HEIGHT * settings.lettering), SMALLEST_PX)
    small = max(round(SMALL * px), SMALLEST_PX)
    note = [Line(note_in(settings), small)]
    drawn = [note]
    if settings.label:
        label, language = meta.label, settings.language
        maker = ", ".join(
            filter(None, (in_language(m, language) for m in (label.artist, label.date)))
        )
        owner = in_language(label.collection, language)
        short = rights_in_short(meta.rights)
        terms = " · ".join(filter(None, (owner, meta.required_statement, short)))
        title = Line(in_language(label.title, language), round(TITLE * px))
        drawn = [[title, Line(maker, px), Line(terms, small), *note], note]
    width = round(WIDEST * screen[0] * max(1.0, settings.lettering))
    style = QUIET.clear if settings.high_contrast else QUIET
    return [letter(lines, width=min(width, screen[0]), style=style) for lines in drawn]


def rights_in_short(rights: str) -> str:
    """A licence's usual short name, of its URI; empty where it has none."""
    kind, _, version = rights.partition("://")[2].partition("/")[2].strip("/").rpartition("/")
    name = RIGHTS.get(kind, "")
    return f"{name} {version}" if kind.startswith("licenses/") and name else name


def place_labels(
    drawn: list[Bytes], screen: tuple[int, int], placement: Placement
) -> tuple[Bytes, Rectangle]:
    """Which of them is hung, and where: the first for which the wall has room, else the last."""
    for image in drawn:
        area = place_label(image.shape, screen, placement)
        if area[2] and not touch(area, placement.picture):
            return image, area
    return drawn[-1], place_label(drawn[-1].shape, screen, placement)


def place_label(shape: tuple[int, ...], screen: tuple[int, int], placement: Placement) -> Rectangle:
    """The first lower corner, of wall and then of picture, that the canvas leaves free."""
    height, width = shape[:2]
    if width <= 1:
        return 0, 0, 0, 0
    gap = min(height // 2, round(min(screen) * HEIGHT))
    corners = [
        (left, bottom - height - gap, width, height)
        for bottom in (screen[1], placement.picture[1] + placement.picture[3])
        for left in (screen[0] - width - gap, gap)
    ]
    fitting = [area for area in corners if overlap(area, (0, 0, *screen)) == area]
    free = [area for area in fitting if not touch(area, placement.canvas)]
    wall = [area for area in free if not touch(area, placement.picture)]
    return next(iter(wall + free + fitting), (0, 0, min(width, screen[0]), min(height, screen[1])))
