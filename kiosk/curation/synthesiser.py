"""A text spoken by a program, espeak-ng: when a performance is made, never in the gallery.

It is a formant synthesiser and sounds like one. What comes from it is softened above the voice's
own range and put into a small room, as whoever speaks before a picture would stand in one.
"""

import io
import shutil
import subprocess

import numpy as np
import soundfile
from scipy.signal import butter, fftconvolve, resample_poly, sosfiltfilt

from kiosk.curation.takes import RATE
from kiosk.errors import PerformanceError
from kiosk.messages import Floats

PROGRAM = "espeak-ng"
VOICE, WORDS_A_MINUTE, PITCH, GAP = "f2", 135, 42, 4  # a calm woman; 10 ms between two words
SLOW_S = 120.0
SOFT_HZ = 6500.0
ROOM_S, ROOM = 0.35, 0.16  # to a thousandth; of the sound
LEAD_S = 0.15


def speak(text: str, language: str) -> Floats:
    """A text in a language: (N,) at `RATE`.

    Raises:
        PerformanceError: the program is not there, or does not speak that language.
    """
    if not text.strip():
        raise PerformanceError("the text is empty; write what is to be said")
    if shutil.which(PROGRAM) is None:
        raise PerformanceError(f"{PROGRAM} is not installed; install it, or give a recorded voice")
    command = [
        PROGRAM, "-v", f"{language.lower()}+{VOICE}", "-s", str(WORDS_A_MINUTE), "-p", str(PITCH),
        "-g", str(GAP), "--stdin", "--stdout",
    ]  # fmt: skip
    try:
        spoken = subprocess.run(
            command, input=text.encode(), capture_output=True, timeout=SLOW_S, check=True
        )
        samples, rate = soundfile.read(io.BytesIO(spoken.stdout), dtype="float32")
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise PerformanceError(
            f"{language}: {PROGRAM} cannot speak it: {''.join(said[-1:])}"
        ) from error
    except (OSError, subprocess.TimeoutExpired, soundfile.LibsndfileError) as error:
        raise PerformanceError(f"{PROGRAM}: gives no sound: {error}") from error
    return in_a_room(resample_poly(samples, RATE, rate).astype(np.float32))


def version() -> str:
    """What speaks, with its version, for a performance's provenance."""
    told = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=False)
    return " ".join(told.stdout.split("Data at")[0].replace("text-to-speech:", "").split())


def in_a_room(sound: Floats) -> Floats:
    """A dry voice softened, and with the echo of a small room: (N + half a second,)."""
    soft = sosfiltfilt(butter(4, SOFT_HZ, fs=RATE, output="sos"), sound)
    times = np.arange(int(ROOM_S * RATE)) / RATE
    echo = np.random.default_rng(0).standard_normal(len(times)) * np.exp(-6.9 * times / ROOM_S)
    echo[: int(0.004 * RATE)] = 0.0
    wet = fftconvolve(soft, echo / np.linalg.norm(echo))
    lead = np.zeros(int(LEAD_S * RATE))
    dry = np.pad(soft, (0, len(wet) - len(soft)))
    return np.concatenate([lead, dry + ROOM * wet]).astype(np.float32)
