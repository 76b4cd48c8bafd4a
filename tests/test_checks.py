"""Faults of a pack's parts, each in one line."""

import numpy as np
import pytest
from safetensors.numpy import save

from kiosk.errors import PackError
from kiosk.model.spec import weight_shapes
from kiosk.portraits.checks import (
    check_landmarks,
    check_parts,
    check_weights_file,
    check_weights_size,
)
from tests.packs import face, painting, sitter, small_meta

BACKGROUND = np.zeros((200, 200, 3), np.uint8)


def test_parts_that_fit_pass() -> None:
    check_parts(small_meta(), artwork=painting(), matte=sitter(), background=BACKGROUND)


def test_an_empty_matte_is_refused() -> None:
    with pytest.raises(PackError, match=r"gradient: matte.png is empty"):
        check_parts(small_meta(), artwork=painting(), matte=0 * sitter(), background=BACKGROUND)


def test_a_background_of_another_size_is_refused() -> None:
    with pytest.raises(PackError, match=r"gradient: the background is 200x100; it must be 200x200"):
        check_parts(small_meta(), artwork=painting(), matte=sitter(), background=BACKGROUND[:100])


def test_a_tiny_artwork_is_refused() -> None:
    with pytest.raises(PackError, match=r"gradient: the artwork is 30x40"):
        check_parts(small_meta(), artwork=painting(30, 40), matte=sitter(), background=BACKGROUND)


def test_landmarks_of_another_count_are_refused() -> None:
    with pytest.raises(PackError, match=r"mona: landmarks.json is 468x3; it must be 478x3"):
        check_landmarks(face()[:468], name="mona")


def test_landmarks_in_pixels_are_refused() -> None:
    with pytest.raises(PackError, match=r"mona: landmarks.json lies off the canvas"):
        check_landmarks(face() * 300 + 400, name="mona")


@pytest.mark.parametrize("broken", [0 * face(), face() * np.eye(3)[0], 9 * face()])
def test_landmarks_that_are_no_face_are_refused(broken: np.ndarray) -> None:
    with pytest.raises(PackError, match=r"mona: landmarks.json holds no face"):
        check_landmarks(broken.astype(np.float32), name="mona")


def test_weights_as_the_network_needs_them_pass() -> None:
    tensors = {name: np.zeros(shape, np.float16) for name, shape in weight_shapes().items()}

    check_weights_file(save(tensors), name="mona")


@pytest.mark.parametrize("data", [b"", b"no weights at all", b"\xff" * 64])
def test_a_file_of_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(PackError, match=r"mona: generator.safetensors cannot be read"):
        check_weights_file(data, name="mona")


def test_weights_that_would_fill_the_memory_are_refused_unread() -> None:
    check_weights_size(4 << 20, name="mona")

    with pytest.raises(PackError, match=r"mona: generator.safetensors is 512 MB; it must be 64 MB"):
        check_weights_size(512 << 20, name="mona")
