"""A take before a webcam and a microphone. Pictures are looked at and let go, one by one."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, Protocol

import numpy as np

from kiosk.camera.source import Camera
from kiosk.curation.takes import LONGEST_S, RATE, Take, watch
from kiosk.errors import CameraError
from kiosk.messages import Bytes, Floats

logger = logging.getLogger(__name__)

PATIENCE_S = 15.0  # until a camera's first picture


class Microphone(Protocol):
    """What hears the actor."""

    def begin(self) -> None:
        """Listen from now on."""

    def end(self) -> tuple[float, Floats] | None:
        """When the first sample was heard, and all of them at `RATE`; None if none were."""


def take_live(
    camera: Camera,
    microphone: Microphone,
    stop: threading.Event,
    *,
    clock: Callable[[], float],
    begins: Callable[[], None] = lambda: None,
) -> Take:
    """The take of whoever stands before the camera until ``stop`` is set.

    Args:
        camera: is closed at the end.
        microphone: listens as long as the camera sees.
        stop: ends it.
        clock: monotonic seconds, of camera and microphone.
        begins: is called when it begins.

    Raises:
        CameraError: no picture comes.
        PerformanceError: hardly a face is seen.
    """
    with closing(camera):
        _await_picture(camera, clock)
        began = clock()
        microphone.begin()
        begins()
        try:
            seconds, landmarks = watch(_pictures(camera, stop, began), name="the take")
        finally:
            heard = microphone.end()
    if heard is None:
        return Take(seconds, landmarks, None)
    heard_at, sound = heard
    late = began - heard_at  # of the pictures' zero, by the sound
    return Take(tuple(at + late for at in seconds), landmarks, sound)


def _await_picture(camera: Camera, clock: Callable[[], float]) -> None:
    give_up_at = clock() + PATIENCE_S
    while camera() is None:
        if clock() > give_up_at:
            raise CameraError("the camera gives no picture; see whether another program holds it")


def _pictures(camera: Camera, stop: threading.Event, began: float) -> Iterator[tuple[float, Bytes]]:
    while not stop.is_set():
        frame = camera()
        if frame is None or frame.captured_at < began:
            continue
        at = frame.captured_at - began
        if at > LONGEST_S:
            return
        yield at, frame.image


class SystemMicrophone:
    """The system's own, through PortAudio.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._blocks: list[Floats] = []
        self._heard_at: float | None = None
        self._stream: Any = None

    def begin(self) -> None:
        """Listen from now on; one that is not there is told, and the take is silent."""
        try:
            import sounddevice

            self._stream = sounddevice.InputStream(
                samplerate=RATE, channels=1, dtype="float32", callback=self._keep
            )
            self._stream.start()
        except Exception as error:  # OSError without the library, PortAudioError without a device
            logger.warning("no microphone can be had, the take is silent: %s", error)
            self._stream = None

    def end(self) -> tuple[float, Floats] | None:
        """See `Microphone.end`."""
        if self._stream is not None:
            self._stream.close()
        if self._heard_at is None:
            return None
        return self._heard_at, np.concatenate(self._blocks)

    def _keep(self, block: Floats, frames: int, time: Any, status: object) -> None:
        if self._heard_at is None:
            waited = time.currentTime - time.inputBufferAdcTime
            self._heard_at = self._clock() - (waited if 0 < waited < 1 else frames / RATE)
        self._blocks.append(block[:, 0].copy())
