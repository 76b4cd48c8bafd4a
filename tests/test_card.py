"""The GPU: whether it answers, here or elsewhere, and whether there is room in its memory."""

import errno
from pathlib import Path

import pytest
import torch

from kiosk.errors import EngineError
from kiosk.generator import card
from kiosk.generator.card import Card, ask_new_process, look_at_card
from kiosk.generator.memory import try_with_room


@pytest.mark.parametrize(
    ("elsewhere", "here", "state"),
    [
        (False, False, Card.SILENT),
        (True, False, Card.ELSEWHERE),
        (True, True, Card.HERE),
    ],
)
def test_a_card_is_asked_in_a_new_process_before_this_one(
    elsewhere: bool, here: bool, state: Card, tmp_path: Path
) -> None:
    node = tmp_path / "nvidia0"
    node.touch()
    nodes = (str(tmp_path / "none"), str(node))

    assert (
        look_at_card(nodes, reckons=lambda: True, elsewhere=lambda: elsewhere, here=lambda: here)
        is state
    )
    assert look_at_card(nodes[:1], elsewhere=lambda: 1 / 0 > 0) is Card.ABSENT


@pytest.mark.parametrize(
    ("number", "state"),
    [(errno.EPERM, Card.ELSEWHERE), (errno.EACCES, Card.SILENT), (errno.EIO, Card.SILENT)],
)
def test_a_card_that_the_services_rules_shut_out_needs_a_new_process(
    number: int, state: Card, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, "")

    (tmp_path / "nvidia0").touch()
    monkeypatch.setattr(card.os, "open", refuse)

    assert look_at_card((str(tmp_path / "nvidia0"),), reckons=lambda: True) is state


def test_a_build_of_pytorch_for_processors_alone_reckons_on_no_card(tmp_path: Path) -> None:
    (tmp_path / "nvidia0").touch()

    assert look_at_card((str(tmp_path / "nvidia0"),), reckons=lambda: False) is Card.ABSENT


def test_a_question_that_fails_or_hangs_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card, "QUESTION", "raise SystemExit(3)")
    assert not ask_new_process()
    monkeypatch.setattr(card, "QUESTION", "import time; time.sleep(60)")
    monkeypatch.setattr(card, "PATIENCE_S", 0.3)
    assert not ask_new_process()
    monkeypatch.setattr(card, "QUESTION", "")
    monkeypatch.setattr(card, "PATIENCE_S", 30.0)
    assert ask_new_process()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_machine_without_a_gpu_says_so() -> None:
    assert not card.ask_here()


@pytest.mark.parametrize(
    "error",
    [
        torch.cuda.OutOfMemoryError("no room"),
        RuntimeError("CUDA error: out of memory"),
        EngineError("the engine does not start: Out of memory"),
    ],
)
def test_when_the_memory_is_full_once_more_is_tried(error: Exception) -> None:
    raised = [error]

    def work() -> str:
        if raised:
            raise raised.pop()
        return "done"

    assert try_with_room(work) == "done"
    raised.append(RuntimeError("CUDA error: an illegal memory access was encountered"))
    with pytest.raises(RuntimeError, match="illegal"):
        try_with_room(work)


def test_memory_that_stays_full_is_told() -> None:
    tries = []

    def work() -> None:
        tries.append(1)
        raise RuntimeError("CUDA error: out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        try_with_room(work)
    assert len(tries) == 2
