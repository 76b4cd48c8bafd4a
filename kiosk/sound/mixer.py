"""Voice and ambience become one signal, block for block.

Comes in: sounds, and when each block will be heard. Goes out: the block. It knows no device and no
clock; orders may come from any thread, while one thread at a time asks for blocks. Of orders
between two blocks the newest wins, and nothing queues, so without a device nothing grows.
"""

import numpy as np

from kiosk.messages import Floats
from kiosk.sound.ambience import Ambience, Bed
from kiosk.sound.voice import RATE, Voice

HUSH_S = 0.4
DUCKED = 10 ** (-12 / 20)  # what is left of the ambience while somebody speaks: -12 dB
DUCK_S = 0.5  # over which it steps back, ahead of the voice, and returns after it
TURN_S = 0.05  # over which the volume goes from silence to full
KNEE = 0.8  # louder than this is bent, so that nothing clips


class Mixer:
    """What the device plays.

    Args:
        volume: of everything, 0 to 1; may be set at any time.
        ambience_volume: of the ambience, 0 to 1; may be set at any time.
    """

    def __init__(self, *, volume: float = 1.0, ambience_volume: float = 0.25) -> None:
        self.volume = volume
        self.ambience_volume = ambience_volume
        self._wanted: Voice | None = None
        self._hush_s = HUSH_S
        self._speaking: Voice | None = None
        self._leaving: list[Voice] = []
        self._ambience = Ambience()
        self._step_back = 1.0  # of the ambience, before a voice
        self._gain = 0.0

    def say(self, sound: Floats | None, at: float) -> Voice:
        """Let a voice speak; the one before it falls silent when this one is to begin.

        Args:
            sound: (n,) float32 at `RATE`, mono; None when it comes later (`Voice.arrive`).
            at: when its first sample is to be heard, on the clock that `fill` is told of.
        """
        voice = Voice(at, samples=sound)
        self._hush_s = HUSH_S
        self._wanted = voice
        return voice

    def wants(self, voice: Voice) -> bool:
        """Whether this is the voice that was asked for last."""
        return self._wanted is voice

    def hush(self, fade_s: float = HUSH_S) -> None:
        """Let the voice fall silent."""
        self._hush_s = fade_s
        self._wanted = None

    def ambience(self, sound: Floats | None) -> None:
        """Let another ambience come.

        Args:
            sound: (n,) float32 at `RATE`, mono; None for silence.
        """
        self._ambience.change(None if sound is None or len(sound) == 0 else Bed(sound))

    def begin(self) -> None:
        """A device begins: what is heard rises from silence, and who was hushed stays so."""
        self._gain = 0.0
        self._leaving = []
        if self._wanted is None:
            self._speaking = None

    def fill(self, out: Floats, heard_at: float) -> None:
        """Mix the next block.

        Args:
            out: (frames, channels) float32; written to, within [-1, 1].
            heard_at: when its first sample will be heard, in seconds.
        """
        frames = len(out)
        self._take_turns(heard_at + frames / RATE)
        mixed = self._ambience.read(frames) * self._bed_gain(frames, heard_at)
        for voice in self._voices():
            mixed += voice.read(frames, heard_at)
        mixed *= self._master_gain(frames)
        out[:] = limited(mixed)[:, np.newaxis]
        after = heard_at + frames / RATE
        if self._speaking is not None:
            self._speaking.end(after)
        self._leaving = [voice for voice in self._leaving if not voice.end(after)]

    def _voices(self) -> list[Voice]:
        return [*self._leaving, *([] if self._speaking is None else [self._speaking])]

    def _take_turns(self, until: float) -> None:
        """Let the voice come that was asked for, once it is to begin before ``until``."""
        wanted = self._wanted
        if wanted is self._speaking or (wanted is not None and wanted.at >= until):
            return
        if self._speaking is not None:
            self._speaking.hush(self._hush_s)
            self._leaving.append(self._speaking)
        self._speaking = wanted

    def _bed_gain(self, frames: int, heard_at: float) -> Floats:
        wanted = self._wanted
        spoken = wanted is not None and (
            wanted.speaks(heard_at) or wanted.speaks(heard_at + DUCK_S)
        )
        before, step = self._step_back, frames / RATE / DUCK_S * (1 - DUCKED)
        self._step_back = _moved(before, DUCKED if spoken else 1.0, step)
        return _ramp(before, self._step_back, frames) * np.float32(self.ambience_volume)

    def _master_gain(self, frames: int) -> Floats:
        before = self._gain
        self._gain = _moved(before, self.volume, frames / RATE / TURN_S)
        return _ramp(before, self._gain, frames)


def limited(mixed: Floats) -> Floats:
    """Within [-1, 1]; nothing below `KNEE` is changed, what is above is bent softly."""
    if np.abs(mixed).max(initial=0) <= KNEE:
        return mixed
    over = np.maximum(np.abs(mixed) - KNEE, 0) / (1 - KNEE)
    bent = np.minimum(np.abs(mixed), KNEE) + (1 - KNEE) * np.tanh(over)
    return np.copysign(bent, mixed)


def _moved(value: float, target: float, step: float) -> float:
    return min(max(target, value - step), value + step)


def _ramp(before: float, after: float, frames: int) -> Floats:
    return np.linspace(before, after, frames, dtype=np.float32)
