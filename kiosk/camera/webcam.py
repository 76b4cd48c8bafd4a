"""A live camera that comes and goes.

Comes in: settings, a clock, and what opens the device. Goes out: one `Frame` at a time, mirrored
when the settings say so. Unplugged or silent, it is opened again, later and later.
"""

import logging
from collections.abc import Callable

import numpy as np

from kiosk.camera.capture import NAP_S, Capture, Clock, Wait
from kiosk.camera.sight import Sight, odd
from kiosk.config import CameraSettings
from kiosk.messages import Bytes, Frame

logger = logging.getLogger(__name__)

SPARSE = 16  # every so many pixels tell whether a picture has changed
# a covered lens may give the very same black again and again: opened anew no more often than so
BLACK_S = 300.0


class Webcam:
    """A live camera that comes and goes.

    Args:
        settings: the table ``[camera]``.
        opener: opens the device; None when it cannot be had.
        clock: monotonic seconds.
        wait: waits so many seconds, or less when the run ends.
        told: why the device did not open, or what staff should know of the one that did.
    """

    began = 0.0

    def __init__(
        self,
        settings: CameraSettings,
        opener: Callable[[], Capture | None],
        *,
        clock: Clock,
        wait: Wait,
        told: Callable[[], str] = lambda: "",
    ) -> None:
        self._settings = settings
        self._opener, self._told = opener, told
        self._clock = clock
        self._wait = wait
        self._capture: Capture | None = None
        self._try_at = clock()
        self._retry_s = settings.retry_s
        self._missing: str | None = None  # why it gives no pictures; None: it does
        self._last: Bytes | None = None  # a few pixels of the picture before
        self._changed_at = clock()
        self._forgotten = 0
        self._sight = Sight(clock())
        self._blind = ""  # as was said
        self.fps = settings.fps

    @property
    def fault(self) -> str:
        """See `Camera.fault`."""
        source = self._settings.source
        if self._missing is not None:
            why = f": {self._missing}" if self._missing else ""
            return f"camera {source} gives no pictures{why}"
        if self._sight.fault:
            return f"camera {source} {self._sight.fault}"
        return self._told()

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
        ill = "nothing comes from it" if image is None else odd(image)
        if image is None or ill:
            self._lose(ill)
            return None
        changed = self._changes(image, captured_at)
        self._sight.heed(image, captured_at)
        if captured_at - self._changed_at > self._settings.silence_s and not self._is_covered():
            self._lose("the same picture comes again and again")
            return None
        if changed or self._sight.black:
            self._find()
        self._say_blindness()
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
            self._lose(self._told())
        return self._capture is not None

    def _changes(self, image: Bytes, now: float) -> bool:
        """Whether a picture is another than the one before: some, unplugged, repeat themselves."""
        few = image[::SPARSE, ::SPARSE].copy()
        before, self._last = self._last, few
        changed = before is not None and not np.array_equal(few, before)
        if changed or before is None:
            self._changed_at = now
        return changed

    def _is_covered(self) -> bool:
        """Whether what repeats itself is only black; now and then the device is opened anew."""
        if not self._sight.black:
            return False
        if self._clock() - self._changed_at > BLACK_S:
            self.close()
            self._try_at = self._clock()
        return True

    def _lose(self, why: str) -> None:
        if self._missing is None:
            logger.warning(
                "camera %s gives no pictures%s; the portrait idles, and it is tried again",
                self._settings.source, f" ({why})" if why else "",
            )  # fmt: skip
        self._missing = why
        self.close()
        self._sight.forget(self._clock())
        self._try_at = self._clock() + self._retry_s
        self._retry_s = min(2 * self._retry_s, self._settings.retry_limit_s)

    def _find(self) -> None:
        if self._missing is not None:
            logger.info("camera %s is back", self._settings.source)
        self._missing = None
        self._retry_s = self._settings.retry_s

    def _say_blindness(self) -> None:
        fault = self._sight.fault
        if bool(fault) == bool(self._blind):
            return
        self._blind = fault
        if fault:
            logger.warning("camera %s %s", self._settings.source, fault)
        else:
            logger.info("camera %s sees well again", self._settings.source)
