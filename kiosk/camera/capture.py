"""Devices and files that take pictures, through OpenCV.

Goes out: pictures in RGB, each with the moment it was taken; OpenCV's BGR never leaves this module.
When to take them is `clip.py`'s and `webcam.py`'s.
"""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from kiosk.config import CameraSettings
from kiosk.errors import CameraError
from kiosk.messages import Bytes

# seconds; OpenCV's V4L2 ignores its own read timeout, and waits ten without this
os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
import cv2
import numpy as np

from kiosk.camera.sight import odd

cv2.setLogLevel(1)  # only what is fatal: the log says once that a camera is missing

DEVICES = "/dev/"
FALLBACK_FPS = 30.0  # for clips that do not say
PLAUSIBLE_FPS = (1.0, 240.0)
BY_ITSELF = 3  # V4L2_EXPOSURE_APERTURE_PRIORITY, what webcams call automatic
NAP_S = 0.25  # the longest that a pass may wait, so that the heart goes on beating

Clock = Callable[[], float]
Wait = Callable[[float], object]


class Capture(Protocol):
    """What takes pictures: a device, or a clip's file."""

    fps: float

    def grab(self) -> bool:
        """Take the next picture without decoding it; False when there is none."""

    def retrieve(self) -> Bytes | None:
        """The picture taken last, (H, W, 3) uint8 RGB; None when it cannot be decoded.

        What is no such picture (see `sight.odd`) comes as it is.
        """

    def release(self) -> None:
        """Give the device back."""


class VideoCapture:
    """OpenCV's capture, in RGB."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        self._capture = capture
        fps = float(capture.get(cv2.CAP_PROP_FPS))
        self.fps = fps if PLAUSIBLE_FPS[0] <= fps <= PLAUSIBLE_FPS[1] else FALLBACK_FPS

    def grab(self) -> bool:
        """Take the next picture without decoding it."""
        return bool(self._capture.grab())

    def retrieve(self) -> Bytes | None:
        """The picture taken last as RGB."""
        good, image = self._capture.retrieve()
        if not good or image is None or image.size == 0:
            return None
        if odd(image):  # whoever asked looks at it, too
            return np.asarray(image)
        rgb: Bytes = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        return rgb

    def release(self) -> None:
        """Give the device back."""
        self._capture.release()


def open_file(path: Path) -> VideoCapture:
    """A clip's file.

    Raises:
        CameraError: OpenCV cannot play it.
    """
    capture = cv2.VideoCapture(str(path))
    if not capture.isOpened():
        raise CameraError(f"{path}: is no clip that can be played; give an MP4 such as H.264")
    return VideoCapture(capture)


def count_pictures(path: Path) -> int:
    """How many pictures a clip holds, counted: what files say of it is often wrong."""
    capture, count = open_file(path), 0
    while capture.grab():
        count += 1
    capture.release()
    return count


def read_pictures(path: Path) -> Iterator[tuple[float, Bytes]]:
    """Every picture of a clip with its moment in seconds, one after the other.

    Raises:
        CameraError: OpenCV cannot play it.
    """
    capture, number = open_file(path), 0
    try:
        while capture.grab():
            image = capture.retrieve()
            if image is not None:
                yield number / capture.fps, image
            number += 1
    finally:
        capture.release()


def open_device(settings: CameraSettings) -> VideoCapture | None:
    """A webcam; None when it is not there."""
    source = settings.source
    if sys.platform == "linux":
        path = device_path(source)
        # asked for what is not there, OpenCV tries every backend and complains of each
        capture = cv2.VideoCapture(path, cv2.CAP_V4L2) if Path(path).exists() else None
    else:
        capture = cv2.VideoCapture(int(source) if source.isdecimal() else source)
    if capture is None or not capture.isOpened():
        return None
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))  # raw is too wide for USB 2
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, settings.width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, settings.height)
    capture.set(cv2.CAP_PROP_FPS, settings.fps)
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    # what had it before may have left it at an exposure of its own
    capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, BY_ITSELF)
    return VideoCapture(capture)


def device_path(source: str) -> str:
    """The device that a camera's ``source`` means on Linux."""
    return f"{DEVICES}video{int(source)}" if source.isdecimal() else source
