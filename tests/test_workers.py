"""Work is shared out to processes, which end with what is asked of them."""

import os
import signal
from pathlib import Path

import pytest

from kiosk.errors import TrainingError
from kiosk.training.workers import share_out, told_to_stop

_told: list[str] = []


def remember(word: str) -> None:
    _told[:] = [word]


def write(path: Path) -> None:
    (word,) = _told
    path.write_text(f"{word} {told_to_stop()}")


def end_oneself(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(number: int) -> None:
    raise ValueError(f"order {number}")


def ignore(_: int) -> None:
    """Nobody counts."""


def test_every_order_is_carried_out_by_a_prepared_process(tmp_path: Path) -> None:
    paths = [tmp_path / str(number) for number in range(3)]
    seen: list[int] = []
    share_out(
        paths, write, report=seen.append, error=TrainingError, prepare=remember, given=("hello",)
    )

    assert [path.read_text() for path in paths] == ["hello False"] * 3
    assert seen == [1, 2, 3]


def test_a_process_that_is_ended_from_outside_is_told() -> None:
    with pytest.raises(TrainingError, match="was ended from outside, perhaps for want of memory"):
        share_out([1], end_oneself, report=ignore, error=TrainingError)


def test_what_an_order_raises_is_raised() -> None:
    with pytest.raises(ValueError, match="order 7"):
        share_out([7], fail, report=ignore, error=TrainingError)


def test_nothing_to_do_needs_no_process() -> None:
    share_out([], fail, report=ignore, error=TrainingError)
