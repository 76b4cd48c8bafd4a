import cv2
import numpy as np
import pytest

from kiosk.curation.study import Study
from kiosk.face import CHIN, FOREHEAD, MESH, NOSE_TIP
from kiosk.puppet import figure
from kiosk.puppet.figure import (
    SIZE,
    canvas_from_artwork,
    paint_behind,
    place_canvas,
)


@pytest.mark.parametrize("corner", [(0, 0), (900, 0), (0, 1400), (900, 1400)])
def test_the_canvas_stays_in_the_picture(study: Study, corner: tuple[int, int]) -> None:
    landmarks = study.landmarks * 150
    landmarks[:, :2] += corner
    left, top, side = place_canvas(landmarks, 1000, 1500)

    assert 0 <= left <= left + side <= 1000
    assert 0 <= top <= top + side <= 1500


def test_a_canvas_has_room_round_the_face(study: Study) -> None:
    landmarks = study.landmarks * 150 + np.array([500, 700, 0], np.float32)
    canvas = place_canvas(landmarks, 1000, 1500)
    points = canvas_from_artwork(landmarks, canvas)

    assert np.abs(points[:MESH, :2]).max() < 0.7
    assert abs(points[:MESH, 0].min() + points[:MESH, 0].max()) < 0.02
    height = points[CHIN, 1] - points[FOREHEAD, 1]
    assert 0.6 < height < 1.0


def test_the_matte_holds_the_sitter_and_not_the_ground(study: Study) -> None:
    side = study.matte.shape[0]
    x, y = ((study.landmarks[[NOSE_TIP, FOREHEAD, CHIN], :2] + 1) * side / 2).astype(int).T

    assert study.matte.dtype == np.float32
    assert study.matte[y, x].min() > 0.99
    assert study.matte[5, 5] < 0.01
    assert 0.2 < study.matte.mean() < 0.8


def test_the_plate_is_the_picture_where_the_sitter_is_not(study: Study) -> None:
    crop, ground = study.crop(), study.matte < 0.01
    far = cv2.erode(ground.astype(np.uint8), np.ones((41, 41), np.uint8)) > 0
    x, y = ((study.landmarks[NOSE_TIP, :2] + 1) * crop.shape[0] / 2).astype(int)

    assert far.any()
    np.testing.assert_array_equal(study.plate[far], crop[far])
    assert np.abs(study.plate[y, x].astype(int) - crop[y, x]).max() > 20


def test_a_sitter_who_fills_the_canvas_leaves_no_plate_to_paint() -> None:
    crop = np.random.default_rng(0).integers(0, 255, (300, 300, 3)).astype(np.uint8)

    np.testing.assert_array_equal(paint_behind(crop, np.ones((300, 300), np.float32)), crop)


def test_the_ground_goes_on_behind_the_sitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure, "PIECED_AT", 128)  # quicker
    y, x = np.mgrid[:256, :256]
    stripes = np.where((x // 16) % 2 == 0, 60, 200).astype(np.uint8)
    crop = np.repeat(stripes[..., None], 3, axis=2)
    away = np.hypot(x - 128, y - 128)
    crop[away < 60] = (200, 30, 30)
    plate = paint_behind(crop, (away < 60).astype(np.float32))
    inside = (away > 30) & (away < 52)

    assert plate[inside].std() > 0.5 * stripes.std()  # a smooth fill has nearly none
    assert np.abs(plate[inside].astype(int) - (200, 30, 30)).max(1).min() > 60


def test_a_figure_has_the_puppets_size_whatever_the_artworks(study: Study) -> None:
    made = study.puppet().figure

    assert made.artwork.shape == made.plate.shape == (SIZE, SIZE, 3)
    assert made.matte.shape == (SIZE, SIZE)
    assert 0 <= made.matte.min() <= made.matte.max() <= 1
    assert made.artwork.dtype == np.float32
