"""Whoever watches a portrait looks at it twice."""

from collections.abc import Iterator

import numpy as np
import pytest

from kiosk.evaluation.watcher import NOBODY, Look, Watcher
from kiosk.face import LEFT_CHEEK, RIGHT_CHEEK
from kiosk.messages import Bytes
from tests.fakes import photograph


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    one = Watcher()
    yield one
    one.close()


@pytest.fixture(scope="module")
def picture() -> Bytes:
    return np.ascontiguousarray(photograph()[:512])


def test_both_looks_find_the_same_face(watcher: Watcher, picture: Bytes) -> None:
    for _ in range(4):  # until the trackers have come to rest
        look = watcher.look(picture, 0.0)

    width = np.ptp(look.plain[:, 0])
    assert look.plain[LEFT_CHEEK, 0] < look.plain[RIGHT_CHEEK, 0]
    assert np.abs(look.plain - look.mirrored)[:, :2].max() < 0.12 * width
    assert np.abs(look.plain - look.mirrored)[:, :2].mean() < 0.02 * width
    np.testing.assert_allclose(look.mean, (look.plain + look.mirrored) / 2)


def test_nobody_is_seen_in_an_empty_picture(watcher: Watcher) -> None:
    assert np.isnan(watcher.look(np.zeros((200, 200, 3), np.uint8), 0.0).mean).all()


def test_one_look_that_missed_leaves_the_other() -> None:
    face = np.ones_like(NOBODY)

    assert Look(face, NOBODY).mean is face
    assert Look(NOBODY, face).mean is face
