"""One screen for several portraits."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kiosk.display.grid import divide_screen
from kiosk.display.offscreen import OffscreenGround
from kiosk.display.panels import Panels
from kiosk.display.settings import DisplaySettings
from kiosk.messages import Layers
from kiosk.portraits.pack import Pack
from tests.packs import small_pack

WIDE, HIGH = (1280, 720), (720, 1280)
SILENT = DisplaySettings(disclosure="", label=False, crossfade_s=0)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [WIDE, HIGH, (3840, 2160), (1080, 1920), (641, 479)])
def test_panels_are_the_whole_screen_and_no_pixel_is_twos(
    size: tuple[int, int], count: int
) -> None:
    shown = np.zeros(size[::-1], int)
    for left, top, width, height in divide_screen(size, count):
        shown[top : top + height, left : left + width] += 1

    assert len(divide_screen(size, count)) == count
    assert (shown == 1).all()


def test_two_hang_side_by_side_on_a_wide_screen_and_above_one_another_on_a_high_one() -> None:
    assert divide_screen(WIDE, 2) == [(0, 0, 640, 720), (640, 0, 640, 720)]
    assert divide_screen(HIGH, 2) == [(0, 0, 720, 640), (0, 640, 720, 640)]


def test_more_hang_in_as_many_rows_as_leave_the_pictures_largest() -> None:
    assert {area[1] for area in divide_screen(WIDE, 3)} == {0}
    assert {area[1] for area in divide_screen(WIDE, 4)} == {0}
    assert [area[2:] for area in divide_screen(HIGH, 3)] == [(360, 640), (360, 640), (720, 640)]
    assert [area[2:] for area in divide_screen(HIGH, 4)] == 4 * [(360, 640)]


@pytest.fixture
def packs(tmp_path: Path) -> list[Pack]:
    return [small_pack(tmp_path, name) for name in ("left", "right")]


@pytest.fixture
def screen(packs: list[Pack]) -> Iterator[Panels]:
    panels = Panels(packs, SILENT, OffscreenGround((240, 160)))
    yield panels
    panels.close()


def moved(portrait_id: str) -> Layers:
    flow = np.zeros((64, 64, 2), np.float32)
    flow[16:48, 16:48, 0] = 0.1
    return Layers(
        portrait_id=portrait_id,
        flow=flow,
        light=np.zeros((64, 64), np.float32),
        paint=np.zeros((64, 64, 3), np.float32),
        cover=np.zeros((64, 64), np.float32),
        captured_at=0.0,
    )


def test_what_moves_in_one_panel_changes_no_pixel_of_the_other(screen: Panels) -> None:
    still = screen.read()
    screen.panels[1].show(moved("right"))
    screen.present()
    picture = screen.read()

    assert picture.shape == (160, 240, 3)
    np.testing.assert_array_equal(picture[:, :120], still[:, :120])
    assert (picture[:, 120:] != still[:, 120:]).any()


def test_there_is_wall_between_two_pictures(screen: Panels) -> None:
    picture = screen.read()

    assert (picture[:, 117:123] == SILENT.wall_rgb).all()
    assert (picture[80, 10:110] != SILENT.wall_rgb).any()


def test_a_portrait_takes_the_place_of_another_in_its_panel(screen: Panels, tmp_path: Path) -> None:
    panel, before = screen.panels[0], screen.read()
    panel.show(moved("left"))
    panel.hang(panel.prepare(small_pack(tmp_path, "third")))
    panel.show(None)

    np.testing.assert_array_equal(screen.read(), before)  # the same picture, and still


def test_captions_and_overlay_lie_in_their_own_panel(screen: Panels) -> None:
    still = screen.read()
    screen.panels[0].caption("I was an admiral")
    screen.panels[0].lay(np.full((40, 300, 4), 255, np.uint8))
    picture = screen.read()

    assert (picture[:, :120] != still[:, :120]).any()
    np.testing.assert_array_equal(picture[:, 120:], still[:, 120:])


def test_each_panel_says_where_it_hangs(screen: Panels) -> None:
    assert screen.places == [0.25, 0.75]


class Resized(OffscreenGround):
    """A window that nobody sees, and somebody pulls at."""

    seen = True
    flipped = 0
    dozes = False

    def doze(self, dark: bool) -> None:
        self.dozes = dark

    def flip(self) -> None:
        self.flipped += 1


def test_a_window_that_becomes_high_has_its_panels_above_one_another(packs: list[Pack]) -> None:
    ground = Resized((240, 160))
    panels = Panels(packs, SILENT, ground)
    try:
        hanging = panels.panels[1].prepare(packs[0])  # made ready before
        ground.size = (160, 240)
        panels.present()
        panels.panels[1].hang(hanging)

        assert [panel.area for panel in panels.panels] == [(0, 0, 160, 120), (0, 120, 160, 120)]
        assert panels.read().shape == (240, 160, 3)
        assert ground.flipped == 1  # once for all panels
    finally:
        panels.close()


def test_when_its_panels_are_dark_the_screen_sleeps(packs: list[Pack]) -> None:
    ground = Resized((240, 160))
    panels = Panels(packs, SILENT, ground)
    try:
        for dark in (True, False):
            for panel in panels.panels:
                panel.darken(dark)
                panel.show(None)
            panels.present()

            assert ground.dozes is dark
            assert bool(panels.read().any()) is not dark
    finally:
        panels.close()
