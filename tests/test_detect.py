from pathlib import Path

import numpy as np
import pytest

from kiosk.curation.scan import read_artwork
from kiosk.face import CHIN, EYES, FOREHEAD
from kiosk.messages import Bytes
from kiosk.puppet.detect import find_faces, settle_landmarks, track_pictures


@pytest.fixture(scope="module")
def picture(photograph: Path) -> Bytes:
    return read_artwork(photograph)


def test_a_face_is_found_where_it_is(picture: Bytes) -> None:
    (face,) = find_faces(picture)
    left, right = (face[eye.iris] for eye in EYES)

    assert face.shape == (478, 3)
    assert 180 < left[0] < right[0] < 340
    assert face[FOREHEAD, 1] < left[1] < face[CHIN, 1]


def test_faces_are_counted_from_the_left(picture: Bytes) -> None:
    shrunk = picture[::2, ::2]
    pair = np.hstack([picture, np.pad(shrunk, ((0, 300), (0, 0), (0, 0)))])
    faces = find_faces(pair)

    assert len(faces) == 2
    assert faces[0][4, 0] < 512 < faces[1][4, 0]
    assert np.ptp(faces[0][:, 1]) > 1.7 * np.ptp(faces[1][:, 1])


def test_a_face_in_a_large_picture_is_found_in_its_own_pixels(picture: Bytes) -> None:
    (alone,) = find_faces(picture)
    large = np.full((2400, 1800, 3), 90, np.uint8)
    large[700:1300, 600:1112] = picture
    (face,) = find_faces(large)

    assert np.abs(face[:, :2] - (600, 700) - alone[:, :2]).mean() < 12


def test_there_is_no_face_in_a_wall() -> None:
    wall = np.random.default_rng(0).integers(100, 140, (400, 500, 3)).astype(np.uint8)

    assert find_faces(wall) == []


def test_settled_landmarks_do_not_depend_on_where_the_search_began(picture: Bytes) -> None:
    (rough,) = find_faces(picture)
    settled = settle_landmarks(picture, rough)
    again = settle_landmarks(picture, rough + np.float32(3), seed=1)

    assert np.abs(settled - rough)[:, :2].max() < 12
    assert np.abs(settled - again)[:, :2].mean() < 0.8
    np.testing.assert_array_equal(settled, settle_landmarks(picture, rough))


def test_a_picture_without_a_face_is_nan_in_the_track(picture: Bytes) -> None:
    track = track_pictures([picture, np.zeros_like(picture)])

    assert np.isfinite(track[0]).all()
    assert np.isnan(track[1]).all()
