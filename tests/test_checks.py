"""Faults of a pack's parts, each in one line."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from kiosk.errors import PackError
from kiosk.model.spec import weight_shapes
from kiosk.portraits.checks import check_landmarks, check_parts, check_weights_file
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


def test_weights_as_the_network_needs_them_pass(tmp_path: Path) -> None:
    tensors = {name: np.zeros(shape, np.float16) for name, shape in weight_shapes().items()}
    save_file(tensors, tmp_path / "generator.safetensors")

    check_weights_file(tmp_path / "generator.safetensors", name="mona")


@pytest.mark.parametrize("data", [b"", b"no weights at all", b"\xff" * 64])
def test_a_file_of_anything_else_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "generator.safetensors"
    path.write_bytes(data)

    with pytest.raises(PackError, match=r"mona: generator.safetensors cannot be read"):
        check_weights_file(path, name="mona")
