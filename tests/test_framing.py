"""A frame and a mat lie around the picture, and never over it."""

import numpy as np

from kiosk.display.framing import frame_px, paint_wall
from kiosk.display.offscreen import OffscreenScreen
from kiosk.display.placement import place_artwork
from kiosk.display.settings import DisplaySettings
from kiosk.messages import Bytes
from kiosk.portraits.meta import CanvasPlace
from kiosk.portraits.pack import Pack
from tests.packs import small_pack

SIZE = (400, 600)
PLACE = CanvasPlace(left=40, top=60, side=200)
FRAMED = DisplaySettings(
    frame="#6b4a22", mat="#e9e2d2", wall="#102030", margin=0.05, disclosure="", label=False
)


def painted(settings: DisplaySettings) -> tuple[Bytes, tuple[int, int, int, int]]:
    margin = settings.margin + sum(frame_px(settings, SIZE)) / min(SIZE)
    placement = place_artwork((300, 400), SIZE, canvas=PLACE, margin=margin)
    return paint_wall(settings, SIZE, placement), placement.picture


def test_from_the_wall_inwards_come_frame_mat_and_picture() -> None:
    wall, (left, top, width, height) = painted(FRAMED)
    frame, mat = frame_px(FRAMED, SIZE)
    row = top + height // 2

    assert tuple(wall[row, left - mat - frame - 1, :3]) == (16, 32, 48)
    assert np.abs(wall[row, left - mat - frame // 2, :3].astype(int) - (107, 74, 34)).max() < 60
    assert wall[row, left + width + mat // 2, :3].tolist() == [0xE9, 0xE2, 0xD2]  # unshaded there
    assert (wall[..., 3] == 255).all()


def test_the_frame_is_lit_from_above_on_the_left_and_shades_the_mat() -> None:
    wall, (left, top, width, height) = painted(FRAMED)
    frame, mat = frame_px(FRAMED, SIZE)
    middle = left + width // 2
    upper = wall[top - mat - frame // 2, middle, :3].astype(int).sum()
    lower = wall[top + height + mat + frame // 2, middle, :3].astype(int).sum()

    assert upper > 1.4 * lower
    shaded = wall[top - mat + 1, middle, :3].astype(int).sum()
    clear = wall[top + height + mat - 2, middle, :3].astype(int).sum()
    assert shaded < 0.8 * clear


def test_without_colours_the_wall_is_bare() -> None:
    bare, _ = painted(DisplaySettings(wall="#102030"))

    assert (bare[..., :3] == (16, 32, 48)).all()
    assert frame_px(DisplaySettings(), SIZE) == (0, 0)


def test_a_framed_picture_is_whole_and_the_frame_is_seen_around_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    pack: Pack = small_pack(tmp_path)
    with OffscreenScreen(pack, SIZE, FRAMED) as screen:
        screen.show(None)
        seen = screen.read().copy()
        left, top, width, height = screen.placement.picture
    expected, _ = painted(FRAMED)
    outside = np.ones(seen.shape[:2], bool)
    outside[top : top + height, left : left + width] = False

    assert np.array_equal(seen[outside], expected[..., :3][outside])
    assert abs(width / height - 300 / 400) < 0.02
