"""A picture followed to small parts of a pixel."""

import cv2
import numpy as np
import pytest

from kiosk.evaluation.liveliness import movement_of
from kiosk.evaluation.stillness import PictureFollower
from kiosk.messages import Bytes

SIDE = 160


@pytest.fixture
def picture() -> Bytes:
    noise = np.random.default_rng(0).normal(0, 1, (SIDE, SIDE, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 3)
    return np.clip(128 + soft / soft.std() * 40, 0, 255).astype(np.uint8)


def moved(picture: Bytes, right: float, down: float) -> Bytes:
    transform = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return np.asarray(
        cv2.warpAffine(
            picture,
            transform,
            (SIDE, SIDE),
            flags=cv2.INTER_LANCZOS4,
            borderMode=cv2.BORDER_REFLECT,
        )
    )


def places() -> np.ndarray:
    return np.random.default_rng(1).uniform(-0.6, 0.6, (60, 3)).astype(np.float32)


def test_a_picture_that_does_not_change_does_not_move(picture: Bytes) -> None:
    follower = PictureFollower(picture, places())
    for _ in range(3):
        follower.add(picture)

    found = movement_of(follower.places, height=SIDE)

    assert found is not None
    assert found.worst_pct < 1e-3


@pytest.mark.parametrize("way", [(0.3, -0.1), (1.2, 0.5)])
def test_a_small_shift_is_found(picture: Bytes, way: tuple[float, float]) -> None:
    follower = PictureFollower(picture, places())
    follower.add(picture)
    follower.add(moved(picture, *way))

    first, second = follower.places

    assert np.nanmedian(np.abs(second - first - way)) < 0.03
    assert np.nanmax(np.abs(second - first - way)) < 0.1


def test_what_has_nothing_to_hold_on_to_is_not_followed() -> None:
    blank = np.full((SIDE, SIDE, 3), 90, np.uint8)
    follower = PictureFollower(blank, places())
    follower.add(blank)
    follower.add(blank)

    assert np.isnan(follower.places).all()
    assert movement_of(follower.places, height=SIDE) is None
