"""A sound device that comes and goes.

Comes in: a mixer. Goes out: what it mixes, to whatever device there is. Unplugged or silent, it is
opened again, later and later; nobody waits for it.
"""

import logging
from collections.abc import Callable
from typing import Any

from kiosk.errors import SoundError
from kiosk.sound.convert import Converter
from kiosk.sound.mixer import Mixer
from kiosk.sound.portaudio import Clock, Fill, Output, load_portaudio, renew
from kiosk.sound.voice import RATE

logger = logging.getLogger(__name__)

RETRY_S, RETRY_LIMIT_S = 1.0, 15.0
GONE = "the sound device has gone; plug it in again"


class Outlet:
    """Keeps the device open.

    Args:
        mixer: what is heard.
        device: a part of its name, its number, or "" for the system's.
        clock: the show's.
        library: gives sounddevice, or what stands for it.
    """

    def __init__(
        self,
        mixer: Mixer,
        device: str,
        *,
        clock: Clock,
        library: Callable[[], Any] = load_portaudio,
    ) -> None:
        self._mixer = mixer
        self._device = device
        self._clock = clock
        self._library = library
        self._output: Output | None = None
        self._try_at = clock()
        self._retry_s = RETRY_S
        self.fault: str | None = None  # what is wrong, in one line; it has been said
        self.called_at: float | None = None  # when a device asked for a block last

    def tend(self) -> None:
        """See that the device runs; to be called a few times a second."""
        if self._output is None:
            if self._clock() >= self._try_at:
                self._open()
            return
        if self._output.plays:
            self.called_at = self._output.called_at
            self._find()
        if not self._output.runs():
            self._lose(GONE)  # first: where the service hangs, closing takes as long
            self.close()

    def close(self) -> None:
        """Give the device back."""
        if self._output is not None:
            self._output.close()
            self._output = None

    def _open(self) -> None:
        try:
            library = self._library()
            if self.fault is not None:
                renew(library)
            self._output = Output(library, self._device, self._fill_at, clock=self._clock)
        except SoundError as error:
            self._lose(str(error))

    def _fill_at(self, rate: float) -> Fill:
        self._mixer.begin()
        return self._mixer.fill if rate == RATE else Converter(self._mixer, rate).fill

    def _lose(self, fault: str) -> None:
        if self.fault is None:
            logger.warning("%s; the show goes on without, and it is tried again", fault)
        self.fault = fault
        self._try_at = self._clock() + self._retry_s
        self._retry_s = min(2 * self._retry_s, RETRY_LIMIT_S)

    def _find(self) -> None:
        if self.fault is not None:
            logger.info("sound is there again")
        self.fault = None
        self._retry_s = RETRY_S
