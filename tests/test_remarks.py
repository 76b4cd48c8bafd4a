"""A look before the work: what may disappoint is said, and what was found is shown."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.__main__ import main
from kiosk.curation.preview import CELL, GAP
from kiosk.curation.remarks import find_remarks
from kiosk.curation.study import Study
from kiosk.face import EYES, LOWER_LIP, MESH
from kiosk.messages import Floats


@pytest.fixture(scope="module")
def face(study: Study) -> Floats:
    """The photograph's landmarks in its pixels."""
    left, top, side = study.canvas
    points = study.landmarks * side / 2
    return (points + np.array([left + side / 2, top + side / 2, 0])).astype(np.float32)


def turned(face: Floats, degrees: float, axis: int) -> Floats:
    """The same face turned about its middle."""
    vector = np.zeros(3)
    vector[axis] = np.radians(degrees)
    middle = face.mean(0)
    return ((face - middle) @ cv2.Rodrigues(vector)[0].T + middle).astype(np.float32)


def only(remarks: list[str], words: str) -> bool:
    """Whether one remark has these words, besides those of the photograph's face and glasses."""
    others = [each for each in remarks if "pixels wide" not in each and "glasses" not in each]
    return len(others) == 1 and words in others[0]


def test_of_a_good_picture_only_its_size_and_glasses_are_remarked(
    study: Study, face: Floats
) -> None:
    remark, glasses = find_remarks(study.artwork, face)

    assert "glasses" in glasses  # Grace Hopper's
    assert remark.startswith(f"the face is {np.ptp(face[:MESH, 0]):.0f} pixels wide")


def test_of_a_large_scan_its_size_is_not(study: Study, face: Floats) -> None:
    large = cv2.resize(study.artwork, None, fx=2, fy=2)

    assert not any("pixels wide" in each for each in find_remarks(large, 2 * face))


def test_a_dark_a_flat_and_a_half_lit_face_are_told(study: Study, face: Floats) -> None:
    dark = (study.artwork * 0.2).astype(np.uint8)
    flat = (study.artwork * 0.05 + 120).astype(np.uint8)
    half = study.artwork.copy()
    half[:, : int(face[:MESH, 0].mean())] //= 3

    assert only(find_remarks(dark, face), "very dark")
    assert only(find_remarks(flat, face), "hardly any contrast")
    assert only(find_remarks(half, face), "one side of the face lies in deep shade")


def test_a_face_turned_far_or_bowed_is_told(study: Study, face: Floats) -> None:
    assert only(find_remarks(study.artwork, turned(face, 50, axis=1)), "turned aside by")
    assert only(find_remarks(study.artwork, turned(face, 40, axis=0)), "bowed or raised by")


def test_shut_eyes_and_an_open_mouth_are_told(study: Study, face: Floats) -> None:
    shut, open_mouth = face.copy(), face.copy()
    for eye in EYES:
        shut[list(eye.upper)] = shut[list(eye.lower)]
    open_mouth[LOWER_LIP, 1] += 0.1 * np.ptp(face[:, 0])

    assert only(find_remarks(study.artwork, shut), "painted nearly shut")
    assert only(find_remarks(study.artwork, open_mouth), "mouth is painted open")


@pytest.mark.parametrize(
    ("side", "name"), [((1, 0), "left"), ((0, 1), "upper"), ((-1, 0), "right"), ((0, -1), "lower")]
)
def test_a_face_at_the_edge_is_told(
    study: Study, face: Floats, side: tuple[int, int], name: str
) -> None:
    size = study.artwork.shape[1::-1]
    low, high = face[:MESH, :2].min(0), face[:MESH, :2].max(0)
    to = np.where(np.array(side) > 0, -low, np.where(np.array(side) < 0, size - high, 0))
    moved = face.copy()
    moved[:, :2] += to

    assert any(f"{name} edge" in each for each in find_remarks(study.artwork, moved))


def test_a_look_writes_a_preview_and_says_what_it_saw(
    photograph: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "preview.png"

    assert main(["portraits", "look", str(photograph), "--out", str(out)]) == 0
    assert "pixels wide: the result will be soft" in capsys.readouterr().out
    sheet = cv2.imread(str(out))
    assert sheet.shape == (2 * (CELL + GAP), 4 * (CELL + GAP), 3)
    assert sheet.std() > 20
