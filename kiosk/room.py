"""What a portrait finds around it: a camera, who tells visitors apart, a voice.

Alone it has a room of its own; in a gallery rooms share what they hold (`kiosk/gallery.py`).
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kiosk.camera.source import Camera, open_camera
from kiosk.config import Config
from kiosk.experience import Repertoire
from kiosk.mirror import Landmarker, Presence
from kiosk.sound.sound import Sound


class Voice(Protocol):
    """What is heard; see `kiosk.sound`."""

    @property
    def fault(self) -> str | None:
        """What staff should know, in one line."""

    def open(self) -> None:
        """Take the device: something is to be heard sooner or later."""

    def say(self, sound: bytes, at: float) -> None:
        """Let the beginning of a sound be heard at a second."""

    def hush(self) -> None:
        """Let what is said fade out."""

    def mute(self, muted: bool) -> None:
        """Let nothing be heard, or all again."""

    def ambience(self, sound: bytes | Path | None) -> None:
        """Let another ambience come."""

    def close(self) -> None:
        """Give the device back."""


@dataclass(frozen=True, eq=False)
class Room:
    """Around one portrait."""

    stop: threading.Event  # ends the run
    camera: Camera
    voice: Voice
    tracking: Callable[[], tuple[Landmarker, Presence]]  # built where it is used
    manners: Callable[[Repertoire], Repertoire] = lambda repertoire: repertoire
    place: int = 0  # the portrait's among others
    name: str = ""  # what its lines in the log begin with
    building: threading.Lock = field(default_factory=threading.Lock)  # an engine
    arrived: threading.Condition = field(default_factory=threading.Condition)  # of layers


def own_room(config: Config, *, clock: Callable[[], float]) -> Room:
    """The room of a portrait that hangs alone.

    Raises:
        CameraError: the settings name no camera or clip.
    """

    def tracking() -> tuple[Landmarker, Presence]:
        from kiosk.tracking import landmarker, presence

        settings = config.tracking
        return landmarker.Landmarker(settings), presence.Presence(settings, now=clock())

    stop = threading.Event()
    camera = open_camera(config.camera, clock=clock, wait=stop.wait)
    return Room(stop, camera, Sound(config.sound, clock=clock), tracking)
