"""A look at the screen from another thread: the main thread, which owns it, hands a picture out."""

import logging
import threading
from typing import Protocol

from kiosk.messages import Bytes
from kiosk.pipeline import Latest

logger = logging.getLogger(__name__)


class Readable(Protocol):
    """A screen, or what several portraits share of one."""

    def read(self) -> Bytes:
        """What was composed last, (H, W, 3) uint8 RGB."""


class Peephole:
    """Pictures of one screen, for whoever asks."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._pictures: Latest[Bytes] = Latest()
        self._asking = threading.Lock()  # each who asks has a picture of their own

    def look(self, timeout_s: float) -> Bytes | None:
        """What the screen shows now: (H, W, 3) RGB; None when nobody handed it out in time."""
        with self._asking:
            self._pictures.take(0)  # of an earlier one, who was gone by then
            self._wanted.set()
            return self._pictures.take(timeout_s)

    def serve(self, screen: Readable) -> None:
        """Hand a picture out, if someone asked; costs nothing else."""
        if self._wanted.is_set():
            self._wanted.clear()
            try:
                self._pictures.put(screen.read().copy())
            except Exception as error:  # nobody's look may end the show
                logger.warning("the screen cannot be read: %s", error)
