from pathlib import Path

import numpy as np
import pytest

from kiosk.errors import SoundError
from kiosk.messages import Floats
from kiosk.sound import clip
from kiosk.sound.clip import read_sound
from kiosk.sound.loudness import CEILING, TARGET_LUFS, levelled
from kiosk.sound.voice import RATE
from tests.fake_sound import file_of
from tests.test_mixer import noise, rms, tone


@pytest.mark.parametrize(
    ("kind", "subtype", "rate"),
    [
        ("WAV", "PCM_16", 48000), ("WAV", "FLOAT", 44100), ("FLAC", "PCM_24", 22050),
        ("OGG", "VORBIS", 44100), ("OGG", "OPUS", 48000), ("WAV", "PCM_16", 16000),
    ],
)  # fmt: skip
def test_files_become_mono_at_48_khz_and_equally_loud(kind: str, subtype: str, rate: int) -> None:
    n = np.arange(2 * rate)
    both = np.stack([np.sin(2 * np.pi * 440 / rate * n), np.zeros(len(n))], axis=1)

    samples = read_sound(file_of(0.5 * both, rate=rate, kind=kind, subtype=subtype))

    assert samples.dtype == np.float32
    assert samples.shape == pytest.approx((2 * RATE,), abs=2000)
    spectrum = np.abs(np.fft.rfft(samples[:RATE]))
    assert int(np.argmax(spectrum)) == 440
    assert loudness(samples) == pytest.approx(TARGET_LUFS, abs=0.2)


def loudness(samples: Floats) -> float:
    from pyloudnorm import Meter

    return float(Meter(RATE).integrated_loudness(samples.astype(np.float64)))


@pytest.mark.parametrize("gain", [0.01, 0.1, 1.0, 4.0])
def test_quiet_and_loud_recordings_come_out_within_one_lu(gain: float) -> None:
    speech = noise(5.0, loud=0.2) * (1 + np.sin(np.arange(5 * RATE) / RATE * 20)) / 2

    samples = levelled((gain * speech).astype(np.float32))

    assert loudness(samples) == pytest.approx(TARGET_LUFS, abs=0.5)
    assert np.abs(samples).max() <= CEILING


def test_peaks_stay_below_minus_one_decibel() -> None:
    click = np.zeros(5 * RATE, np.float32)
    click[RATE::RATE] = 0.9

    assert 0.5 < np.abs(levelled(click)).max() <= CEILING


def test_silence_stays_silent_and_the_shortest_sound_is_levelled() -> None:
    assert not levelled(np.zeros(RATE, np.float32)).any()
    assert not levelled(np.zeros(1, np.float32)).any()
    assert rms(levelled(tone(0.05))) == pytest.approx(rms(levelled(tone(2.0))), rel=0.1)


def test_numbers_that_are_none_become_silence() -> None:
    broken = tone(1.0)
    broken[100:200], broken[300], broken[400] = np.nan, np.inf, -3e38

    samples = read_sound(file_of(broken, subtype="FLOAT"))

    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "story: cannot be read"),
        (b"no sound" * 100, r"story: cannot be read \(Format not recognised\); give an OGG, FLAC"),
        (file_of(tone(1.0), kind="OGG")[:200], "story: "),
        (file_of(np.zeros(0, np.float32)), "story: holds no sound; give a file that does"),
        (file_of(tone(0.1), rate=4000), "story: has 4000 samples a second; use 8000 to 96000"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_one_line(content: bytes, fault: str) -> None:
    with pytest.raises(SoundError, match=f"^{fault}") as caught:
        read_sound(content, name="story")

    assert "\n" not in str(caught.value)


def test_a_file_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip, "LONGEST_S", 60)

    with pytest.raises(SoundError, match="story: is longer than 1 minutes; cut it"):
        read_sound(file_of(np.zeros(61 * 8000, np.float32), rate=8000), name="story")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match=r"none\.ogg: cannot be read"):
        read_sound(tmp_path / "none.ogg")
