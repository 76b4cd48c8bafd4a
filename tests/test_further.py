"""Further pictures of a sitter: found, placed on the canvas, learnt from."""

import logging
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from kiosk.curation.further import FILMS, difference, find_further
from kiosk.curation.study import Study
from kiosk.errors import PictureError
from kiosk.face import INNER_LOWER_LIP, MESH
from kiosk.messages import Bytes, Floats, Motion
from kiosk.model.spec import RESOLUTION
from kiosk.motion.imitate import imitate
from kiosk.portraits.pictures import write_picture
from kiosk.puppet.detect import track_pictures
from kiosk.puppet.photographs import pair_with
from kiosk.puppet.render import Puppet
from kiosk.rig.landmarks import no_motion
from kiosk.training.batch import Batch
from kiosk.training.pairs import stack_pairs

ASSETS = Path(__file__).parents[1] / "assets"
VISITOR = ASSETS / "demo" / "visitor.mp4"
SOMEBODY = ASSETS / "portraits" / "personne" / "artwork.jpg"


@pytest.fixture(scope="module")
def album(photograph: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sitter, the sitter smaller and darker, and four files that show no sitter."""
    folder = tmp_path_factory.mktemp("album")
    shutil.copy(photograph, folder / "a.jpg")
    image = cv2.imread(str(photograph))[:, :, ::-1]
    smaller = cv2.resize(image, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
    write_picture(folder / "b.png", (0.6 * smaller).astype(np.uint8))
    write_picture(folder / "nobody.png", np.full((300, 300, 3), 90, np.uint8))
    (folder / "broken.jpg").write_bytes(b"no picture")
    (folder / "broken.mp4").write_bytes(b"no film")
    shutil.copy(SOMEBODY, folder / "somebody.jpg")
    return folder


def speaking() -> Motion:
    expression = np.zeros((MESH, 3), np.float32)
    expression[list(INNER_LOWER_LIP[1:-1]), 1] = 0.12
    return replace(no_motion(), expression=expression)


def in_pixels(study: Study) -> tuple[Bytes, Floats]:
    """The artwork with its own landmarks: a photograph of the painting."""
    left, top, side = study.canvas
    face = (study.landmarks + 1) * side / 2
    face[:, :2] += (left, top)
    face[:, 2] = study.landmarks[:, 2] * side / 2
    return study.artwork, face.astype(np.float32)


def test_the_sitters_pictures_are_found_and_all_others_named(
    album: Path, study: Study, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        found = find_further(album, study.landmarks)
    told = "\n".join(record.getMessage() for record in caplog.records)

    assert [picture.name for picture in found] == ["a.jpg", "b.png"]
    assert "nobody.png: no face is seen; it is left out" in told
    assert "broken.jpg: cannot be read" in told
    assert "broken.mp4" in told
    assert "somebody.jpg: this seems to be somebody else" in told
    assert len(caplog.records) == 4


def test_a_strict_curators_folder_is_refused_for_one_picture(
    album: Path, study: Study, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.WARNING),
        pytest.raises(PictureError, match=r"4 of its pictures cannot be used.*--strict"),
    ):
        find_further(album, study.landmarks, strict=True)

    assert len(caplog.records) == 4
    assert "left out" not in caplog.text


def test_the_same_bones_are_known_again_at_another_size(album: Path, study: Study) -> None:
    own, smaller = find_further(album, study.landmarks)

    assert difference(own.face, study.landmarks) < 0.001
    assert difference(smaller.face, own.face) < 0.003


def test_a_film_gives_pictures_from_all_its_length(tmp_path: Path) -> None:
    shutil.copy(VISITOR, tmp_path)
    capture = cv2.VideoCapture(str(VISITOR))
    first = capture.read()[1][:, :, ::-1]
    capture.release()
    (face,) = track_pictures([np.ascontiguousarray(first)])
    found = find_further(tmp_path, face, most=4)

    assert VISITOR.suffix in FILMS
    assert found[0].name == "visitor.mp4 at 0.0 s"
    assert len({picture.name for picture in found}) == len(found) >= 3


@pytest.mark.parametrize("kind", ["missing", "empty", "strangers"])
def test_a_folder_without_the_sitter_is_refused(kind: str, study: Study, tmp_path: Path) -> None:
    folder = tmp_path / kind
    if kind != "missing":
        folder.mkdir()
    if kind == "strangers":
        shutil.copy(SOMEBODY, folder)
    with pytest.raises(PictureError, match=r"no such folder|nothing in it shows the sitter"):
        find_further(folder, study.landmarks)


def test_a_photograph_of_the_painting_is_the_painting_at_rest(puppet: Puppet, study: Study) -> None:
    pair = pair_with(puppet, *in_pixels(study))
    seen = pair.counts > 127
    apart = np.abs(pair.frame.astype(int) - puppet.render(no_motion()).frame)[seen]

    assert 0.1 < seen.mean() < 0.7
    assert apart.mean() < 8


def test_a_darker_photograph_is_brought_into_the_paintings_tones(
    puppet: Puppet, study: Study
) -> None:
    image, face = in_pixels(study)
    plain, dark = (pair_with(puppet, picture, face) for picture in (image, image // 2))
    seen = (plain.counts > 127) & (dark.counts > 127)

    assert np.abs(plain.frame[seen].mean(0) - dark.frame[seen].mean(0)).max() < 6


def test_of_a_photograph_only_the_sitter_counts(puppet: Puppet, study: Study) -> None:
    pair = pair_with(puppet, *in_pixels(study))

    assert not pair.counts[: RESOLUTION // 20, : RESOLUTION // 20].any()
    assert not pair.counts[-RESOLUTION // 10 :].any()  # the dress
    x, y = ((pair.landmarks[4, :2] + 1) * RESOLUTION / 2).astype(int)
    assert pair.counts[y, x] == 255


def test_a_photographs_mouth_is_the_networks_to_paint(puppet: Puppet, study: Study) -> None:
    image, face = in_pixels(study)
    face = face.copy()
    face[list(INNER_LOWER_LIP[1:-1]), 1] += 0.06 * np.ptp(face[:, 1])  # as if it spoke
    pair = pair_with(puppet, image, face)
    drawn = puppet.rig.draw(imitate(puppet.figure.landmarks, face).motion, RESOLUTION)

    assert (drawn.cover > 0.99).any()
    assert pair.seams[drawn.cover > 0.99].min() > 250


def test_beside_photographs_the_puppets_own_mouth_counts_no_more(puppet: Puppet) -> None:
    pairs = stack_pairs(iter([puppet.render(speaking()), puppet.render(no_motion())]))
    batch = Batch.take(pairs, np.arange(2), torch.device("cpu"))
    free = batch.without_drawn()
    both = Batch.join(batch, free)

    painted = batch.cover > 0.99
    assert painted.any()
    assert batch.counts.min() == 1
    assert free.counts[painted].max() < 0.02
    assert free.counts[batch.cover == 0].min() == 1
    assert len(both.landmarks) == len(both.counts) == 4
