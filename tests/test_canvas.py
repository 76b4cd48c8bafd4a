"""The composition: exact outside the canvas, and as its plain twin has it within."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from kiosk.display.compose import compose, compose_artwork
from kiosk.display.offscreen import OffscreenScreen
from kiosk.display.placement import overlap, place_artwork
from kiosk.display.settings import DisplaySettings
from kiosk.display.texels import STILL_PX, calm_flow
from kiosk.messages import Bytes, Layers
from kiosk.portraits.pack import CanvasPlace, Pack, PackMeta
from tests.packs import HEIGHT, LEFT, SIDE, TOP, WIDTH, painting, small_pack

RESOLUTION = 64
INSIDE = np.zeros((HEIGHT, WIDTH), bool)
INSIDE[TOP : TOP + SIDE, LEFT : LEFT + SIDE] = True


def make_layers(
    shift: float = 0.0, cover: float = 0.0, portrait_id: str = "gradient", light: float = 0.0
) -> Layers:
    """A smooth bump of flow and light in the middle, and a painted patch."""
    y, x = ((np.mgrid[:RESOLUTION, :RESOLUTION] + 0.5) * 2 / RESOLUTION - 1).astype(np.float32)
    bump = np.exp(-((x / 0.4) ** 2 + (y / 0.4) ** 2))
    paint = np.stack([0.5 + 0.5 * x, 0.5 + 0.5 * y, 0 * x + 0.2], axis=2)
    return Layers(
        portrait_id=portrait_id,
        flow=np.stack([shift * bump, -0.5 * shift * bump], axis=2).astype(np.float32),
        light=(light * bump).astype(np.float32),
        paint=paint.astype(np.float32),
        cover=(cover * bump).astype(np.float32),
        captured_at=0.0,
    )


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return small_pack(tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="module")
def screen(pack: Pack) -> Iterator[OffscreenScreen]:
    """A screen of the artwork's own size."""
    with OffscreenScreen(pack, (WIDTH, HEIGHT)) as screen:
        yield screen


def picture(screen: OffscreenScreen, layers: Layers | None) -> Bytes:
    screen.show(layers)
    return screen.read()


def difference(first: Bytes, second: Bytes) -> np.ndarray:
    return np.abs(first.astype(int) - second).max(axis=2)


def test_the_still_picture_is_the_artwork_pixel_for_pixel(
    screen: OffscreenScreen, pack: Pack
) -> None:
    assert np.array_equal(picture(screen, None), pack.artwork)


@pytest.mark.parametrize(("shift", "cover"), [(0.0, 0.0), (0.2, 0.0), (-0.1, 0.9), (0.0, 1.0)])
def test_shader_and_plain_twin_agree(
    screen: OffscreenScreen, pack: Pack, shift: float, cover: float
) -> None:
    layers = make_layers(shift, cover)
    shown = picture(screen, layers)
    apart = np.abs(shown.astype(int) - compose_artwork(pack, layers))

    assert apart[INSIDE].mean() < 2
    assert not apart[~INSIDE].any()
    assert np.array_equal(shown[~INSIDE], pack.artwork[~INSIDE])


def test_without_flow_every_pixel_is_the_artwork(screen: OffscreenScreen, pack: Pack) -> None:
    picture(screen, None)
    shown = picture(screen, make_layers())

    assert difference(shown, pack.artwork).max() <= 1
    assert np.array_equal(compose_artwork(pack, make_layers()), pack.artwork)


def test_behind_a_sitter_who_moved_away_is_the_background(
    screen: OffscreenScreen, pack: Pack
) -> None:
    flow = np.zeros((RESOLUTION, RESOLUTION, 2), np.float32)
    flow[:, :, 0] = 0.8  # beside the disc, whose edge is at 0.6, nothing but ground
    shown = picture(screen, replace(make_layers(), flow=flow))
    row, column = SIDE // 2, SIDE // 2
    middle = (slice(TOP + row - 5, TOP + row + 5), slice(LEFT + column - 5, LEFT + column + 5))
    ground = pack.background[row - 5 : row + 5, column - 5 : column + 5]

    assert difference(shown[middle], ground).max() <= 1


def test_flow_names_the_place_that_a_pixel_comes_from(screen: OffscreenScreen, pack: Pack) -> None:
    flow = np.zeros((RESOLUTION, RESOLUTION, 2), np.float32)
    flow[:, :, 0] = 10 / (SIDE / 2)  # ten pixels: the picture moves to the left
    shown = picture(screen, replace(make_layers(), flow=flow))
    row, column = TOP + SIDE // 2, LEFT + SIDE // 2
    middle = (slice(row - 20, row + 20), slice(column - 20, column + 20))
    source = (middle[0], slice(column - 10, column + 30))

    assert difference(shown[middle], pack.artwork[source]).max() <= 2


def test_motion_at_the_very_edge_of_the_canvas_makes_no_seam(
    screen: OffscreenScreen, pack: Pack
) -> None:
    everywhere = np.full((RESOLUTION, RESOLUTION, 2), 0.05, np.float32)
    cover = np.ones((RESOLUTION, RESOLUTION), np.float32)
    shown = picture(screen, replace(make_layers(), flow=everywhere, cover=cover))
    border = INSIDE.copy()
    border[TOP + 1 : TOP + SIDE - 1, LEFT + 1 : LEFT + SIDE - 1] = False

    assert difference(shown, pack.artwork)[border].mean() < 6


def test_the_still_artwork_returns_when_the_layers_end(screen: OffscreenScreen, pack: Pack) -> None:
    picture(screen, make_layers(0.2, 0.9))

    assert np.array_equal(picture(screen, None), pack.artwork)


