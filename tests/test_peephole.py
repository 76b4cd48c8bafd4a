"""The screen as staff see it, and the last lines of the log."""

import logging
import threading

import numpy as np
import pytest

from kiosk.control.journal import Journal
from kiosk.control.peephole import Peephole
from kiosk.messages import Bytes
from tests.fakes import FakeScreen


def test_the_screen_is_read_by_its_own_thread_alone_and_only_when_asked() -> None:
    readers: list[int] = []

    class Watched(FakeScreen):
        def read(self) -> Bytes:
            readers.append(threading.get_ident())
            return np.zeros((4, 4, 3), np.uint8)

    peephole, screen = Peephole(), Watched()
    for _ in range(3):
        peephole.serve(screen)
    assert readers == []
    seen: list[Bytes | None] = []
    other = threading.Thread(target=lambda: seen.append(peephole.look(30)))
    other.start()
    while other.is_alive():
        peephole.serve(screen)
    assert readers == [threading.get_ident()]
    assert seen[0] is not None
    assert peephole.look(0) is None


def test_a_look_that_fails_ends_no_show(caplog: pytest.LogCaptureFixture) -> None:
    class Torn(FakeScreen):
        def read(self) -> Bytes:
            raise RuntimeError("the context is lost")

    peephole = Peephole()
    assert peephole.look(0) is None
    peephole.serve(Torn())
    assert "the context is lost" in caplog.text


def test_the_journal_keeps_the_last_lines() -> None:
    journal = Journal(lines=3)
    for number in range(10):
        journal.handle(logging.LogRecord("x", logging.INFO, "", 0, "%d", (number,), None))

    assert [(line.number, line.text) for line in journal.after(0)] == [
        (8, "7"), (9, "8"), (10, "9")
    ]  # fmt: skip
