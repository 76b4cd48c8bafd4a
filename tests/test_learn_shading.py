"""Learning from clips how light changes with expression."""

import logging
from pathlib import Path

import numpy as np
import pytest

from kiosk.errors import PictureError
from kiosk.face import MESH
from kiosk.motion.face_model import load_face_model
from kiosk.motion.shades import load_shades, save_shades
from kiosk.rig.mesh import face_normals
from kiosk.training.brightness import LitPerformer, brightness_at
from kiosk.training.learn_shading import best_gain, explained, learn, learn_from, learn_maps, sum_up
from kiosk.training.plain import NAMES, swapped
from kiosk.training.skin import FaceParts, face_parts, fill_in

SMILES = [NAMES.index("smile_left"), NAMES.index("smile_right")]
FRAMES = 60


@pytest.fixture(scope="module")
def parts() -> FaceParts:
    return face_parts(load_face_model().mean)


def person(seed: int, parts: FaceParts, gain: float = 1.0) -> LitPerformer:
    """Somebody who makes every expression, whose cheeks grow darker in a smile."""
    rng = np.random.default_rng(seed)
    shades = load_shades()
    strengths = np.clip(rng.normal(0.0, 0.6, (FRAMES, len(NAMES))), 0.0, 1.2)
    offsets = np.einsum("tk,kij->tij", strengths, shades.basis)
    dark = np.zeros((len(NAMES), MESH))
    dark[SMILES[0]] = -0.2 * ((parts.y > 0.25) & (parts.x < 0))
    dark[SMILES[1]] = -0.2 * ((parts.y > 0.25) & (parts.x > 0))
    seen = np.array([shades.coefficients(each) for each in offsets])
    noise = rng.normal(0.0, 0.01, (FRAMES, MESH))
    turns = rng.normal(0.0, 0.05, (FRAMES, 3))
    change = gain * seen @ dark + noise + turns[:, :1]  # the head's turn has a light of its own
    return LitPerformer(offsets, change, np.tile(parts.skin, (FRAMES, 1)), turns)


def test_what_darkens_in_a_smile_is_learnt_for_the_smile(parts: FaceParts) -> None:
    shades = learn_maps([person(1, parts), person(2, parts, gain=0.5)], parts)

    chin = (parts.mask > 0.9) & (parts.skin > 0) & (parts.y > 0.4)
    assert chin.any()
    assert shades.maps[SMILES][:, chin].min() < -0.05
    others = np.delete(np.arange(len(NAMES)), SMILES)
    assert np.abs(shades.maps[others][:, chin]).mean() < 0.03


def test_maps_are_symmetric(parts: FaceParts) -> None:
    maps = learn_maps([person(1, parts), person(2, parts)], parts).maps

    mirrored = maps[swapped()][:, load_face_model().mirror[:MESH]]
    assert np.abs(maps - mirrored).max() < 0.02


def test_what_was_learnt_explains_a_stranger(parts: FaceParts) -> None:
    shades = learn_maps([person(1, parts), person(2, parts)], parts)
    stranger = person(3, parts, gain=0.7)
    strengths = np.array([shades.coefficients(each) for each in stranger.offsets])
    sums = sum_up(stranger, strengths)

    assert explained(sums, shades.maps, parts.skin > 0) > 0.3
    assert best_gain(sums, 2 * shades.maps) < best_gain(sums, shades.maps)


def test_holes_are_filled_with_what_lies_around_them(parts: FaceParts) -> None:
    values = np.where(parts.skin > 0, 0.3, np.nan)

    assert np.allclose(fill_in(values, parts), 0.3)


def test_a_darker_picture_of_a_face_reads_darker() -> None:
    face = load_face_model().mean.astype(np.float32) * 80 + 100
    light = brightness_at(np.full((200, 200, 3), 200, np.uint8), face)
    dark = brightness_at(np.full((200, 200, 3), 100, np.uint8), face)

    assert np.allclose(light - dark, 2.2 * np.log(2), atol=0.05)


def test_a_nose_faces_the_camera_and_temples_face_aside() -> None:
    normals = face_normals(load_face_model().mean)

    assert normals[168, 2] < -0.7
    assert normals[454, 0] > 0.5 > -0.5 > normals[234, 0]


def test_maps_survive_being_written(tmp_path: Path) -> None:
    shades = load_shades()
    save_shades(shades, tmp_path / "again.npz")
    again = load_shades(tmp_path / "again.npz")

    assert again.names == shades.names
    assert np.array_equal(again.maps, shades.maps)


def test_a_broken_clip_is_named_and_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no clip")

    with caplog.at_level(logging.WARNING), pytest.raises(PictureError, match="fewer than two"):
        learn(tmp_path, tmp_path / "out.npz")
    assert "broken.mp4" in caplog.text


def test_one_clip_is_too_few() -> None:
    with pytest.raises(PictureError, match="give more clips"):
        learn_from([])
