"""PortAudio, through sounddevice: one stream, and what to know about it.

Goes out: calls for blocks, each with the time it will be heard. What can go wrong while a device is
opened becomes a `SoundError`; when to open it again is `outlet.py`'s.
"""

import atexit
import contextlib
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

# a device that has not called for so long is gone; a null sink of PulseAudio's takes up to two
# seconds to begin, and after an underrun
SILENCE_S = 2.5
# held in store at least: of ALSA's own 35 ms too little is left when Python is busy. What is said
# comes in time all the same, only a hush is heard so much later
LATENCY_S = 0.2
MAPS = Path("/proc/self/maps")  # the libraries in this process
PLUGINS = "/alsa-lib/"


def load_portaudio() -> Any:
    """The module sounddevice.

    Raises:
        SoundError: PortAudio is not installed, or does not begin.
    """
    try:
        import sounddevice
    except Exception as error:  # PortAudio's own, too, which has no name until it is loaded
        raise SoundError(
            f"no sound: PortAudio cannot be loaded ({error}); install libportaudio2"
        ) from error
    atexit.unregister(sounddevice._exit_handler)  # it waits for ever for a service that hangs
    _keep_plugins()
    return sounddevice


def renew(library: Any) -> None:
    """Let PortAudio look for devices anew; its list is frozen otherwise.

    Raises:
        SoundError: it cannot.
    """
    with contextlib.suppress(library.PortAudioError):  # it did not begin the last time
        library._terminate()
    try:
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
            self._timing = Timing(self._stream.samplerate, self._latency_s)
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
            "latency": max(info["default_high_output_latency"], LATENCY_S),
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
        ahead = ahead_s(times.outputBufferDacTime, times.currentTime, latency_s=self._latency_s)
        self._fill(out, self._timing(frames, now + ahead, dry=status.output_underflow))
        self.called_at, self.plays = now, True


def _keep_plugins() -> None:
    """Keep ALSA's plugins loaded: some leak 12 kB whenever they are loaded anew, as by `renew`."""
    if not MAPS.exists():
        return
    for line in MAPS.read_text().splitlines():
        if PLUGINS not in line:
            continue
        with contextlib.suppress(OSError):  # replaced on disk since
            ctypes.CDLL(line.split(maxsplit=5)[-1], mode=os.RTLD_NOW | os.RTLD_NODELETE)
