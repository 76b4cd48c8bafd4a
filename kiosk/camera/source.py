"""Which camera the settings mean: a webcam, a clip, or the demo visitor."""

from pathlib import Path
from typing import Protocol

from kiosk.camera.capture import (
    DEVICES,
    Clock,
    Wait,
    count_pictures,
    open_file,
)
from kiosk.camera.clip import Clip
from kiosk.camera.port import Port
from kiosk.camera.webcam import Webcam
from kiosk.config import CameraSettings
from kiosk.errors import CameraError
from kiosk.messages import Bytes, Frame
from kiosk.places import DEMO_CLIP

DEMO = "demo"


class Camera(Protocol):
    """The first stage: it takes nothing and gives frames."""

    @property
    def fps(self) -> float:
        """Frames a second."""

    @property
    def began(self) -> float:
        """When the first frame of a clip was due."""

    @property
    def fault(self) -> str:
        """What staff should know of it, in one line; empty: all is well."""

    def __call__(self, message: None = None, /) -> Frame | None:
        """The next frame, or None when none came in a quarter of a second."""

    def forget(self) -> None:
        """Leave a device that hangs to whoever waits for it, and open it anew."""

    def close(self) -> None:
        """Give the device back."""


def open_camera(settings: CameraSettings, *, clock: Clock, wait: Wait) -> Camera:
    """The camera that the settings name.

    Args:
        settings: ``source`` is a number, a device's path, a clip's path, or ``demo``.
        clock: monotonic seconds.
        wait: waits so many seconds, or less when the run ends.

    Raises:
        CameraError: there is no such clip, or it cannot be played. A device that is not there is
            no error: it may be plugged in later.
    """
    source = settings.source
    if source.isdecimal() or source.startswith(DEVICES):
        port = Port(settings)
        return Webcam(settings, port.open, clock=clock, wait=wait, told=lambda: port.told)
    path = clip_path(source)
    open_file(path).release()
    return Clip(lambda: open_file(path), clock=clock, wait=wait)


def clip_path(source: str) -> Path:
    """The file that ``source`` means.

    Raises:
        CameraError: it is no file.
    """
    path = DEMO_CLIP if source == DEMO else Path(source)
    if not path.is_file():
        raise CameraError(
            f"{source}: no such camera or clip ({path}); "
            "give a number, a device such as /dev/video0, a clip's path, or demo"
        )
    return path


def clip_frame(source: str, at: float) -> Bytes:
    """The picture that a clip shows ``at`` seconds after it began, (H, W, 3) uint8 RGB.

    Raises:
        CameraError: the clip has no such picture.
    """
    path = clip_path(source)
    count = count_pictures(path)
    capture = open_file(path)
    wanted = round(at * capture.fps) % max(count, 1)
    taken = all(capture.grab() for _ in range(wanted + 1))
    image = capture.retrieve() if taken else None
    capture.release()
    if image is None:
        raise CameraError(f"{path}: has no picture at {at:.2f} s")
    return image
