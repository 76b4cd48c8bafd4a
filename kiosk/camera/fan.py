"""One camera for several portraits: each gets the newest frame in a slot of its own.

The first portrait's thread asks the camera and gives the others what comes; so each road has a
camera as if it were alone.
"""

from kiosk.camera.capture import Wait
from kiosk.camera.source import Camera
from kiosk.camera.through import CameraThrough
from kiosk.messages import Frame
from kiosk.pipeline import Latest

PATIENCE_S = 0.25


def fan_out(camera: Camera, count: int, *, wait: Wait) -> list[Camera]:
    """The same camera for so many portraits; it begins when all have begun to look.

    Args:
        camera: asked, and closed, by the first of them.
        count: of the portraits.
        wait: waits so many seconds, or less when the run ends.
    """
    others = [Seat(camera) for _ in range(count - 1)]
    return [FirstSeat(camera, others, wait=wait), *others]


class Seat(CameraThrough):
    """The camera as a further portrait has it."""

    def __init__(self, camera: Camera) -> None:
        super().__init__(camera)
        self.frames: Latest[Frame] = Latest()
        self.taken = False  # whether somebody has begun to look

    def __call__(self, message: None = None, /) -> Frame | None:
        """The newest frame, or None when none came in a quarter of a second."""
        self.taken = True
        return self.frames.take(PATIENCE_S)

    def forget(self) -> None:
        """Nothing that could hang."""

    def close(self) -> None:
        """Nothing to give back: the device is the first portrait's."""


class FirstSeat(CameraThrough):
    """The camera as the first portrait has it, who lets the others see what comes."""

    def __init__(self, camera: Camera, others: list[Seat], *, wait: Wait) -> None:
        super().__init__(camera)
        self._others, self._wait = others, wait

    def __call__(self, message: None = None, /) -> Frame | None:
        """The next frame, or None when none came in a quarter of a second."""
        if not all(seat.taken for seat in self._others):
            self._wait(PATIENCE_S)
            return None
        frame = self._camera()
        if frame is not None:
            for seat in self._others:
                seat.frames.put(frame)
        return frame
