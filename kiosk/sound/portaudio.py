"""PortAudio, through sounddevice: one stream, and what to know about it.

Goes out: calls for blocks, each with the time it will be heard. What can go wrong while a device is
opened becomes a `SoundError`; when to open it again is `outlet.py`'s.
"""

import ctypes
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.errors import SoundError
from kiosk.messages import Floats
from kiosk.sound.timing import Timing, ahead_s
from kiosk.sound.voice import RATE

Clock = Callable[[], float]
Fill = Callable[[Floats, float], None]  # writes a block; told when it will be heard

SILENCE_S = 1.0  # a device that has not called for so long is gone
MAPS = Path("/proc/self/maps")  # the libraries in this process
PLUGINS = "/alsa-lib/"


def load_portaudio() -> Any:
    """The module sounddevice.

    Raises:
        SoundError: PortAudio's library is not installed.
    """
    try:
        import sounddevice
    except OSError as error:
        raise SoundError("no sound: PortAudio is not installed; install libportaudio2") from error
    _keep_plugins()
    return sounddevice


def renew(library: Any) -> None:
    """Let PortAudio look for devices anew; its list is frozen otherwise.

    Raises:
        SoundError: it cannot.
    """
    try:
        library._terminate()
        library._initialize()
    except library.PortAudioError as error:
        raise SoundError(f"no sound: {error}; see that the sound service runs") from error


class Output:
    """One open stream.

    Args:
        library: sounddevice.
        device: a part of a name, a number, or "" for the system's.
        fill_at: gives what writes the blocks, for the rate that the device turns out to have.
        clock: the show's.

    Raises:
        SoundError: there is no such device, or it cannot be opened.
    """

    def __init__(
        self, library: Any, device: str, fill_at: Callable[[float], Fill], *, clock: Clock
    ) -> None:
        self._clock = clock
        self._finished = threading.Event()
        self.called_at = clock()  # when it asked for a block last
        self.plays = False  # it has asked for one
        self._trouble = library.PortAudioError
        try:
            which = int(device) if device.isdecimal() else device or None
            self._stream = self._open(library, which)
            self._latency_s = float(self._stream.latency)
            self._timing = Timing(self._stream.samplerate)
            self._fill = fill_at(self._stream.samplerate)
            self._start()
        except (self._trouble, ValueError) as error:
            reason = " ".join(str(error).split())
            what = f"sound device {device!r} cannot be used" if device else "no sound device"
            raise SoundError(f"{what} ({reason}); plug one in, or see [sound] device") from error

    def runs(self) -> bool:
        """Whether the device still asks for blocks."""
        if self._finished.is_set() or self._clock() - self.called_at > SILENCE_S:
            return False
        try:
            return bool(self._stream.active)
        except self._trouble:
            return False

    def close(self) -> None:
        """Give the device back."""
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)

    def _open(self, library: Any, device: int | str | None) -> Any:
        info = library.query_devices(device, "output")
        options = {
            "device": device,
            "channels": min(2, info["max_output_channels"]),
            "dtype": "float32",
            "latency": "high",
            "callback": self._call,
            "finished_callback": self._finished.set,
        }
        try:
            return library.OutputStream(samplerate=RATE, **options)
        except library.PortAudioError:
            return library.OutputStream(samplerate=info["default_samplerate"], **options)

    def _start(self) -> None:
        try:
            self._stream.start()
        except self._trouble:
            self.close()
            raise

    def _call(self, out: Floats, frames: int, times: Any, status: Any) -> None:
        """PortAudio's thread: write the next block."""
        now = self._clock()
        if status.output_underflow:
            self._timing.forget()
        ahead = ahead_s(times.outputBufferDacTime, times.currentTime, latency_s=self._latency_s)
        self._fill(out, self._timing(frames, now + ahead))
        self.called_at, self.plays = now, True


def _keep_plugins() -> None:
    """Keep ALSA's plugins loaded: some leak 12 kB whenever they are loaded anew, as by `renew`."""
    if not MAPS.exists():
        return
    for line in MAPS.read_text().splitlines():
        if PLUGINS in line:
            ctypes.CDLL(line.split(maxsplit=5)[-1], mode=os.RTLD_NOW | os.RTLD_NODELETE)
