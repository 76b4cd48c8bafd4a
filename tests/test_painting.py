"""The painter: strokes that follow the picture, the same for the same seed."""

import numpy as np
import pytest
from numpy.typing import NDArray

from kiosk.errors import PictureError
from kiosk.painting.blend import apply, find_landmarks, fuse, plan_warp, similarity, warp
from kiosk.painting.brush import Layer, paint, stroke_directions

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def scene() -> Image:
    """A light disc on a dark, smoothly shaded ground: (96, 80, 3) uint8 RGB."""
    y, x = np.mgrid[0:96, 0:80].astype(np.float32)
    ground = np.dstack([40 + x * 0.5, 40 + y * 0.3, 60 - x * 0.2])
    disc = (np.hypot(x - 40, y - 48) < 22)[..., None]
    return np.where(disc, np.array([220, 170, 130]), ground).astype(np.uint8)


@pytest.fixture(scope="module")
def layers() -> tuple[Layer, ...]:
    """Two brushes: small pictures need no more."""
    coarse = Layer(radius_px=180.0, tolerance=0.0, matter=0.0, opacity=0.95, load=0.5)
    fine = Layer(radius_px=50.0, tolerance=8.0, matter=0.0, opacity=0.9, load=0.9)
    return coarse, fine


def even(scene: Image, value: float = 0.5) -> NDArray[np.float32]:
    return np.full(scene.shape[:2], value, np.float32)


def test_painting_has_the_size_of_its_reference(scene: Image, layers: tuple[Layer, ...]) -> None:
    painted = paint(scene, even(scene), layers=layers)

    assert painted.shape == scene.shape
    assert painted.dtype == np.uint8


def test_same_seed_paints_the_same_picture(scene: Image, layers: tuple[Layer, ...]) -> None:
    first = paint(scene, even(scene), seed=3, layers=layers)
    second = paint(scene, even(scene), seed=3, layers=layers)

    assert np.array_equal(first, second)


def test_another_seed_paints_another_picture(scene: Image, layers: tuple[Layer, ...]) -> None:
    first = paint(scene, even(scene), seed=3, layers=layers)
    second = paint(scene, even(scene), seed=4, layers=layers)

    assert not np.array_equal(first, second)


def test_painting_resembles_its_reference(scene: Image, layers: tuple[Layer, ...]) -> None:
    painted = paint(scene, even(scene), layers=layers).astype(float)

    assert np.abs(painted - scene).mean() < 15


def test_strokes_are_visible_on_an_even_wall(layers: tuple[Layer, ...]) -> None:
    wall = np.full((96, 80, 3), 140, np.uint8)

    painted = paint(wall, even(wall, 0.0), layers=layers)

    assert painted.std() > 2


def test_paint_is_smoother_where_it_matters(layers: tuple[Layer, ...]) -> None:
    wall = np.full((96, 80, 3), 140, np.uint8)

    rough = paint(wall, even(wall, 0.0), layers=layers)
    smooth = paint(wall, even(wall, 0.8), layers=layers)

    assert smooth.std() < rough.std()


def test_strokes_go_along_an_edge() -> None:
    picture = np.zeros((64, 64, 3), np.float32)
    picture[:, 32:] = 200  # an upright edge

    along = stroke_directions(picture, np.random.default_rng(0), scale=0.3)

    assert np.abs(along[16:48, 30:34, 1]).min() > 0.95


def test_similarity_recovers_a_turn_and_a_shift() -> None:
    points = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    turn = np.array([[0.0, -2.0, 3.0], [2.0, 0.0, -1.0]], np.float32)

    assert np.allclose(similarity(points, apply(turn, points)), turn, atol=1e-4)


def test_warp_brings_points_where_they_are_wanted() -> None:
    image = np.zeros((60, 60), np.uint8)
    image[28:33, 18:23] = 255
    corners = np.array([(0, 0), (59, 0), (0, 59), (59, 59), (20, 30)], np.float32)
    wanted = corners.copy()
    wanted[4] = (32, 30)

    bent = warp(image, plan_warp(corners, wanted, size=(60, 60)))

    assert bent[30, 32] > 200
    assert bent[30, 18] < 50


def test_fusing_keeps_each_picture_on_its_own_side() -> None:
    light, dark = np.full((64, 64, 3), 200, np.float32), np.full((64, 64, 3), 20, np.float32)
    share = np.zeros((64, 64), np.float32)
    share[:, 32:] = 1

    fused = fuse(light, dark, share, levels=3)

    assert fused[32, 2, 0] > 190
    assert fused[32, 61, 0] < 30


def test_picture_without_a_face_is_refused_in_words() -> None:
    with pytest.raises(PictureError, match="no face"):
        find_landmarks(np.full((64, 64, 3), 128, np.uint8))
