"""What a report keeps of a clip."""

from pathlib import Path

import numpy as np
import pytest

from kiosk.evaluation.highlights import CLOSE_UP_PX, KINDS, Film, Highlights, close_up
from kiosk.evaluation.rehearsed import Moment
from kiosk.evaluation.watcher import NOBODY, Look
from kiosk.messages import Layers
from kiosk.motion.face_model import load_face_model
from kiosk.motion.geometry import rotation_of
from kiosk.rig.landmarks import no_motion

MEAN = load_face_model().mean
NOTHING = np.zeros((4, 4), np.float32)
FLOW, PAINT = (np.zeros((4, 4, channels), np.float32) for channels in (2, 3))
LAYERS = Layers("nobody", FLOW, NOTHING, PAINT, NOTHING, 0.0)


def moment(number: int, yaw_deg: float = 0.0, *, seen: bool = True) -> Moment:
    face = (30 * MEAN @ rotation_of(np.array([yaw_deg, 0.0, 0.0])).T + 60).astype(np.float32)
    return Moment(
        number=number,
        at=number / 10,
        image=np.full((120, 160, 3), number, np.uint8),
        visitor=face if seen else NOBODY,
        motion=no_motion(),
        told=face,
        layers=LAYERS,
        picture=np.full((120, 120, 3), 200, np.uint8),
        look=Look(face, face),
    )


def test_the_widest_turns_are_kept_one_of_each_kind() -> None:
    highlights = Highlights()
    for number, yaw in enumerate([0.0] * 12 + [-9.0, 4.0, 12.0, -3.0]):
        highlights(moment(number, yaw))

    found = {each.kind: each for each in highlights.found}

    assert set(found) == set(KINDS)
    assert found["turned most to the left"].at == pytest.approx(1.2)
    assert found["turned most to the right"].at == pytest.approx(1.4)
    assert found["eyes shut"].picture.shape[0] == CLOSE_UP_PX


def test_nothing_is_kept_of_an_arrival_or_of_nobody() -> None:
    highlights = Highlights()
    highlights(moment(0, 20.0))
    highlights(moment(30, 20.0, seen=False))

    assert highlights.found == []


def test_a_close_up_has_the_face_in_its_middle() -> None:
    image = np.zeros((400, 400, 3), np.uint8)
    face = np.array([[280, 90, 0], [320, 130, 0]], np.float32)
    image[90:130, 280:320] = 255

    found = close_up(image, face)

    rows, columns = np.nonzero(found[:, :, 0] > 128)
    assert rows.mean() == pytest.approx(CLOSE_UP_PX / 2, abs=2)
    assert columns.mean() == pytest.approx(CLOSE_UP_PX / 2, abs=2)
    assert np.ptp(columns) == pytest.approx(CLOSE_UP_PX / 1.35, abs=4)


def test_a_film_begins_with_the_visitor(tmp_path: Path) -> None:
    import av

    film = Film(tmp_path / "film.mp4")
    for number in range(10):
        film(moment(number, seen=number >= 4))
    film.close()
    film.close()

    with av.open(str(film.path)) as file:
        assert sum(1 for _ in file.decode(video=0)) == 6


def test_a_film_of_nobody_is_not_made(tmp_path: Path) -> None:
    film = Film(tmp_path / "film.mp4")
    film(moment(0, seen=False))
    film.close()

    assert list(tmp_path.iterdir()) == []
