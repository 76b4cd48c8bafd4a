"""Where the webcam is plugged in; and when it is gone for good, the only other one there is.

A number names a device, but a camera that is plugged in again while the kiosk still has the old
device open gets the next number. So where a numbered device is gone, and one other camera is there,
that one is used, and it is said. Who names a device's path wants that one and no other.
"""

import logging
import sys
from collections.abc import Callable
from pathlib import Path

from kiosk.camera.capture import Capture, device_path, open_device
from kiosk.camera.devices import Device, find_cameras, why_closed
from kiosk.config import CameraSettings

logger = logging.getLogger(__name__)

TRIES = 3  # of a numbered device, until another is looked for: it may only be slow to come

Open = Callable[[CameraSettings], Capture | None]


class Port:
    """One webcam's.

    Args:
        settings: the table ``[camera]``.
        opener: opens the device that settings name; None when that cannot be had.
        others: every camera that there is.
        why: says why a device does not open.
    """

    def __init__(
        self,
        settings: CameraSettings,
        *,
        opener: Open = open_device,
        others: Callable[[], list[Device]] = find_cameras,
        why: Callable[[Path], str] = why_closed,
    ) -> None:
        self._settings = settings
        self._opener, self._others, self._why = opener, others, why
        self._path = Path(device_path(settings.source))
        self._failed = 0  # in a row
        self.told = ""  # why it does not open, or what is used in its place; empty: all is well

    def open(self) -> Capture | None:
        """The camera, if it is there."""
        capture = self._opener(self._settings)
        if capture is not None:
            self._failed, self.told = 0, ""
            return capture
        self._failed += 1
        if self._failed >= TRIES and self._settings.source.isdecimal() and self._is_gone:
            capture = self._open_other()
        if capture is None:
            self.told = self._why(self._path) if sys.platform == "linux" else ""
        return capture

    @property
    def _is_gone(self) -> bool:
        return sys.platform == "linux" and not self._path.exists()

    def _open_other(self) -> Capture | None:
        others = self._others()
        if len(others) != 1:  # with several nobody can know which is meant
            return None
        other = others[0]
        capture = self._opener(self._settings.model_copy(update={"source": other.path}))
        if capture is not None:
            self._failed = 0
            self.told = (
                f"camera {self._settings.source} is not there; {other.path} ({other.name}) is used "
                "in its place: name that one, or /dev/kiosk-camera, in [camera] source"
            )
            logger.warning("%s", self.told)
        return capture
