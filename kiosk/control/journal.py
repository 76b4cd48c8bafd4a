"""The last lines of the log, kept in memory for staff."""

import logging
import time
from collections import deque
from dataclasses import dataclass

LINES = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log."""

    number: int  # from 1, since the start
    at: float  # seconds since 1970
    level: str
    text: str


class Journal(logging.Handler):
    """A handler of the standard library's logging; any thread may log or read."""

    def __init__(self, lines: int = LINES) -> None:
        super().__init__()
        self._lines: deque[Line] = deque(maxlen=lines)
        self._count = 0
        self.began = time.time()  # lines are counted from here on

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self._count += 1
        text = record.getMessage()
        self._lines.append(Line(self._count, record.created, record.levelname, text))

    def after(self, number: int) -> list[Line]:
        """The lines after one, oldest first."""
        self.acquire()
        try:
            return [line for line in self._lines if line.number > number]
        finally:
            self.release()
