"""Who the base learns from: found, imagined, prepared, kept."""

import logging
import shutil
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.base import prepare as module
from kiosk.base.identity import Identity, keep_identity
from kiosk.base.imaginary import Model, imagine
from kiosk.base.prepare import prepare
from kiosk.base.sources import find_sources
from kiosk.curation.study import Study
from kiosk.errors import TrainingError
from kiosk.model.spec import RESOLUTION
from kiosk.portraits.pictures import write_picture
from kiosk.puppet.render import Puppet
from kiosk.training.pairs import Pairs

VISITOR = Path(__file__).parents[1] / "assets" / "demo" / "visitor.mp4"


@pytest.fixture(scope="module")
def data(photograph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film as VoxCeleb2 keeps it, a person's frames, a loose picture, and what cannot be used."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "id00012" / "abc").mkdir(parents=True)
    shutil.copy(VISITOR, folder / "id00012" / "abc" / "00001.mp4")
    (folder / "id00013" / "frames").mkdir(parents=True)
    for number in range(2):
        shutil.copy(photograph, folder / "id00013" / "frames" / f"{number}.jpg")
    write_picture(folder / "nobody.png", np.full((300, 300, 3), 90, np.uint8))
    (folder / "broken.mp4").write_bytes(b"no film")
    (folder / "notes.txt").write_text("about them")
    (folder / "empty").mkdir()
    return folder


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DRAWN", 2)
    monkeypatch.setattr(module, "LOOKED_AT", 3)
    monkeypatch.setattr(module, "share_out", do_here)


def do_here(orders, work, *, report, error):  # type: ignore[no-untyped-def]
    """`share_out` in this process, which knows of the patches."""
    for done, order in enumerate(orders, 1):
        work(order)
        report(done)


def test_people_are_folders_of_films_or_frames_and_loose_files(data: Path) -> None:
    found = {source.name: len(source.files) for source in find_sources(data)}

    assert found == {"broken.mp4": 1, "id00012": 1, "id00013": 2, "nobody.png": 1}


def test_pictures_of_a_film_are_spread_evenly(data: Path) -> None:
    film = next(source for source in find_sources(data) if source.name == "id00012")
    pictures = list(film.pictures(5))

    assert len(pictures) == 5
    assert all((one != other).any() for one, other in pairwise(pictures))


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_folder_without_people_is_refused(data: Path, name: str) -> None:
    with pytest.raises(TrainingError, match=name):
        find_sources(data / name)


def test_what_cannot_be_used_is_named_and_the_rest_is_prepared_once(
    data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shares: list[float] = []

    def gather() -> list[Identity]:
        return prepare(
            find_sources(data), tmp_path, imaginary=1, seed=0, report=lambda _, x: shares.append(x)
        )

    with caplog.at_level(logging.WARNING):
        people = gather()
    told = [record.getMessage() for record in caplog.records if record.name == module.__name__]

    assert [line.partition(":")[0] for line in told] == ["broken.mp4", "nobody.png"]
    assert len(people) == 3
    assert [len(person.pairs) for person in people] == [2, 2, 1]
    assert len(people[0].pairs[1]) == 2  # the film's other pictures
    assert shares[-1] == 1.0
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    shares.clear()
    again = gather()

    assert [person.folder for person in again] == [person.folder for person in people]
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == times
    assert not shares


def test_data_in_which_nobody_can_be_used_are_refused(data: Path, tmp_path: Path) -> None:
    sources = [source for source in find_sources(data) if source.name == "nobody.png"]
    with pytest.raises(TrainingError, match="nobody in the data can be used"):
        prepare(sources, tmp_path, imaginary=1, seed=0, report=lambda *_: None)


def test_an_identity_comes_back_as_it_was_kept(
    puppet: Puppet, pairs: Pairs, tmp_path: Path
) -> None:
    found = keep_identity(tmp_path / "one", puppet.figure, pairs, None)
    figure = puppet.figure.at(RESOLUTION)

    assert len(found.pairs) == 1
    np.testing.assert_array_equal(found.pairs[0].frame, pairs.frame)
    assert np.abs(found.figure.artwork - figure.artwork).max() <= 0.51
    assert np.abs(found.figure.matte - figure.matte).max() <= 0.51 / 255
    assert np.abs(found.image - puppet.figure.artwork).max() <= 0.51
    np.testing.assert_array_equal(found.landmarks, figure.landmarks)
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_an_imagined_face_is_another_one_and_the_same_for_the_same_seed(study: Study) -> None:
    side = 256
    image = cv2.resize(study.crop(), (side, side), interpolation=cv2.INTER_AREA)
    landmarks = (study.landmarks + 1) * side / 2
    models = [Model(image, landmarks), Model(image[:, ::-1].copy(), landmarks)]
    one, again, other = (imagine(models, np.random.default_rng(n)) for n in (5, 5, 6))

    assert one.shape == image.shape
    np.testing.assert_array_equal(one, again)
    for picture in (one, other):
        assert np.abs(picture.astype(int) - image).mean() > 3
    assert np.abs(one.astype(int) - other).mean() > 3
