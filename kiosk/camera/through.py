"""A camera behind another: its frames, and all that it says of itself.

For whatever stands between a camera and its road, and changes one thing about it.
"""

from kiosk.camera.source import Camera
from kiosk.messages import Frame


class CameraThrough:
    """The camera, unless a subclass says otherwise."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera

    @property
    def fps(self) -> float:
        """Frames a second."""
        return self._camera.fps

    @property
    def began(self) -> float:
        """When the first frame of a clip was due."""
        return self._camera.began

    @property
    def fault(self) -> str:
        """What staff should know of it, in one line."""
        return self._camera.fault

    def __call__(self, message: None = None, /) -> Frame | None:
        """The next frame, or None when none came in a quarter of a second."""
        return self._camera()

    def forget(self) -> None:
        """See `Camera.forget`."""
        self._camera.forget()

    def close(self) -> None:
        """Give the device back."""
        self._camera.close()
