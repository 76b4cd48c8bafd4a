"""Living faces and pictures, on landmarks that the camera's own tracker could have given."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.camera.capture import read_pictures
from kiosk.config import TrackingSettings
from kiosk.face import EYES, LIPS
from kiosk.messages import Bytes, Face, Faces, Frame
from kiosk.places import DEMO_CLIP, PROJECT
from kiosk.tracking.flatness import centre_points, read_signs
from kiosk.tracking.landmarker import Landmarker
from kiosk.tracking.liveness import PROOF_S, Liveness, Verdict
from kiosk.tracking.places import Places
from tests.crowd import FRAME, Person, Print, own_face, stand
from tests.fakes import photograph

MEDIA = PROJECT.parent / "shared" / "media"
PEOPLE = sorted((MEDIA / "visitors").glob("d*.mp4"))
PAINTINGS = sorted((MEDIA / "paintings").glob("*.jpg"))
LIDS = [number for eye in EYES for number in eye.upper[1:-1]]
needs_media = pytest.mark.skipif(not PEOPLE or not PAINTINGS, reason="no shared/media here")


def judge(
    actor: Print, seconds: float, liveness: Liveness | None = None, start: float = 0.0
) -> list[Verdict]:
    """The verdict of each frame."""
    liveness = liveness or Liveness()
    times = start + np.arange(0.0, seconds, 1 / 30)
    return [
        liveness(Faces((Face(1, actor.landmarks(float(t)), 1.0),), FRAME, float(t)))[0]
        for t in times
    ]


def test_a_flat_picture_moved_leaves_no_signs() -> None:
    face = own_face(1) * 100
    moved = face.copy()
    depth = 1 + 0.001 * face[:, :1]
    moved[:, :2] = (face[:, :2] @ np.array([[0.9, 0.2], [-0.1, 1.1]]) + 30) / depth

    signs = read_signs(centre_points(moved), centre_points(face))

    np.testing.assert_allclose(signs[:32], 0.0, atol=1e-4)


def test_a_living_face_is_unproven_then_living() -> None:
    verdicts = judge(Person(seed=1), 3)

    assert verdicts[0] is Verdict.UNPROVEN
    assert verdicts[-1] is Verdict.LIVING
    assert Verdict.PICTURE not in verdicts


def test_a_print_becomes_a_picture() -> None:
    verdicts = judge(Print(seed=1), 3)

    assert Verdict.LIVING not in verdicts
    assert verdicts[-1] is Verdict.PICTURE


@pytest.mark.parametrize(("lightened", "fooled"), [(1.0, True), (2.5, False)])
def test_where_parts_lie_in_another_light_is_no_sign_of_life(
    lightened: float, fooled: bool
) -> None:
    picture, liveness = Print(seed=1), Liveness()
    verdicts = []
    for t in np.arange(0.0, 6.0, 1 / 30):
        lighter = 3.0 <= t < 4.5
        landmarks = picture.landmarks(float(t))
        if lighter:  # parts are found a few pixels lower
            landmarks[list(LIPS)] += (0, 2.5, 0)
            landmarks[LIDS] += (0, 1.5, 0)
        faces = Faces((Face(1, landmarks, 1.0),), FRAME, float(t), lightened if lighter else 1.0)
        verdicts += liveness(faces)

    assert (Verdict.LIVING in verdicts) is fooled


def test_who_shows_nothing_any_more_loses_what_was_proved() -> None:
    liveness = Liveness()
    judge(Person(seed=1), 3, liveness)
    verdicts = judge(Print(seed=1), PROOF_S + 3, liveness, start=3.0)

    assert verdicts[30] is Verdict.LIVING
    assert verdicts[-1] is Verdict.PICTURE


def test_a_number_that_passes_to_a_picture_elsewhere_is_no_proof() -> None:
    liveness = Liveness()
    judge(Person(stand(x=200), seed=1), 3, liveness)
    verdicts = judge(Print(stand(x=320), seed=2), 3, liveness, start=3.0)

    assert Verdict.LIVING not in verdicts


def test_a_picture_is_known_by_its_place_and_its_face() -> None:
    def seen(x: float, seed: int) -> object:
        return centre_points(Print(stand(x=x), seed=seed).landmarks(0.0))

    places = Places()
    places.remember(seen(300, 1), 0.0)

    assert places.knows(seen(304, 1))
    assert not places.knows(seen(304, 2))
    assert not places.knows(seen(500, 1))


def test_a_picture_that_is_gone_is_forgotten_after_a_quarter_of_an_hour() -> None:
    face = centre_points(Print(seed=1).landmarks(0.0))
    places = Places()
    places.remember(face, 0.0)
    places.drop_old(899.0)
    assert places.knows(face)

    places.drop_old(901.0)
    assert not places.knows(face)


def look(images: Iterator[Bytes]) -> list[Verdict]:
    """The verdicts on the nearest face of each picture."""
    liveness = Liveness()
    found = []
    with closing(Landmarker(TrackingSettings(max_faces=1))) as landmarker:
        for step, image in enumerate(images):
            found += liveness(landmarker(Frame(image, step / 30)))[:1]
    return found


def hung(picture: Bytes, frames: int) -> Iterator[Bytes]:
    """A picture on the wall, and a camera's noise."""
    rng = np.random.default_rng(0)
    scale = 400 / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for _ in range(frames):
        noisy = small + rng.normal(0.0, 5.0, small.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)


def test_the_demo_visitor_lives() -> None:
    images = (image for _, image in read_pictures(DEMO_CLIP))
    verdicts = look(image for image, _ in zip(images, range(90), strict=False))

    assert verdicts[-1] is Verdict.LIVING


def test_a_photograph_on_the_wall_does_not() -> None:
    verdicts = look(hung(photograph(), 90))

    assert Verdict.LIVING not in verdicts
    assert verdicts[-1] is Verdict.PICTURE


@needs_media
@pytest.mark.media
@pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem)
def test_people_in_clips_live(path: Path) -> None:
    images = (image for _, image in read_pictures(path))

    assert Verdict.LIVING in look(image for image, _ in zip(images, range(60), strict=False))


@needs_media
@pytest.mark.media
@pytest.mark.parametrize("path", PAINTINGS, ids=lambda path: path.stem)
def test_paintings_on_the_wall_do_not(path: Path) -> None:
    picture = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)

    assert Verdict.LIVING not in look(hung(picture, 120))
