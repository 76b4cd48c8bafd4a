"""Only what a frame can change is drawn, and all of that."""

from dataclasses import replace

import numpy as np
import pytest

from kiosk.display.compose import compose_artwork
from kiosk.display.moving import BANDS, COARSER, Ground, find_spans
from kiosk.display.offscreen import OffscreenScreen
from kiosk.display.texels import canvas_slices
from kiosk.messages import Bytes, Layers
from kiosk.portraits.pack import Pack
from tests.packs import HEIGHT, WIDTH, small_pack

SIZE = 64
LEAST = 1e-3


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """Its plate is the artwork wherever the sitter, a disc in the middle, hides nothing."""
    made = small_pack(tmp_path_factory.mktemp("packs"))
    crop: Bytes = made.artwork[canvas_slices(made.meta.canvas)]
    hidden = (made.matte > 0)[..., None]
    return replace(made, background=np.where(hidden, 255 - crop, crop))


def layers(shift: float, cover: float = 0.0, light: float = 0.0) -> Layers:
    """All flows alike to the right; paint covers the upper left corner, light changes below it."""
    side = SIZE * COARSER
    flow = np.zeros((side, side, 2), np.float32)
    flow[..., 0] = shift
    covered, lit = np.zeros((2, side, side), np.float32)
    covered[8 * COARSER : 12 * COARSER, 8 * COARSER : 12 * COARSER] = cover
    lit[30 * COARSER : 34 * COARSER, 30 * COARSER : 34 * COARSER] = light
    return Layers("gradient", flow, lit, np.ones((side, side, 3), np.float32), covered, 0.0)


def moving(pack: Pack, given: Layers) -> np.ndarray:
    return Ground.of(pack, SIZE * COARSER).find_moving(given, least=LEAST)


def test_nothing_moves_at_rest(pack: Pack) -> None:
    assert not moving(pack, layers(0.0)).any()


def test_where_the_sitter_was_and_where_the_sitter_comes_is_drawn_and_no_other_ground(
    pack: Pack,
) -> None:
    found = moving(pack, layers(0.2))  # the disc, of radius 0.6, is seen 0.2 further left
    middle = found[SIZE // 2]
    x = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1

    assert middle[(x > -0.78) & (x < 0.58)].all()
    assert not middle[(x < -0.95) | (x > 0.75)].any()
    assert not found[0].any()


def test_paint_is_drawn_also_where_nothing_flows(pack: Pack) -> None:
    found = moving(pack, layers(0.0, cover=0.5))

    assert found[8:12, 8:12].all()
    assert found.sum() == 16


def test_changed_light_is_drawn_also_where_nothing_flows(pack: Pack) -> None:
    for light in (-0.1, 0.1):
        found = moving(pack, layers(0.0, light=light))

        assert found[30:34, 30:34].all()
        assert found.sum() == 16


@pytest.mark.parametrize("size", [10, 64, 100])
def test_bands_reach_around_all_that_moves(size: int) -> None:
    rng = np.random.default_rng(0)
    found = np.zeros((size, size), bool)
    found[rng.integers(0, size, 5), rng.integers(0, size, 5)] = True
    spans = find_spans(found)
    rows, columns = (np.nonzero(found)[axis] / size for axis in (0, 1))

    assert len(spans) == BANDS
    assert spans[0][1] == 0
    assert spans[-1][3] == 1
    for row, column in zip(rows, columns, strict=True):
        assert any(
            left <= column < right and top <= row < bottom for left, top, right, bottom in spans
        )


def test_what_is_not_drawn_is_as_the_plain_twin_has_it(pack: Pack) -> None:
    with OffscreenScreen(pack, (WIDTH, HEIGHT)) as screen:
        for given in (layers(0.2), layers(-0.3, cover=1.0), layers(0.05, light=-0.3)):
            screen.show(given)
            apart = np.abs(screen.read().astype(int) - compose_artwork(pack, given)).max(axis=2)

            assert apart.mean() < 1
            assert (apart > 40).mean() < 0.002
