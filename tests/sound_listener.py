"""A process of its own that tells a story and listens to it through the microphone there is.

Writes by how many seconds each burst was heard late.
"""

import sys
import time

import numpy as np
from scipy.signal import correlate

from kiosk.curation.live import SystemMicrophone
from kiosk.sound.settings import SoundSettings
from kiosk.sound.sound import Sound
from kiosk.sound.voice import RATE
from tests.sound_player import EVERY_S, burst, story

LISTENS_S, NEAR_S = 5.0, 0.4


def main() -> None:
    sound, microphone = Sound(SoundSettings(volume=1.0)), SystemMicrophone(time.monotonic)
    sound.open()
    time.sleep(2.0)
    at = time.monotonic() + 0.6
    sound.say(story(), at)
    microphone.begin()
    time.sleep(LISTENS_S)
    heard = microphone.end()
    sound.close()
    if heard is None:
        sys.exit("nothing was heard")
    began, samples = heard
    for k in range(4, 14):
        first = max(round((at + k * EVERY_S - NEAR_S - began) * RATE), 0)
        near = samples[first : first + round(2 * NEAR_S * RATE)]
        place = int(np.argmax(correlate(near, burst(k), mode="valid", method="fft")))
        late_s = began + (first + place) / RATE - at - k * EVERY_S
        sys.stdout.write(f"{late_s:.4f}\n")


if __name__ == "__main__":
    main()
