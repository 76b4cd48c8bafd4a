"""What the show asks of sound: say this then, hush, this ambience.

The show's clock leads. Nothing here waits for a device or a file, and none of it fails: without
sound the captions and the lips go on.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from kiosk.errors import SoundError
from kiosk.messages import Floats
from kiosk.sound.clip import load_libraries, read_sound
from kiosk.sound.mixer import HUSH_S, Mixer
from kiosk.sound.outlet import Outlet
from kiosk.sound.portaudio import Clock, load_portaudio
from kiosk.sound.settings import SoundSettings
from kiosk.sound.voice import Voice

logger = logging.getLogger(__name__)

AGAIN_S = 5.0
NAP_S = 0.1  # between two looks at the device
CLOSE_S = 2.0  # a device that does not let go for so long is left to the system


class Sound:
    """The portrait's voice and the ambience around it; all methods return at once.

    Args:
        settings: the table ``[sound]``; switched off, nothing is opened, and calls do nothing.
            Else the device is taken when something is to be heard, and kept.
        clock: the show's, in seconds; `say` is told of its times.
        library: gives sounddevice, or what stands for it.
    """

    def __init__(
        self,
        settings: SoundSettings,
        *,
        clock: Clock = time.monotonic,
        library: Callable[[], Any] = load_portaudio,
    ) -> None:
        self._enabled = settings.enabled  # until it is closed
        self._clock = clock
        self._volume = settings.volume
        self._mixer = Mixer(volume=settings.volume, ambience_volume=settings.ambience_volume)
        self._outlet = Outlet(self._mixer, settings.device, clock=clock, library=library)
        self._usual = Path(settings.ambience) if settings.ambience else None
        self._wanted: bytes | Path | Floats | None = None  # of the ambience
        self._unreadable: dict[str, str] = {}  # by what it was to be
        self._stop = threading.Event()
        self._reader = ThreadPoolExecutor(1, "sound-reader")
        self._begun = False
        self._thread = threading.Thread(target=self._tend, name="sound", daemon=True)

    def open(self) -> None:
        """Take the device: something is to be heard sooner or later."""
        if self._enabled and not self._begun:
            self._begun = True
            self._thread.start()
            self._reader.submit(load_libraries)

    @property
    def fault(self) -> str | None:
        """What staff should know, in one line; None when all is well or sound is switched off."""
        return self._outlet.fault or next(iter(self._unreadable.values()), None)

    @property
    def age_s(self) -> float | None:
        """Seconds since a device took a block, to a tenth; None when none ever has."""
        called_at = self._outlet.called_at
        return None if called_at is None else self._clock() - called_at

    def say(self, sound: bytes | Floats, at: float) -> None:
        """Let the portrait speak, instead of what it says now.

        Args:
            sound: a sound file's content; or samples as `read_sound` makes them, which are there
                at once. Content takes its time, a third of a second for a minute of it: when it
                is late, it begins where the show is.
            at: when its first sample is to be heard, on the clock. A device hears ahead: what lies
                less than half a second ahead may lose its beginning.
        """
        if not self._enabled:
            return
        self.open()
        if isinstance(sound, bytes):
            voice = self._mixer.say(None, at)
            self._reader.submit(self._bring, sound, voice)
        else:
            self._mixer.say(sound, at)

    def hush(self, fade_s: float = HUSH_S) -> None:
        """Let the voice fall silent within so many seconds."""
        self._mixer.hush(fade_s)

    def mute(self, muted: bool) -> None:
        """Let nothing be heard, or all again."""
        self._mixer.volume = 0.0 if muted else self._volume

    def ambience(self, sound: bytes | Path | Floats | None) -> None:
        """Let another ambience come over three seconds.

        Args:
            sound: a sound file's content, where it lies, or samples as `read_sound` makes them;
                None: that of the settings, or silence.
        """
        wanted = self._usual if sound is None else sound
        if self._enabled and not _same(wanted, self._wanted):
            self._wanted = wanted
            if wanted is not None:
                self.open()
            self._reader.submit(self._change, wanted)

    def close(self) -> None:
        """End, and give the device back."""
        began, self._enabled = self._enabled, False
        self._stop.set()
        self._reader.shutdown(wait=False, cancel_futures=True)
        if began and self._thread.is_alive():
            self._thread.join(CLOSE_S)

    def _tend(self) -> None:
        try:
            while not self._stop.is_set():
                try:
                    self._outlet.tend()
                except Exception:  # whatever a driver does, the show goes on
                    logger.exception("sound failed and is tried again")
                    self._stop.wait(AGAIN_S)
                self._stop.wait(NAP_S)
        finally:
            self._outlet.close()

    def _bring(self, sound: bytes, voice: Voice) -> None:
        if self._mixer.wants(voice) and (samples := self._read(sound, "a voice")) is not None:
            voice.arrive(samples)

    def _change(self, sound: bytes | Path | Floats | None) -> None:
        if isinstance(sound, bytes | Path):
            sound = self._read(sound, "the ambience")
        self._mixer.ambience(sound)

    def _read(self, sound: bytes | Path, name: str) -> Floats | None:
        """Decode; None, and a word in the log, when it cannot be."""
        try:
            samples = read_sound(sound, name=name)
        except SoundError as error:
            if str(error) != self._unreadable.get(name):
                logger.warning("%s; the show goes on without", error)
            self._unreadable[name] = str(error)
            return None
        self._unreadable.pop(name, None)
        return samples


def _same(one: bytes | Path | Floats | None, other: bytes | Path | Floats | None) -> bool:
    if isinstance(one, bytes | Path) and isinstance(other, bytes | Path):
        return one == other
    return one is other
