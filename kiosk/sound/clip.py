"""A sound file becomes samples for the mixer: mono, 48 kHz, as loud as all others."""

import io
from math import gcd
from pathlib import Path

import numpy as np

from kiosk.errors import SoundError
from kiosk.messages import Floats
from kiosk.sound.loudness import levelled
from kiosk.sound.voice import RATE

LONGEST_S = 600
RATES = (8000, 96000)
MOST = 16.0  # files of floats may say anything
AT_ONCE = 1 << 16  # frames; so a file's channels never lie in memory all at once


def read_sound(source: bytes | Path, *, name: str = "a sound") -> Floats:
    """Decode OGG, Opus, FLAC, WAV, and what else libsndfile knows.

    Args:
        source: a file's content, or where it lies.
        name: what an error calls it, for content.

    Returns:
        (n,) float32 at `RATE`, mono, finite, at -23 LUFS.

    Raises:
        SoundError: it cannot be read, is empty, or is longer than ten minutes.
    """
    if isinstance(source, Path):
        name = str(source)
    try:
        samples, rate = _decode(source, name)
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        # soundfile's own sentence names where the content lies in memory
        reason = " ".join(getattr(error, "error_string", str(error)).split()).rstrip(".")
        raise SoundError(
            f"{name}: cannot be read ({reason}); give an OGG, FLAC or WAV file"
        ) from error
    return levelled(_resampled(samples, rate))


def load_libraries() -> None:
    """Load what reading needs: it takes a second, for which the first sound need not wait then."""
    import soundfile  # noqa: F401

    levelled(np.zeros(1, np.float32))


def _decode(source: bytes | Path, name: str) -> tuple[Floats, int]:
    """The samples, mono, at the file's own rate."""
    import soundfile

    with soundfile.SoundFile(io.BytesIO(source) if isinstance(source, bytes) else source) as file:
        rate = int(file.samplerate)
        if not RATES[0] <= rate <= RATES[1]:
            raise SoundError(f"{name}: has {rate} samples a second; use 8000 to 96000")
        parts: list[Floats] = []
        left = LONGEST_S * rate
        while len(part := file.read(AT_ONCE, dtype="float32", always_2d=True)):
            left -= len(part)
            if left < 0:
                raise SoundError(f"{name}: is longer than {LONGEST_S // 60} minutes; cut it")
            parts.append(np.nan_to_num(part).clip(-MOST, MOST).mean(axis=1))
    if not parts:
        raise SoundError(f"{name}: holds no sound; give a file that does")
    samples = np.concatenate(parts)
    return samples / np.float32(max(1.0, np.abs(samples).max())), rate


def _resampled(samples: Floats, rate: int) -> Floats:
    from scipy.signal import resample_poly

    if rate == RATE:
        return samples
    common = gcd(RATE, rate)
    return resample_poly(samples, RATE // common, rate // common).astype(np.float32)
