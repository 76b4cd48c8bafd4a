"""Who has the floor: in a gallery one portrait speaks at a time.

Whoever begins a performance takes it, and gives it back when the performance has ended. Meanwhile
the others find nothing to perform: they greet with a smile, and keep their stories for later.
"""

import threading
from collections.abc import Callable
from pathlib import Path

from kiosk.experience import Repertoire
from kiosk.portraits.performances import Performance
from kiosk.sound.sound import Sound


class Floor:
    """One gallery's."""

    def __init__(self) -> None:
        self._holder: int | None = None  # the portrait's place
        self._taking = threading.Lock()

    def take(self, place: int) -> bool:
        """Whether the portrait at a place may speak; then the others may not."""
        with self._taking:
            if self._holder is None:
                self._holder = place
            return self._holder == place

    def leave(self, place: int) -> None:
        """The portrait at a place has ended, if it spoke."""
        with self._taking:
            if self._holder == place:
                self._holder = None


class PoliteRepertoire:
    """What one portrait of a gallery performs: nothing while another one has the floor."""

    def __init__(self, repertoire: Repertoire, floor: Floor, place: int) -> None:
        self._repertoire, self._floor, self._place = repertoire, floor, place

    def begin_visit(self) -> None:
        """Somebody new has come."""
        self._repertoire.begin_visit()

    def greeting(self) -> Performance | None:
        """What is said to who comes."""
        return self._if_free(self._repertoire.greeting)

    def story(self) -> Performance | None:
        """The next story, if there is one that they have not heard."""
        return self._if_free(self._repertoire.story)

    def holds(self, performance: Performance) -> bool:
        """Whether it can still be performed."""
        return self._repertoire.holds(performance)

    def _if_free(self, choose: Callable[[], Performance | None]) -> Performance | None:
        if not self._floor.take(self._place):
            return None
        performance = choose()
        if performance is None:
            self._floor.leave(self._place)
        return performance


class SharedVoice:
    """The one sound as the portrait at a place has it; the ambience is that of the first."""

    def __init__(self, sound: Sound, floor: Floor, place: int) -> None:
        self._sound, self._floor, self._place = sound, floor, place

    @property
    def fault(self) -> str | None:
        """What staff should know of the sound."""
        return self._sound.fault

    def open(self) -> None:
        """Take the device: something is to be heard sooner or later."""
        self._sound.open()

    def say(self, sound: bytes, at: float) -> None:
        """Let the beginning of a sound be heard at a second."""
        self._sound.say(sound, at)

    def hush(self) -> None:
        """Let what is said fade out: the performance has ended."""
        self._sound.hush()
        self._floor.leave(self._place)

    def mute(self, muted: bool) -> None:
        """Let nothing be heard, or all again."""
        self._sound.mute(muted)

    def ambience(self, sound: bytes | Path | None) -> None:
        """Let another ambience come."""
        if self._place == 0:
            self._sound.ambience(sound)

    def close(self) -> None:
        """Nothing to give back: the device is the gallery's."""
