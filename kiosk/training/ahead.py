"""Reading while something else computes."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def read_ahead(draw: Callable[[int], T], first: int) -> Iterator[T]:
    """`draw` of first, first + 1 ... for ever; the next one is drawn while one is used."""
    with ThreadPoolExecutor(1) as reader:
        ahead: Future[T] = reader.submit(draw, first)
        while True:
            first += 1
            drawn, ahead = ahead.result(), reader.submit(draw, first)
            yield drawn
