"""Hands before a face are told; hands elsewhere, and faces without, are not."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.curation.remarks import remark_hands
from kiosk.curation.scan import read_artwork
from kiosk.face import MESH, OVAL
from kiosk.messages import Bytes, Floats
from kiosk.places import PROJECT
from kiosk.puppet.detect import find_faces
from kiosk.puppet.hands import find_hands

PAINTINGS = PROJECT.parent / "shared" / "media" / "paintings"
needs_paintings = pytest.mark.skipif(not PAINTINGS.is_dir(), reason="the paintings are not here")
HAND = slice(950, 1140), slice(225, 470)  # of the Mona Lisa's upper hand: rows, columns


def face() -> Floats:
    """Of a round face, 200 pixels wide."""
    points = np.full((478, 3), 200, np.float32)
    angles = np.linspace(0, 2 * np.pi, len(OVAL), endpoint=False)
    points[list(OVAL), :2] += 100 * np.stack([np.sin(angles), -np.cos(angles)], 1)
    return points


def hand(x: float, y: float) -> Floats:
    return np.linspace((x, y), (x + 40, y + 40), 21).astype(np.float32)


@pytest.mark.parametrize(
    ("hands", "told"),
    [
        ([], False),
        ([hand(20, 20)], False),  # beside it
        ([hand(20, 20), hand(190, 240)], True),  # one of two is before the mouth
        ([hand(235, 268)], True),  # some fingers reach it
    ],
)
def test_a_hand_is_told_when_it_lies_on_the_face(hands: list[Floats], told: bool) -> None:
    assert bool(remark_hands(hands, face())) == told


@pytest.mark.parametrize("portrait", ["hopper", "personne"])
def test_no_hand_is_seen_where_there_is_none(portrait: str) -> None:
    artwork = read_artwork(PROJECT / "assets" / "portraits" / portrait / "artwork.jpg")
    (found,) = find_faces(artwork)

    assert find_hands(artwork, found) == []


@needs_paintings
@pytest.mark.media
@pytest.mark.parametrize("path", sorted(PAINTINGS.glob("*.jpg")), ids=lambda path: path.stem)
def test_a_painted_hand_before_the_mouth_is_told_and_one_in_the_lap_is_not(path: Path) -> None:
    artwork = read_artwork(path)
    found = find_faces(artwork)[0]
    covered = lay(read_artwork(PAINTINGS / "mona-lisa.jpg")[HAND], artwork, found)

    assert remark_hands(find_hands(artwork, found), found) == []
    assert remark_hands(find_hands(covered, found), found) != []


def lay(patch: Bytes, artwork: Bytes, found: Floats) -> Bytes:
    """A painted hand over a face's mouth and chin."""
    scale = 0.8 * float(np.ptp(found[:MESH, 1])) / max(patch.shape[:2])
    mode = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(patch, None, fx=scale, fy=scale, interpolation=mode)
    height, width = small.shape[:2]
    cover = np.zeros((height, width), np.float32)
    centre, axes = (width // 2, height // 2), (int(0.46 * width), int(0.46 * height))
    cv2.ellipse(cover, centre, axes, 0, 0, 360, 1, -1)
    left, top = (found[17, :2] - [width / 2, height / 2]).astype(int)  # under the lower lip
    place = slice(top, top + height), slice(left, left + width)
    picture = artwork.copy()
    picture[place] = np.where(cover[..., None] > 0, small, picture[place])
    return picture
