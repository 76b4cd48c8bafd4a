"""Sentences spoken by Flite, whose voices were made of recordings of people, sound by sound.

Flite is called as a command and is needed for judging only.
"""

import subprocess
import tempfile
from pathlib import Path
from shutil import which

import numpy as np
import soundfile

from kiosk.errors import KioskError
from kiosk.training.spoken import Phone, Spoken

# its names for the sounds of English; those that are not here are IPA's own
_IPA = {
    "aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "aʊ", "ax": "ə", "ay": "aɪ", "ch": "tʃ",
    "dh": "ð", "eh": "ɛ", "er": "ɜ", "ey": "eɪ", "g": "ɡ", "hh": "h", "ih": "ɪ", "iy": "i",
    "jh": "dʒ", "ng": "ŋ", "ow": "oʊ", "oy": "ɔɪ", "pau": "", "r": "ɹ", "sh": "ʃ", "th": "θ",
    "uh": "ʊ", "uw": "u", "y": "j", "zh": "ʒ",
}  # fmt: skip


def flite_can_speak() -> bool:
    """Whether Flite is installed."""
    return which("flite") is not None


def speak_by_flite(text: str, voice: str, *, stretch: float = 1.0) -> Spoken:
    """Speak an English sentence.

    Args:
        text: the sentence.
        voice: one that `flite -lv` names.
        stretch: of the time it takes.

    Raises:
        KioskError: Flite is not installed, or does not know the voice.
    """
    if not flite_can_speak():
        raise KioskError("Flite is not installed; install the package flite")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        manner = ["-voice", voice, "--setf", f"duration_stretch={stretch:.3f}"]
        told = subprocess.run(
            ["flite", *manner, "-psdur", "-t", text, "-o", str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        if told.returncode or not path.exists():
            raise KioskError(f"Flite: cannot speak with the voice {voice!r}; see flite -lv")
        sound, rate = soundfile.read(path, dtype="float32")
    phones, begins = [], 0.0
    for name, end in (pair.split(":") for pair in told.stdout.split()):
        phones.append(Phone(_IPA.get(name, name), begins, float(end)))
        begins = float(end)
    return Spoken(np.asarray(sound, np.float32), rate, tuple(phones))
