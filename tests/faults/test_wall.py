"""The watcher itself: what counts as black, as still, as alive."""

import struct
from pathlib import Path

import numpy as np
import pytest

from tests.faults.wall import EVERY_S, Look, lives_since, longest_black_s, look_at

LIT = 90.0


def looks(*stretches: tuple[float, str]) -> list[Look]:
    """Stretches of so many seconds that are ``lives``, ``still`` or ``black``."""
    seen: list[Look] = []
    for seconds, how in stretches:
        for _ in range(round(seconds / EVERY_S)):
            number = len(seen)
            before = seen[-1].mark if seen else 0
            mark = {"lives": number + 1, "still": before, "black": 0}[how]
            seen.append(Look(number * EVERY_S, 0.0 if how == "black" else LIT, mark))
    return seen


def test_what_never_paused_has_lived_from_the_strike_on() -> None:
    assert lives_since(looks((5, "lives")), 0.0) == 0.0


def test_a_blink_of_stillness_is_no_pause() -> None:
    assert lives_since(looks((2, "lives"), (0.8, "still"), (2, "lives")), 0.0) == 0.0


def test_after_a_pause_it_lives_since_its_first_new_picture() -> None:
    for pause in ("still", "black"):
        seen = looks((2, "lives"), (3, pause), (2, "lives"))

        assert lives_since(seen, 0.0) == pytest.approx(5.0, abs=0.1)


def test_what_stands_still_now_does_not_live() -> None:
    assert lives_since(looks((2, "lives"), (3, "still")), 0.0) is None
    assert lives_since(looks((2, "lives"), (0.2, "black")), 0.0) is None
    assert lives_since(looks((3, "still")), 0.0) is None


def test_the_longest_black_is_told() -> None:
    seen = looks((1, "black"), (2, "lives"), (3, "black"), (1, "still"))

    assert longest_black_s(seen) == pytest.approx(3.0, abs=0.1)
    assert longest_black_s(looks((1, "still"))) == 0.0


def test_a_dump_of_the_screen_is_read(tmp_path: Path) -> None:
    file = tmp_path / "screen"
    header = [0] * 25
    header[0], header[4], header[5], header[12], header[19] = 104, 8, 8, 32, 2
    picture = np.full((8, 8, 4), 200, np.uint8)
    file.write_bytes(struct.pack(">25I", *header) + bytes(4 + 2 * 12) + picture.tobytes())

    assert look_at(file).light == 200.0


def test_no_screen_and_half_a_file_are_black(tmp_path: Path) -> None:
    assert look_at(tmp_path / "none").light == 0.0
    (tmp_path / "half").write_bytes(b"\0" * 60)
    assert look_at(tmp_path / "half").light == 0.0
