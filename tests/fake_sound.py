"""A sound card in place of sounddevice: its time is moved by hand, and what it plays is kept."""

import io
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from kiosk.messages import Floats
from kiosk.sound.voice import RATE
from tests.fakes import ManualClock

OWN_CLOCK = 5000.0  # the card's clock is another than the show's


class Card:
    """Stands for the module sounddevice, with one card that can be unplugged.

    Args:
        clock: the show's; `run` moves it.
        drift: by what share the card's seconds are shorter than the show's.
        late_s: says how much too late Python is called, for each block.
        tells_time: some hosts give zeros.
    """

    class PortAudioError(Exception):
        pass

    def __init__(
        self,
        clock: ManualClock,
        *,
        rates: tuple[int, ...] = (RATE,),
        channels: int = 2,
        block: int = 480,
        latency_s: float = 0.1,
        drift: float = 0.0,
        late_s: Callable[[], float] = lambda: 0.0,
        tells_time: bool = True,
    ) -> None:
        self.clock = clock
        self.rates = rates
        self.channels = channels
        self.block = block
        self.latency_s = latency_s
        self.drift = drift
        self.late_s = late_s
        self.tells_time = tells_time
        self.plugged = True
        self.listed = True  # as PortAudio knows the card
        self.opened: list[CardStream] = []
        self.looked = 0  # how often somebody asked for the card,
        self.asked_for: object = None  # and by which name or number
        self.heard: list[tuple[float, Floats]] = []  # each block, (frames, channels), and when

    def query_devices(self, device: object, kind: str) -> dict[str, Any]:
        self.looked += 1
        self.asked_for = device
        if not self.listed:
            raise self.PortAudioError("Error querying device -1")
        return {
            "max_output_channels": self.channels,
            "default_samplerate": self.rates[0],
            "default_high_output_latency": self.latency_s,
        }

    def OutputStream(self, **options: Any) -> "CardStream":  # noqa: N802
        if not self.plugged or options["samplerate"] not in self.rates:
            raise self.PortAudioError("Invalid sample rate")
        self.opened.append(CardStream(self, **options))
        return self.opened[-1]

    def _terminate(self) -> None:
        assert not any(stream.open for stream in self.opened)

    def _initialize(self) -> None:
        self.listed = self.plugged

    def unplug(self) -> None:
        """Nothing is told; the card just asks for no more blocks."""
        self.plugged = False

    def run(self, seconds: float, *, tend: Callable[[], None] = lambda: None) -> None:
        """Let time pass: the card plays, and ten times a second somebody looks after it."""
        until, look_at = self.clock.now + seconds, self.clock.now
        while self.clock.now < until:
            if self.clock.now >= look_at:
                tend()
                look_at = self.clock.now + 0.1
            streams = [stream for stream in self.opened if stream.open]
            if self.plugged and streams:
                streams[-1].play()
            else:
                self.clock.wait(0.01)

    def mono(self, first: float, last: float) -> Floats:
        """What was heard between two moments, at the mixer's rate; silence where nothing was."""
        line = np.zeros(round((last - first) * RATE), np.float32)
        for heard_at, block in self.heard:
            place = round((heard_at - first) * RATE)
            begin, end = max(place, 0), min(place + len(block), len(line))
            if begin < end:
                line[begin:end] = block[begin - place : end - place, 0]
        return line


class CardStream:
    """One stream of it."""

    def __init__(self, card: Card, **options: Any) -> None:
        self.options = options
        self.samplerate = float(options["samplerate"])
        self.latency = card.latency_s
        self.open = False
        self._card = card
        self._due_at = 0.0  # when the next block will be asked for
        self._status = SimpleNamespace(output_underflow=False)

    @property
    def active(self) -> bool:
        return self.open

    def start(self) -> None:
        self.open = True
        self._due_at = self._card.clock.now

    def play(self) -> None:
        """Ask for a block, and let the time pass until the next is due."""
        card = self._card
        called_at, heard_at = self._due_at, self._due_at + card.latency_s
        card.clock.now = called_at + card.late_s()
        out = np.full((card.block, self.options["channels"]), np.nan, np.float32)
        told = card.tells_time
        times = SimpleNamespace(
            currentTime=OWN_CLOCK + called_at if told else 0.0,
            outputBufferDacTime=OWN_CLOCK + heard_at if told else 0.0,
        )
        self.options["callback"](out, card.block, times, self._status)
        self._status = SimpleNamespace(output_underflow=False)
        card.heard.append((heard_at, out))
        self._due_at += card.block / self.samplerate / (1 + card.drift)
        card.clock.now = max(card.clock.now, self._due_at)

    def stall(self, seconds: float, *, told: bool) -> None:
        """Ask for the next block so much later: an underrun, which some hosts tell of."""
        self._due_at += seconds
        self._status = SimpleNamespace(output_underflow=told)

    def abort(self, ignore_errors: bool = True) -> None:
        self.open = False
        self.options["finished_callback"]()

    def close(self, ignore_errors: bool = True) -> None:
        self.open = False


def file_of(samples: Floats, *, rate: int = RATE, kind: str = "WAV", subtype: str = "") -> bytes:
    import soundfile

    content = io.BytesIO()
    soundfile.write(content, samples, rate, format=kind, subtype=subtype or None)
    return content.getvalue()


class LiveClock(ManualClock):
    """The show's own clock: to move it is to wait."""

    @property
    def now(self) -> float:
        return time.monotonic()

    @now.setter
    def now(self, second: float) -> None:
        time.sleep(max(second - time.monotonic(), 0.0))
