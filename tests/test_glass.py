"""Between wall and visitor: light by the hour, a slow shift, the operator's overlay."""

import numpy as np
import pytest

from kiosk.display.offscreen import OffscreenScreen
from kiosk.display.settings import DisplaySettings
from kiosk.display.view import STEP_S, level_at, shift_at
from kiosk.messages import Bytes
from kiosk.portraits.pack import Pack
from tests.fakes import ManualClock
from tests.packs import small_pack

SIZE = (300, 420)
WALL = (16, 32, 48)
HOURS = (("08:00", 1.0), ("22:00", 0.3))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return small_pack(tmp_path_factory.mktemp("packs"))


def shown(pack: Pack, clock: ManualClock | None = None, **changes: object) -> Bytes:
    plain = {"disclosure": "", "label": False, "wall": "#102030", "margin": 0.05, "max_fps": 60}
    settings = DisplaySettings(**{**plain, **changes})  # type: ignore[arg-type]
    with OffscreenScreen(pack, SIZE, settings, clock=clock or ManualClock(0.0)) as screen:
        screen.show(None)
        return screen.read().copy()


@pytest.mark.parametrize(
    ("time", "level"), [("07:59", 0.3), ("08:00", 1.0), ("21:59", 1.0), ("23:00", 0.3)]
)
def test_light_goes_by_the_hour_and_the_night_past_midnight(time: str, level: float) -> None:
    assert level_at(time, HOURS) == level
    assert level_at(time, ()) == 1.0


def test_a_shift_wanders_everywhere_within_its_reach() -> None:
    places = {shift_at(STEP_S * n, 2) for n in range(17 * 23)}

    assert {x for x, _ in places} == {y for _, y in places} == {-2, -1, 0, 1, 2}
    assert shift_at(1e6, 0) == (0, 0)
    steps = np.abs(np.diff([shift_at(STEP_S * n, 2) for n in range(400)], axis=0))
    assert steps.max() == 1  # nobody sees it go


def test_a_shifted_picture_is_the_same_picture_elsewhere_on_the_wall(pack: Pack) -> None:
    clock = ManualClock(0.0)
    still = shown(pack, clock, shift_px=4)
    clock.now = 3 * STEP_S
    dx, dy = shift_at(clock.now, 4)
    moved = shown(pack, clock, shift_px=4)

    assert dx > 0
    assert dy > 0
    assert np.array_equal(moved[dy:, dx:], still[:-dy, :-dx])
    assert (moved[:dy] == WALL).all()
    assert np.array_equal(still, shown(pack))


def test_a_dark_screen_is_black_and_shows_the_same_picture_when_it_wakes(pack: Pack) -> None:
    with OffscreenScreen(pack, SIZE, DisplaySettings(), clock=ManualClock(0.0)) as screen:
        screen.show(None)
        lit = screen.read().copy()
        screen.darken(True)
        screen.show(None)
        night = screen.read().copy()
        screen.darken(False)
        screen.show(None)

        assert not night.any()
        assert np.array_equal(screen.read(), lit)


def test_a_dimmed_picture_is_darker_evenly(pack: Pack) -> None:
    full = shown(pack).astype(int)
    dim = shown(pack, brightness=(("00:00", 0.5),)).astype(int)

    assert np.abs(dim - full / 2).max() <= 1


def test_an_overlay_lies_on_top_until_it_is_taken_away(pack: Pack) -> None:
    overlay = np.zeros((20, 30, 4), np.uint8)
    overlay[...] = (250, 0, 0, 255)
    settings = DisplaySettings(disclosure="", label=False)
    with OffscreenScreen(pack, SIZE, settings) as screen:
        screen.show(None)
        before = screen.read().copy()
        screen.lay(overlay)
        with_it = screen.read().copy()
        screen.lay(None)
        after = screen.read().copy()

    assert (with_it[:20, :30] == (250, 0, 0)).all()
    assert np.array_equal(with_it[20:], before[20:])
    assert np.array_equal(after, before)
