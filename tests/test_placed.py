"""A face that no detector finds: some twenty points by hand, the rest from the mean face."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.__main__ import main
from kiosk.curation.placed import LEAST, POINTS, infer_landmarks, read_points
from kiosk.curation.study import Study, study_picture
from kiosk.errors import PictureError
from kiosk.face import CHIN, FOREHEAD, MESH
from kiosk.messages import Bytes, Floats
from kiosk.rig.landmarks import no_motion


@pytest.fixture(scope="module")
def face(study: Study) -> Floats:
    """The photograph's landmarks in its pixels."""
    left, top, side = study.canvas
    points = study.landmarks * side / 2
    return (points + np.array([left + side / 2, top + side / 2, 0])).astype(np.float32)


def placed(face: Floats, names: list[str] | None = None) -> dict[str, tuple[float, float]]:
    places = {name: face[POINTS[name], :2].tolist() for name in names or POINTS}
    return {name: (x, y) for name, (x, y) in places.items()}


def write(path: Path, points: dict[str, tuple[float, float]]) -> Path:
    path.write_text("".join(f"{name} = [{x}, {y}]\n" for name, (x, y) in points.items()))
    return path


def drawn_face() -> tuple[Bytes, dict[str, tuple[float, float]]]:
    """A child's drawing of a face, and where its parts are."""
    picture = np.full((600, 500, 3), (240, 225, 180), np.uint8)
    cv2.ellipse(picture, (250, 300), (170, 220), 0, 0, 360, (90, 160, 90), -1)
    for x in (180, 320):
        cv2.ellipse(picture, (x, 250), (38, 22), 0, 0, 360, (255, 255, 255), -1)
        cv2.circle(picture, (x, 250), 16, (20, 40, 150), -1)
    cv2.line(picture, (250, 270), (250, 350), (40, 90, 40), 6)
    cv2.ellipse(picture, (250, 410), (70, 18), 0, 0, 360, (170, 40, 60), -1)
    points = {
        "left_eye_outer": (142, 250), "left_eye_inner": (218, 250), "left_eye_top": (180, 229),
        "left_eye_bottom": (180, 271), "left_iris": (180, 250), "right_eye_outer": (358, 250),
        "right_eye_inner": (282, 250), "right_eye_top": (320, 229), "right_eye_bottom": (320, 271),
        "right_iris": (320, 250), "nose_tip": (250, 345), "nose_base": (250, 358),
        "mouth_left": (180, 410), "mouth_right": (320, 410), "upper_lip_top": (250, 392),
        "lower_lip_bottom": (250, 428), "upper_lip_bottom": (250, 410),
        "lower_lip_top": (250, 411), "chin": (250, 518), "hairline": (250, 90),
        "left_cheek": (82, 300), "right_cheek": (418, 300),
    }  # fmt: skip
    return picture, {name: (float(x), float(y)) for name, (x, y) in points.items()}


def test_the_points_are_met_and_the_rest_is_near(face: Floats) -> None:
    found = infer_landmarks(placed(face))
    height = float(np.linalg.norm(face[CHIN, :2] - face[FOREHEAD, :2]))
    away = np.linalg.norm(found[:MESH, :2] - face[:MESH, :2], axis=1) / height

    np.testing.assert_allclose(
        found[list(POINTS.values()), :2], face[list(POINTS.values()), :2], atol=0.01 * height
    )
    assert away.mean() < 0.01
    assert away.max() < 0.05


@pytest.mark.parametrize("degrees", [-25, 0, 25])
def test_the_depth_follows_the_heads_turn(face: Floats, degrees: float) -> None:
    rotation = cv2.Rodrigues(np.array([0, np.radians(degrees), 0]))[0]
    turned = ((face - face.mean(0)) @ rotation.T + 300).astype(np.float32)
    found = infer_landmarks(placed(turned))
    depths = found[:MESH, 2] - found[:MESH, 2].mean(), turned[:MESH, 2] - turned[:MESH, 2].mean()

    assert np.corrcoef(*depths)[0, 1] > 0.9


def test_fewer_points_do_too(face: Floats) -> None:
    names = [
        "left_eye_outer", "left_eye_inner", "right_eye_outer", "right_eye_inner", "left_iris",
        "right_iris", "nose_tip", "nose_base", "mouth_left", "mouth_right", "chin", "hairline",
    ]  # fmt: skip
    assert len(names) == LEAST
    found = infer_landmarks(placed(face, names))
    height = float(np.linalg.norm(face[CHIN, :2] - face[FOREHEAD, :2]))

    assert np.linalg.norm(found[:MESH, :2] - face[:MESH, :2], axis=1).mean() < 0.03 * height


def test_a_childs_drawing_becomes_a_puppet(tmp_path: Path) -> None:
    picture, points = drawn_face()
    path = tmp_path / "drawing.png"
    cv2.imwrite(str(path), picture[:, :, ::-1])
    study = study_picture(path, points=write(tmp_path / "points.toml", points))
    rest = study.puppet().picture(no_motion()).astype(int)
    shut = study.puppet().picture(replace(no_motion(), closure=np.ones(2, np.float32)))

    eyes = np.abs(shut - rest).max(-1) > 60
    rows, _ = np.nonzero(eyes)
    _, top, side = study.canvas
    assert eyes.any()
    assert top + rows.min() * side / 768 > 220  # nothing but the eyes has changed
    assert top + rows.max() * side / 768 < 290
    assert main(["portraits", "look", str(path), "--points", str(tmp_path / "points.toml"),
                 "--out", str(tmp_path / "preview.png")]) == 0  # fmt: skip
    assert (tmp_path / "preview.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"chin": None}, "chin must be among the points"),
        ({"left_ear": (1.0, 2.0)}, "left_ear is no point; there are left_eye_outer"),
        ({"chin": (float("nan"), 2.0)}, r"chin must be \[x, y\], pixels"),
        ({"chin": (900.0, 2.0)}, r"chin is at \(900, 2\); drawing.png is 500x600"),
    ],
)
def test_points_that_cannot_be_are_told(
    tmp_path: Path, change: dict[str, tuple[float, float] | None], words: str
) -> None:
    picture, points = drawn_face()
    cv2.imwrite(str(tmp_path / "drawing.png"), picture)
    wanted = {name: place for name, place in (points | change).items() if place is not None}
    path = write(tmp_path / "points.toml", wanted)

    with pytest.raises(PictureError, match=f"points.toml: {words}"):
        study_picture(tmp_path / "drawing.png", points=path)


@pytest.mark.parametrize("text", ["chin = 3", "chin = [", 'chin = ["a", "b"]', "chin = [1, 2, 3]"])
def test_a_file_of_something_else_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "points.toml"
    path.write_text(text)

    with pytest.raises(PictureError, match=r"points.toml: "):
        read_points(path)


def test_too_few_points_are_told(tmp_path: Path, face: Floats) -> None:
    needed = ["left_eye_outer", "right_eye_outer", "mouth_left", "mouth_right", "chin", "nose_tip"]
    path = write(tmp_path / "points.toml", placed(face, needed))

    with pytest.raises(PictureError, match=f"has 6 points; {LEAST} are needed"):
        read_points(path)
