"""A contact sheet: the visitor above the portrait, moment by moment.

Comes in: pairs of pictures. Goes out: a PNG that says in its text that the movement is generated.
Made only where someone asks for it, of clips or with the visitor's leave; never by the gallery.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from kiosk.display.generated import save_png
from kiosk.errors import KioskError
from kiosk.messages import Bytes

CELL_PX = 270  # width of a column
GAP_PX = 6
PAPER = 24  # grey behind the pictures


def contact_sheet(pairs: Sequence[tuple[Bytes, Bytes]], path: Path, *, columns: int = 6) -> None:
    """Writes ``path``: each pair a column, (h, w, 3) uint8 RGB visitor above portrait.

    Raises:
        KioskError: there are no pairs, or the file cannot be written.
    """
    if not pairs:
        raise KioskError(f"{path}: there is nothing to show on a contact sheet")
    cells = [_make_cell(visitor, portrait) for visitor, portrait in pairs]
    height = max(cell.shape[0] for cell in cells)
    cells = [_fill(cell, height) for cell in cells]
    columns = min(columns, len(cells))
    cells += [_fill(cells[0][:0], height)] * (-len(cells) % columns)
    rows = [np.hstack(cells[i : i + columns]) for i in range(0, len(cells), columns)]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_png(np.vstack(rows), path)
    except OSError as error:
        raise KioskError(f"{path}: the contact sheet cannot be written: {error}") from error


def _make_cell(visitor: Bytes, portrait: Bytes) -> Bytes:
    pictures = [_fit_width(visitor), _fit_width(portrait)]
    gap = np.full((GAP_PX, CELL_PX, 3), PAPER, np.uint8)
    column = np.vstack([pictures[0], gap, pictures[1]])
    edge = ((GAP_PX, GAP_PX), (GAP_PX, GAP_PX), (0, 0))
    return np.pad(column, edge, constant_values=PAPER)


def _fit_width(image: Bytes) -> Bytes:
    height = max(round(image.shape[0] * CELL_PX / image.shape[1]), 1)
    method = cv2.INTER_AREA if image.shape[1] > CELL_PX else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(image, (CELL_PX, height), interpolation=method), np.uint8)


def _fill(cell: Bytes, height: int) -> Bytes:
    missing = ((0, height - cell.shape[0]), (0, 0), (0, 0))
    return np.pad(cell, missing, constant_values=PAPER)
