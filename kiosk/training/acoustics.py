"""A clean voice made to sound as it might be recorded: rooms, microphones, noise.

Comes in: a sound. Goes out: another, at the same moments.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

from kiosk.messages import Floats

Points = NDArray[np.float64]

QUIETEST_DB, LOUDEST_DB = 4.0, 45.0  # of a voice over what else is heard


def overhear(sound: Floats, rate: int, rng: np.random.Generator) -> Floats:
    """A voice (N,) somewhere, through some microphone, with something else to be heard."""
    heard = sound.astype(np.float64)
    if rng.random() < 0.6:
        heard = _in_a_room(heard, rate, rng)
    heard = _through_a_microphone(heard, rate, rng)
    if rng.random() < 0.8:
        noise = ambience(len(heard), rate, rng)
        over_db = rng.uniform(QUIETEST_DB, LOUDEST_DB)
        heard += noise * heard.std() * 10 ** (-over_db / 20)
    return (heard * 10 ** rng.uniform(-1.5, 0.0)).astype(np.float32)


def ambience(count: int, rate: int, rng: np.random.Generator) -> Points:
    """What is heard where nobody speaks: (count,), mean square 1."""
    hz = np.fft.rfftfreq(count, 1 / rate)
    fall = rng.uniform(0.0, 2.2)  # white to brown, and a little more
    wave = rng.normal(size=len(hz)) + 1j * rng.normal(size=len(hz))
    noise = np.fft.irfft(wave * np.maximum(hz, 30.0) ** (-fall / 2), count)
    noise /= noise.std() + 1e-9
    seconds = np.arange(count) / rate
    if rng.random() < 0.5:  # air, steps, a crowd: it swells
        knots = np.arange(0.0, seconds[-1] + 0.4, 0.4)
        swell = np.interp(seconds, knots, rng.normal(size=len(knots)))
        noise *= np.exp(rng.uniform(0.0, 0.7) * swell)
    if rng.random() < 0.5:
        noise += rng.uniform(0.3, 3.0) * _tones(seconds, rng)
    return np.asarray(noise / (noise.std() + 1e-9))


def _tones(seconds: Points, rng: np.random.Generator) -> Points:
    """A hum, or a chord, with overtones; held or struck anew."""
    wave = np.zeros_like(seconds)
    for _ in range(int(rng.integers(1, 4))):
        pitch = 10 ** rng.uniform(1.6, 2.8)
        fall = rng.uniform(0.8, 2.0)
        for overtone in range(1, int(rng.integers(2, 16))):
            phase = rng.uniform(0, 2 * np.pi)
            wave += np.sin(2 * np.pi * pitch * overtone * seconds + phase) / overtone**fall
    if rng.random() < 0.4:
        every = rng.uniform(0.2, 1.5)
        wave *= np.exp(-np.mod(seconds, every) * rng.uniform(1.0, 6.0))
    return np.asarray(wave / (wave.std() + 1e-9))


def _in_a_room(sound: Points, rate: int, rng: np.random.Generator) -> Points:
    """With the echo of a room that dies away within a tenth of a second, or most of one."""
    dies_s = rng.uniform(0.1, 0.7)
    seconds = np.arange(int(dies_s * rate)) / rate
    echo = rng.normal(size=len(seconds)) * np.exp(-6.9 * seconds / dies_s)
    echo *= 10 ** rng.uniform(-0.9, 0.0) / np.sqrt(np.square(echo).sum())
    return np.asarray(sound + fftconvolve(sound, echo)[: len(sound)])


def _through_a_microphone(sound: Points, rate: int, rng: np.random.Generator) -> Points:
    """Treble and bass cut, and a tilt and a few bumps between."""
    hz = np.fft.rfftfreq(len(sound), 1 / rate)
    octaves = np.log2(np.maximum(hz, 50.0) / 1000.0)
    bumps = np.interp(octaves, np.linspace(-4.4, 3.5, 9), rng.normal(0.0, 3.0, 9))
    gain_db = rng.normal(0.0, 1.8) * octaves + bumps
    shaped = np.fft.irfft(np.fft.rfft(sound) * 10 ** (gain_db / 20), len(sound))
    band = (rng.uniform(30.0, 250.0), rng.uniform(3400.0, 0.45 * rate))
    return np.asarray(sosfilt(butter(2, band, "bandpass", fs=rate, output="sos"), shaped))
