"""What can be heard of a voice, a hundred times a second, however loud and whosever it is.

In goes a sound, out come numbers about each of its moments. Loudness is told against the voice's
own loud moments nearby and against the quietest, never in itself.
"""

from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct, irfft, rfft
from scipy.ndimage import percentile_filter
from scipy.signal import resample_poly

from kiosk.messages import Floats

Points = NDArray[np.float64]

RATE, HOP, WINDOW = 16_000, 160, 512  # Hz, samples
MOMENTS_HZ = RATE / HOP
BANDS, CEPSTRA = 26, 13
LOWEST_HZ, HIGHEST_HZ = 90.0, 7000.0
PITCH_HZ = (70.0, 400.0)
# loudness is told in bels: ten decibels
DYNAMIC = 4.5  # below a loud moment that are listened to
SUDDEN = 1.5  # the loud ones nearby count as no less than this below the loudest of all
NEARBY_S = 6.0
FAINTEST = -7.0  # of full scale: what is no louder is no voice
NOTHING = 1e-11  # energy
# moments around the one that is asked for, in hops
CONTEXT = (-16, -12, -9, -6, -4, -2, 0, 2, 4, 6, 9, 12, 16, 20)


def hear(sound: Floats, rate: int) -> Floats:
    """What is heard at each moment: (M, F), moment m at m / MOMENTS_HZ seconds.

    Args:
        sound: (N,) mono, any scale.
        rate: samples a second.
    """
    spectra = _spectra(_resampled(sound, rate))
    bands = np.log10(spectra @ _BANK.T + NOTHING)
    total = np.log10(spectra.sum(1) + NOTHING)
    loud = _loud_nearby(total)
    quiet = max(float(np.percentile(total, 5)), float(loud.max()) - DYNAMIC)
    columns = [
        dct(np.maximum(bands - loud[:, None], -DYNAMIC - 1), norm="ortho", axis=1)[:, :CEPSTRA],
        np.maximum(total - loud, -DYNAMIC)[:, None],
        np.clip(total - quiet, 0.0, DYNAMIC)[:, None],
        _voicing(spectra)[:, None],
    ]
    return np.concatenate(columns, axis=1).astype(np.float32)


def loudness(sound: Floats, rate: int) -> Points:
    """Bels below the loud moments nearby: (M,), at most 0."""
    total = np.log10(_spectra(_resampled(sound, rate)).sum(1) + NOTHING)
    return np.asarray(np.minimum(total - _loud_nearby(total), 0.0))


def in_context(heard: Floats) -> Floats:
    """Each moment with those around it, silence before and after: (M, len(CONTEXT) * F)."""
    before, after = (np.tile(_STILL, (hops, 1)) for hops in (-CONTEXT[0], CONTEXT[-1]))
    padded = np.concatenate([before, heard, after])
    rows = [padded[len(before) + hops :][: len(heard)] for hops in CONTEXT]
    return np.concatenate(rows, axis=1)


def _resampled(sound: Floats, rate: int) -> Points:
    """The sound at RATE."""
    common = gcd(RATE, rate)
    return np.asarray(resample_poly(sound.astype(np.float64), RATE // common, rate // common))


def _spectra(sound: Points) -> Points:
    """Power of every moment by frequency: (M, WINDOW / 2 + 1)."""
    moments = len(sound) // HOP + 1
    padded = np.pad(sound, (WINDOW // 2, WINDOW // 2 + HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:moments]
    heard = rfft((frames - frames.mean(1, keepdims=True)) * np.hanning(WINDOW), axis=1)
    return np.asarray(np.square(np.abs(heard)) / WINDOW)


def _loud_nearby(total: Points) -> Points:
    """How loud it gets around each moment: (M,) bels."""
    size = min(int(NEARBY_S * MOMENTS_HZ), 2 * len(total) - 1)
    nearby = percentile_filter(total, 95, size=size, mode="nearest")
    return np.asarray(np.maximum(nearby, max(float(np.percentile(total, 97)) - SUDDEN, FAINTEST)))


def _voicing(spectra: Points) -> Points:
    """How much of each moment repeats itself at a pitch: (M,), 0 to 1."""
    echo = irfft(spectra, axis=1)
    lags = slice(int(RATE / PITCH_HZ[1]), min(int(RATE / PITCH_HZ[0]), WINDOW // 2))
    return np.asarray(np.clip(echo[:, lags].max(1) / (echo[:, 0] + NOTHING), 0.0, 1.0))


def _mel_bank() -> Points:
    """Triangles evenly spaced to the ear: (BANDS, WINDOW / 2 + 1)."""
    low, high = 2595 * np.log10(1 + np.array([LOWEST_HZ, HIGHEST_HZ]) / 700)
    centres = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
    hz = np.fft.rfftfreq(WINDOW, 1 / RATE)
    rising = (hz - centres[:-2, None]) / np.diff(centres)[:-1, None]
    falling = (centres[2:, None] - hz) / np.diff(centres)[1:, None]
    return np.asarray(np.maximum(np.minimum(rising, falling), 0.0))


_BANK = _mel_bank()
_STILL = hear(np.zeros(1, np.float32), RATE)[0]
