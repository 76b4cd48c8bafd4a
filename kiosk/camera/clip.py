"""A recording played as a webcam would play it.

Comes in: a file's capture and a clock. Goes out: one `Frame` at a time, stamped when it was due.
"""

import logging
from collections.abc import Callable

from kiosk.camera.capture import NAP_S, Capture, Clock, Wait
from kiosk.camera.sight import odd
from kiosk.messages import Frame

logger = logging.getLogger(__name__)

PAUSE_S = 5.0  # a longer stop (a suspended machine) is not caught up with


class Clip:
    """A recording played as a webcam would: at its own rate, for ever, late frames left out."""

    def __init__(self, opener: Callable[[], Capture], *, clock: Clock, wait: Wait) -> None:
        self._opener = opener
        self._clock = clock
        self._wait = wait
        self._capture = opener()
        self._started = False
        self._index = 0  # of the next frame, counted through all rounds
        self._round_began = 0
        self._empty = False
        self.fps = self._capture.fps
        self.began = clock()

    def __call__(self, message: None = None, /) -> Frame | None:
        """The next frame when it is due; captured at the moment it was due."""
        late = self._count_late()
        if self._empty or not all(self._advance() for _ in range(late + 1)):
            self._say_empty()
            return None
        due = self.began + (self._index - 1) / self.fps
        self._wait(max(due - self._clock(), 0.0))
        image = self._capture.retrieve()
        return None if image is None or odd(image) else Frame(image=image, captured_at=due)

    @property
    def fault(self) -> str:
        """See `Camera.fault`."""
        return "the clip holds no pictures" if self._empty else ""

    def forget(self) -> None:
        """See `Camera.forget`; the clip begins anew."""
        self._capture, self._round_began, self._started = self._opener(), self._index, False

    def close(self) -> None:
        """Give the file back."""
        self._capture.release()

    def _count_late(self) -> int:
        """How many frames were due before the one that is due now."""
        now = self._clock()
        if not self._started:
            self._started, self.began = True, now
        behind_s = now - self.began - self._index / self.fps
        if behind_s > PAUSE_S:
            self.began += behind_s
            return 0
        return max(int(behind_s * self.fps + 1e-6), 0)

    def _advance(self) -> bool:
        """Go to the next frame, from the end back to the beginning; False in an empty clip."""
        if not self._capture.grab():
            if self._index == self._round_began:
                return False
            self._capture.release()
            self._capture = self._opener()
            self._round_began = self._index
            if not self._capture.grab():
                return False
        self._index += 1
        return True

    def _say_empty(self) -> None:
        if not self._empty:
            logger.warning("the clip holds no pictures; the portrait idles")
        self._empty = True
        self._wait(NAP_S)
