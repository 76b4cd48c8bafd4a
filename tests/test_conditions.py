"""Visitors with glasses, masks and in bad light, and how well they are followed."""

from contextlib import closing

import numpy as np
import pytest

from kiosk.config import TrackingSettings
from kiosk.evaluation.conditions import PLAIN, Seen, compare, look
from kiosk.evaluation.disguises import CLOTH, DIM, DISGUISES
from kiosk.face import EYES, FOREHEAD, NOSE_TIP, UPPER_LIP
from kiosk.messages import Bytes, Floats, Frame
from kiosk.tracking.landmarker import Landmarker
from tests.crowd import Person
from tests.fakes import photograph
from tests.room import PEOPLE


@pytest.fixture(scope="module")
def sitting() -> tuple[Bytes, Floats]:
    """A photograph, and the face in it."""
    picture = photograph()
    with closing(Landmarker(TrackingSettings(max_faces=1))) as landmarker:
        return picture, landmarker(Frame(picture, 0.0)).faces[0].landmarks


def colour(picture: Bytes, face: Floats, landmark: int) -> np.ndarray:
    x, y = face[landmark, :2].round().astype(int)
    return picture[y, x].astype(float)


def test_every_disguise_changes_the_picture_and_leaves_the_given_one(
    sitting: tuple[Bytes, Floats],
) -> None:
    picture, face = sitting
    before = picture.copy()
    for disguise in DISGUISES.values():
        worn = disguise(picture, face, 1.0)
        assert worn.shape == picture.shape
        assert worn.dtype == np.uint8
        assert (worn != picture).any()
    assert (picture == before).all()


def test_a_mask_hides_the_mouth_and_a_beard_does_not(sitting: tuple[Bytes, Floats]) -> None:
    masked, bearded = (DISGUISES[name](*sitting, 0.0) for name in ("mask", "beard"))
    face = sitting[1]

    assert colour(masked, face, UPPER_LIP) == pytest.approx(CLOTH, abs=3)
    assert colour(bearded, face, UPPER_LIP) == pytest.approx(
        colour(sitting[0], face, UPPER_LIP), abs=3
    )


def test_glasses_leave_the_eyes_and_a_hat_hides_the_forehead(
    sitting: tuple[Bytes, Floats],
) -> None:
    picture, face = sitting
    worn, hatted = (DISGUISES[name](*sitting, 0.0) for name in ("glasses", "hat"))

    for eye in EYES:
        assert colour(worn, face, eye.iris) == pytest.approx(colour(picture, face, eye.iris), abs=3)
    assert colour(hatted, face, FOREHEAD).max() < 60
    assert colour(hatted, face, NOSE_TIP) == pytest.approx(colour(picture, face, NOSE_TIP), abs=60)


def test_an_eighth_of_the_light_is_an_eighth(sitting: tuple[Bytes, Floats]) -> None:
    dim = DISGUISES["dim"](*sitting, 0.0)

    assert dim.mean() == pytest.approx(DIM * sitting[0].mean(), rel=0.1)


def test_what_is_seen_the_same_agrees_and_another_does_not() -> None:
    at = np.arange(90) / 30
    one, other = (
        np.array([Person(seed=seed, calm=0.0).landmarks(float(t)) for t in at]) for seed in (1, 2)
    )
    found = compare([Seen(at, {PLAIN: one, "the same": one, "another": other})])

    assert found["the same"].agreement["mouth"] == pytest.approx(1.0)
    assert found["the same"].astray == found[PLAIN].astray
    assert found[PLAIN].astray[0] > found[PLAIN].astray[-1]
    assert (found["another"].agreement["mouth"] or 0.0) < 0.6
    assert found["another"].astray[-1] > found[PLAIN].astray[-1]


@pytest.mark.media
@pytest.mark.skipif(not PEOPLE, reason="no shared/media here")
@pytest.mark.parametrize("stem", ["d10", "d6"])
def test_a_masked_speakers_portrait_does_not_gape(stem: str) -> None:
    clip = next(path for path in PEOPLE if path.stem == stem)
    worn = {name: DISGUISES[name] for name in ("mask", "glasses", "changing light")}
    found = compare([look(clip, worn, seconds=3.0)])

    assert found[PLAIN].gape > 0.15  # they speak
    assert found["mask"].gape < 0.03
    assert found["glasses"].gape == pytest.approx(found[PLAIN].gape, rel=0.2)
    assert all(condition.missed == 0 for condition in found.values())
    assert all(condition.astray[1] < 1.0 for condition in found.values())
