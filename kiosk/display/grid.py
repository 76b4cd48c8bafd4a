"""One screen for several portraits: how it is divided. Numbers only.

Of all rows and columns those are taken in which the smallest picture comes out largest: two hang
side by side on a screen that is wide, one above the other on one that is high.
"""

import itertools
from collections.abc import Iterator

from kiosk.display.placement import Rectangle

PORTRAIT = 3, 4  # the shape most portraits have, more or less: what hangs may change, the grid not


def divide_screen(size: tuple[int, int], count: int) -> list[Rectangle]:
    """The panel of each portrait, row by row; together they are the whole screen.

    Args:
        size: the screen's width and height in pixels.
        count: of the portraits.
    """
    panels = (_panels(size, rows) for rows in _groupings(count))
    return max(panels, key=lambda each: min(map(_scale, each)))


def _groupings(count: int) -> Iterator[list[int]]:
    """How many portraits hang in each row: rows as alike as can be, the first ones longer."""
    for rows in range(1, count + 1):
        short, more = divmod(count, rows)
        yield [short + (row < more) for row in range(rows)]


def _panels(size: tuple[int, int], rows: list[int]) -> list[Rectangle]:
    edges_y = _edges(size[1], len(rows))
    found = []
    for (top, bottom), columns in zip(edges_y, rows, strict=True):
        for left, right in _edges(size[0], columns):
            found.append((left, top, right - left, bottom - top))
    return found


def _edges(length: int, parts: int) -> list[tuple[int, int]]:
    """Where each of so many equal parts begins and ends, in whole pixels."""
    cuts = [round(length * part / parts) for part in range(parts + 1)]
    return list(itertools.pairwise(cuts))


def _scale(panel: Rectangle) -> float:
    """How large a portrait of the usual shape can hang in a panel."""
    return min(panel[2] / PORTRAIT[0], panel[3] / PORTRAIT[1])
