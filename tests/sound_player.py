"""A process of its own that tells a story to whatever sound device there is: see test_sound_real.

Writes a line for each thing that happens: when the story begins, and faults as they come and go.
"""

import sys
import time

import numpy as np

from kiosk.messages import Floats
from kiosk.sound.settings import SoundSettings
from kiosk.sound.sound import Sound
from kiosk.sound.voice import RATE

EVERY_S, LENGTH_S = 0.25, 0.03  # of the bursts
STORY_S = 30.0


def burst(k: int) -> Floats:
    """Noise that is like no other burst's."""
    n = round(LENGTH_S * RATE)
    shape = 0.2 * np.hanning(n)
    return (np.random.default_rng(k).uniform(-1, 1, n) * shape).astype(np.float32)


def story() -> Floats:
    """A burst every quarter of a second."""
    samples = np.zeros(round(STORY_S * RATE), np.float32)
    for k in range(round(STORY_S / EVERY_S)):
        first = round(k * EVERY_S * RATE)
        samples[first : first + round(LENGTH_S * RATE)] = burst(k)
    return samples


def main() -> None:
    sound = Sound(SoundSettings(volume=1.0))
    sound.open()
    give_up_at = time.monotonic() + 8
    while sound.age_s is None and time.monotonic() < give_up_at:
        time.sleep(0.01)
    time.sleep(1.0)  # some take long to begin
    at = time.monotonic() + 0.5
    sound.say(story(), at)
    tell(f"at {at}")
    fault = None
    while time.monotonic() < at + STORY_S:
        if sound.fault != fault:
            fault = sound.fault
            tell(f"fault {fault}")
        time.sleep(0.02)
    sound.close()


def tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
