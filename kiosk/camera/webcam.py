"""A live camera that comes and goes.

Comes in: settings, a clock, and what opens the device. Goes out: one `Frame` at a time, mirrored
when the settings say so. Unplugged or silent, it is opened again, later and later.
"""

import logging
from collections.abc import Callable

import numpy as np

from kiosk.camera.capture import NAP_S, Capture, Clock, Wait
from kiosk.config import CameraSettings
from kiosk.messages import Bytes, Frame

logger = logging.getLogger(__name__)

SPARSE = 16  # every so many pixels tell whether a picture has changed


class Webcam:
    """A live camera that comes and goes."""

    began = 0.0

    def __init__(
        self,
        settings: CameraSettings,
        opener: Callable[[], Capture | None],
        *,
        clock: Clock,
        wait: Wait,
    ) -> None:
        self._settings = settings
        self._opener = opener
        self._clock = clock
        self._wait = wait
        self._capture: Capture | None = None
        self._try_at = clock()
        self._retry_s = settings.retry_s
        self._missing = False  # and it has been said
        self._last: Bytes | None = None  # a few pixels of the picture before
        self._changed_at = clock()
        self._forgotten = 0
        self.fps = settings.fps

    def __call__(self, message: None = None, /) -> Frame | None:
        """The next frame; None while the camera is away."""
        if self._capture is None and not self._reopen():
            return None
        capture = self._capture
        assert capture is not None
        taken = capture.grab()
        captured_at = self._clock()
        image = capture.retrieve() if taken else None
        if self._capture is not capture:  # it hung, and another thread has gone on without it
            capture.release()
            return None
        if image is None or self._is_frozen(image, captured_at):
            self._lose()
            return None
        self._find()
        seen = image[:, ::-1] if self._settings.mirror else image
        return Frame(image=np.ascontiguousarray(seen), captured_at=captured_at)

    def forget(self) -> None:
        """See `Camera.forget`."""
        self._capture, self._last, self._try_at = None, None, self._clock()
        self._forgotten += 1

    def close(self) -> None:
        """Give the device back."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None
        self._last = None

    def _reopen(self) -> bool:
        left = self._try_at - self._clock()
        if left > 0:
            self._wait(min(left, NAP_S))
            return False
        before = self._forgotten
        capture = self._opener()
        if self._forgotten != before:  # opening hung
            if capture is not None:
                capture.release()
            return False
        self._capture = capture
        self._last, self._changed_at = None, self._clock()
        if self._capture is None:
            self._lose()
        return self._capture is not None

    def _is_frozen(self, image: Bytes, now: float) -> bool:
        """Whether the same picture has come for too long: some go on so when unplugged."""
        few = image[::SPARSE, ::SPARSE].copy()
        if self._last is None or not np.array_equal(few, self._last):
            self._last, self._changed_at = few, now
        return now - self._changed_at > self._settings.silence_s

    def _lose(self) -> None:
        if not self._missing:
            logger.warning(
                "camera %s gives no pictures; the portrait idles, and it is tried again",
                self._settings.source,
            )
        self._missing = True
        self.close()
        self._try_at = self._clock() + self._retry_s
        self._retry_s = min(2 * self._retry_s, self._settings.retry_limit_s)

    def _find(self) -> None:
        if self._missing:
            logger.info("camera %s is back", self._settings.source)
        self._missing = False
        self._retry_s = self._settings.retry_s
