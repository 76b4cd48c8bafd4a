"""Contact sheets."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kiosk.display.sheet import contact_sheet
from kiosk.errors import KioskError

VISITOR = np.full((48, 64, 3), (200, 0, 0), np.uint8)
PORTRAIT = np.full((128, 72, 3), (0, 0, 200), np.uint8)


def test_the_visitor_stands_above_the_portrait(tmp_path: Path) -> None:
    contact_sheet([(VISITOR, PORTRAIT)] * 8, tmp_path / "out" / "sheet.png", columns=4)
    sheet = np.asarray(Image.open(tmp_path / "out" / "sheet.png"))

    assert tuple(sheet[40, 40]) == (200, 0, 0)
    assert tuple(sheet[400, 40]) == (0, 0, 200)
    assert sheet.shape[1] == 4 * (270 + 12)


def test_a_sheet_says_that_its_movement_is_generated(tmp_path: Path) -> None:
    contact_sheet([(VISITOR, PORTRAIT)], tmp_path / "sheet.png")

    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.info["Comment"].startswith("AI-generated movement: ")


def test_pairs_of_unlike_sizes_and_a_last_row_half_full_fit(tmp_path: Path) -> None:
    pairs = [(VISITOR, PORTRAIT), (VISITOR[:, :30], PORTRAIT), (VISITOR, PORTRAIT[:50])]
    contact_sheet(pairs, tmp_path / "sheet.png", columns=2)

    assert (tmp_path / "sheet.png").is_file()


def test_no_pairs_and_no_folder_are_one_line_each(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KioskError, match="nothing to show"):
        contact_sheet([], tmp_path / "sheet.png")
    with pytest.raises(KioskError, match="sheet cannot be written"):
        contact_sheet([(VISITOR, PORTRAIT)], tmp_path / "file" / "sheet.png")