def test_what_moved_before_and_rests_now_is_drawn_anew(screen: OffscreenScreen) -> None:
    picture(screen, None)
    fresh = picture(screen, make_layers(0.0))
    picture(screen, make_layers(0.3, 1.0))

    assert np.array_equal(picture(screen, make_layers(0.0)), fresh)


def test_a_generators_noise_leaves_the_artwork_sharp(screen: OffscreenScreen, pack: Pack) -> None:
    noise = np.full((RESOLUTION, RESOLUTION, 2), 0.05 / (SIDE / 2), np.float32)  # 0.05 pixels
    shown = picture(screen, replace(make_layers(), flow=noise))
    sitter = np.zeros((HEIGHT, WIDTH), bool)
    sitter[INSIDE] = (pack.matte == 255).ravel()

    assert difference(shown, pack.artwork)[sitter].max() <= 2


@pytest.mark.parametrize("shift_px", [0.0, 0.4, 1.0, 5.0, 40.0])
def test_calm_flow_takes_noise_and_leaves_motion(shift_px: float) -> None:
    calm = calm_flow(np.array([[shift_px, 0.0]], np.float32), STILL_PX)[0, 0]

    assert 0 <= shift_px - calm <= min(shift_px, STILL_PX / 2 + 1e-6)


def test_late_layers_of_another_portrait_are_not_drawn(screen: OffscreenScreen) -> None:
    before = picture(screen, make_layers(0.1))
    after = picture(screen, make_layers(0.3, 1.0, portrait_id="another"))

    assert np.array_equal(before, after)


def test_layers_of_another_resolution_are_drawn_as_well(
    screen: OffscreenScreen, pack: Pack
) -> None:
    layers = make_layers(0.2, 0.5)
    flow, light = (np.ascontiguousarray(x[::2, ::2]) for x in (layers.flow, layers.light))
    half = replace(layers, flow=flow, light=light)

    assert np.array_equal(picture(screen, half)[~INSIDE], pack.artwork[~INSIDE])


@pytest.mark.parametrize("size", [(150, 400), (640, 220), (301, 203), (77, 900), (900, 900)])
def test_on_any_screen_the_picture_is_letterboxed_on_the_wall(
    pack: Pack, size: tuple[int, int]
) -> None:
    settings = DisplaySettings(wall="#102030", margin=0.05, disclosure="", label=False)
    with OffscreenScreen(pack, size, settings) as screen:
        still = picture(screen, None)
        moving = picture(screen, make_layers(0.2, 0.5))
        placement = screen.placement
    left, top, width, height = placement.picture
    wall = np.ones(still.shape[:2], bool)
    wall[top : top + height, left : left + width] = False

    assert (still[wall] == (0x10, 0x20, 0x30)).all()
    assert wall.any()
    assert abs(width / height - WIDTH / HEIGHT) < 0.04
    x, y, w, h = placement.canvas
    outside = np.ones(still.shape[:2], bool)
    outside[y : y + h, x : x + w] = False
    assert np.array_equal(still[outside], moving[outside])
    assert not np.array_equal(still, moving)


def test_the_note_is_drawn_on_the_wall_where_there_is_one(pack: Pack) -> None:
    size = (640, 420)
    with OffscreenScreen(pack, size, DisplaySettings(disclosure="", label=False)) as screen:
        plain = picture(screen, None)
    with OffscreenScreen(
        pack, size, DisplaySettings(disclosure="Erzeugte Bewegung", label=False)
    ) as screen:
        noted = picture(screen, None)
        left, top, width, height = screen.placement.picture
    changed = difference(plain, noted) > 0

    assert changed.any()
    assert not changed[top : top + height, left : left + width].any()


def test_a_note_over_the_canvas_stays_while_it_moves(pack: Pack) -> None:
    square = replace(pack, artwork=painting(SIDE, SIDE), meta=_at_origin(pack))
    settings = DisplaySettings(disclosure="Generated movement", label=False)
    with OffscreenScreen(square, (SIDE, SIDE), settings) as screen:
        first = picture(screen, make_layers(0.1))
        picture(screen, make_layers(0.0))
        second = picture(screen, make_layers(0.1))
    with OffscreenScreen(square, (SIDE, SIDE)) as screen:
        plain = picture(screen, make_layers(0.1))

    assert np.array_equal(first, second)
    assert (difference(first, plain) > 0)[-40:].any()


def test_a_large_artwork_on_a_small_screen_does_not_shimmer(pack: Pack) -> None:
    """A pattern finer than the screen's pixels becomes an even grey, moving or not."""
    rows, columns = np.mgrid[:1600, :1200]
    checks = np.repeat(((rows + columns) % 2 * 255).astype(np.uint8)[:, :, None], 3, axis=2)
    place = CanvasPlace(left=160, top=240, side=800)
    large = replace(
        pack,
        artwork=checks,
        meta=pack.meta.model_copy(update={"canvas": place}),
        matte=np.full((800, 800), 255, np.uint8),
        background=checks[:800, :800],
    )
    with OffscreenScreen(large, (150, 200)) as screen:
        shown = picture(screen, make_layers(0.13))

    assert shown.std() < 3


def test_the_canvas_is_placed_on_whole_pixels_within_the_screen() -> None:
    placement = place_artwork(
        (6000, 8000), (720, 1280), canvas=CanvasPlace(left=100, top=0, side=5900), margin=0.0
    )

    assert overlap(placement.canvas, placement.picture) == placement.canvas
    assert placement.picture == (0, 160, 720, 960)


def test_compose_gives_the_canvas(pack: Pack) -> None:
    assert compose(pack, make_layers(0.1)).shape == (SIDE, SIDE, 3)


def _at_origin(pack: Pack) -> PackMeta:
    return pack.meta.model_copy(update={"canvas": CanvasPlace(left=0, top=0, side=SIDE)})
