"""All recordings equally loud, so that no portrait shouts and none whispers.

Loudness is measured as EBU R 128 does (ITU-R BS.1770), through pyloudnorm.
"""

import numpy as np

from kiosk.messages import Floats
from kiosk.sound.voice import RATE

TARGET_LUFS = -23.0  # EBU R 128
CEILING = 10 ** (-1 / 20)  # -1 dBFS, between the samples too
OVERSAMPLED = 4  # times, to find peaks between samples, as BS.1770 does
MOST_GAIN = 10 ** (40 / 20)  # what needs more than 40 dB is noise
MEASURED = round(0.4 * RATE)  # the shortest that has a loudness


def levelled(samples: Floats) -> Floats:
    """The same at -23 LUFS, or as near as a peak of -1 dBFS allows; silence stays silent.

    Args:
        samples: (n,) float32 at `RATE`, finite, with n > 0.
    """
    from pyloudnorm import Meter
    from scipy.signal import resample_poly

    measured = samples if len(samples) >= MEASURED else np.resize(samples, MEASURED)
    loudness = Meter(RATE).integrated_loudness(measured.astype(np.float64))
    if not np.isfinite(loudness):
        return samples
    peak = float(np.abs(resample_poly(samples, OVERSAMPLED, 1)).max())
    gain = min(10 ** ((TARGET_LUFS - loudness) / 20), MOST_GAIN, CEILING / peak)
    return samples * np.float32(gain)
