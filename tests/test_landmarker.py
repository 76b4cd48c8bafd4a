from collections.abc import Iterator

import numpy as np
import pytest

from kiosk.config import TrackingSettings
from kiosk.face import CHIN, EYES, NOSE_BASE
from kiosk.messages import Face, Faces, Frame
from kiosk.tracking.landmarker import Landmarker, name_faces
from kiosk.tracking.numbering import Numbering
from tests.crowd import own_face
from tests.fakes import moving_photograph, photograph


@pytest.fixture
def landmarker() -> Iterator[Landmarker]:
    stage = Landmarker(TrackingSettings())
    yield stage
    stage.close()


def look(landmarker: Landmarker, images: list[np.ndarray]) -> list[Faces]:
    return [
        landmarker(Frame(image=image, captured_at=step / 30)) for step, image in enumerate(images)
    ]


def centre(face: Face) -> np.ndarray:
    return face.landmarks[:, :2].mean(axis=0)


def test_a_face_is_found_in_pixels_of_the_frame(landmarker: Landmarker) -> None:
    seen = look(landmarker, [photograph()])[0]

    assert seen.frame_size == (512, 600)
    face = seen.faces[0]
    assert face.landmarks.shape == (478, 3)
    assert face.landmarks.dtype == np.float32
    np.testing.assert_allclose(centre(face), (275, 200), atol=40)
    assert 120 < np.ptp(face.landmarks[:, 0]) < 260


def test_a_face_keeps_its_number(landmarker: Landmarker) -> None:
    seen = look(landmarker, moving_photograph(20))

    assert {face.track_id for faces in seen for face in faces.faces} == {1}
    assert all(faces.faces for faces in seen)


def test_two_faces_have_two_numbers(landmarker: Landmarker) -> None:
    one = moving_photograph(6, size=(360, 480))
    seen = look(landmarker, [np.hstack([image, image[:, ::-1]]) for image in one])[1:]

    ids = [sorted(face.track_id for face in faces.faces) for faces in seen]
    assert ids == [[1, 2]] * 5


def test_a_face_that_was_long_away_is_another(landmarker: Landmarker) -> None:
    image = moving_photograph(1)[0]
    first = landmarker(Frame(image=image, captured_at=0.0))
    landmarker(Frame(image=np.zeros_like(image), captured_at=0.1))
    later = landmarker(Frame(image=image, captured_at=5.0))

    assert first.faces[0].track_id != later.faces[0].track_id


def test_a_frame_without_a_face_gives_none(landmarker: Landmarker) -> None:
    seen = landmarker(Frame(image=np.full((480, 640, 3), 90, np.uint8), captured_at=1.0))

    assert seen.faces == ()
    assert seen.captured_at == 1.0


@pytest.mark.parametrize(
    ("points", "value"),
    [
        (7, np.nan), (slice(None), np.inf), (7, 1e30), (slice(None), 0.5),
        (EYES[0].outer, EYES[1].outer), (CHIN, NOSE_BASE),
    ],
)  # fmt: skip
def test_what_can_be_no_face_is_left_out(points: slice | int, value: float) -> None:
    whole = own_face(1) * 0.2 + np.float32(0.5)
    broken = whole.copy()
    broken[points] = whole[value] if isinstance(value, int) else value
    faces = name_faces([broken, whole], (640, 480), 0.0, Numbering())

    assert len(faces.faces) == 1
    np.testing.assert_allclose(faces.faces[0].landmarks, whole * [640, 480, 640], rtol=1e-6)


def test_nothing_is_said_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    stage = Landmarker(TrackingSettings())
    look(stage, moving_photograph(3))
    stage.close()

    assert capfd.readouterr() == ("", "")
