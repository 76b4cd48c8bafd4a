"""What is freed goes back to the system."""

import platform

import pytest

from kiosk import heap
from kiosk.health import resident_mb
from kiosk.heap import trim_heap

PIECE, COUNT = 60_000, 3000  # small enough for the heap, which glibc keeps; 180 MB in all


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_what_lies_free_between_what_is_used_goes_back() -> None:
    pieces: list[bytes | None] = [bytes([number % 7]) * PIECE for number in range(COUNT)]
    for number in range(COUNT):
        if number % 100:
            pieces[number] = None
    before = resident_mb()
    trim_heap()

    assert before - resident_mb() > 0.5 * PIECE * COUNT / 2**20
    assert pieces[100] == bytes([100 % 7]) * PIECE


def test_where_the_library_cannot_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap.ctypes, "CDLL", lambda _: object())
    heap._trimmer.cache_clear()
    trim_heap()
    heap._trimmer.cache_clear()
