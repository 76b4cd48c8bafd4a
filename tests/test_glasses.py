"""Glasses are told where rims are seen, and not where there are folds, shadows or brows."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.curation.glasses import SEEN, measure_rims, wears_glasses
from kiosk.curation.scan import read_artwork
from kiosk.face import EYES
from kiosk.messages import Bytes, Floats
from kiosk.places import PROJECT
from kiosk.puppet.detect import find_faces

PACKS = PROJECT / "assets" / "portraits"
PAINTINGS = PROJECT.parent / "shared" / "media" / "paintings"
needs_paintings = pytest.mark.skipif(not PAINTINGS.is_dir(), reason="the paintings are not here")
DARK, GOLD = (25, 20, 15), (110, 80, 40)


def look(path: Path) -> tuple[Bytes, Floats]:
    artwork = read_artwork(path)
    return artwork, find_faces(artwork)[0]


@pytest.fixture(scope="module")
def personne() -> tuple[Bytes, Floats]:
    return look(PACKS / "personne" / "artwork.jpg")


def put_on(artwork: Bytes, face: Floats, *, colour: tuple[int, int, int], thick: float) -> Bytes:
    """Draws glasses; ``thick`` in distances between the eyes."""
    first, second = (face[[eye.outer, eye.upper[-1]], :2].mean(0) for eye in EYES)
    apart = float(np.hypot(*(second - first)))
    width, radius = max(1, round(thick * apart)), round(0.4 * apart)
    along = (second - first) / apart * radius
    picture = artwork.copy()
    for middle in (first, second):
        centre = (int(middle[0]), int(middle[1] + 0.08 * apart))
        cv2.circle(picture, centre, radius, colour, width, cv2.LINE_AA)
    ends = (tuple(int(value) for value in end) for end in (first + along, second - along))
    cv2.line(picture, *ends, colour, width, cv2.LINE_AA)
    return picture


def test_painted_glasses_are_seen_and_a_bare_face_has_none(
    personne: tuple[Bytes, Floats],
) -> None:
    assert wears_glasses(*look(PACKS / "hopper" / "artwork.jpg"))
    assert not wears_glasses(*personne)


@pytest.mark.parametrize("colour", [DARK, GOLD], ids=["dark", "gold"])
@pytest.mark.parametrize("thick", [0.025, 0.06])
def test_glasses_that_are_put_on_are_seen(
    personne: tuple[Bytes, Floats], colour: tuple[int, int, int], thick: float
) -> None:
    artwork, face = personne

    assert wears_glasses(put_on(artwork, face, colour=colour, thick=thick), face)


@pytest.mark.parametrize("share", [0.3, 2.0])
@pytest.mark.parametrize("turn_deg", [0, 20])
def test_neither_size_nor_tilt_matters(
    personne: tuple[Bytes, Floats], share: float, turn_deg: float
) -> None:
    artwork, face = personne
    matrix = cv2.getRotationMatrix2D((768, 960), turn_deg, share)
    moved = cv2.warpAffine(artwork, matrix, (1536, 1920), borderMode=cv2.BORDER_REPLICATE)
    place = face.copy()
    place[:, :2] = face[:, :2] @ matrix[:, :2].T + matrix[:, 2]

    assert not wears_glasses(moved, place)
    assert wears_glasses(put_on(moved, place, colour=DARK, thick=0.05), place)


@needs_paintings
@pytest.mark.media
@pytest.mark.parametrize("path", sorted(PAINTINGS.glob("*.jpg")), ids=lambda path: path.stem)
def test_no_glasses_are_seen_in_paintings_without_and_dark_ones_are(path: Path) -> None:
    artwork, face = look(path)

    assert measure_rims(artwork, face) < 0.8 * SEEN
    assert wears_glasses(put_on(artwork, face, colour=DARK, thick=0.04), face)
