import io
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kiosk.config import load_config
from kiosk.errors import SoundError
from kiosk.messages import Floats
from kiosk.sound import clip
from kiosk.sound.clip import read_sound
from kiosk.sound.loudness import CEILING, TARGET_LUFS, levelled
from kiosk.sound.mixer import Mixer
from kiosk.sound.outlet import RETRY_LIMIT_S, Outlet
from kiosk.sound.settings import SoundSettings
from kiosk.sound.sound import Sound
from kiosk.sound.timing import Timing, ahead_s
from kiosk.sound.voice import RATE
from tests.fake_sound import Card
from tests.fakes import ManualClock
from tests.test_mixer import largest_step, noise, place_s, ramp, rms, tone

STORY_S = 20.0


def file_of(samples: Floats, *, rate: int = RATE, kind: str = "WAV", subtype: str = "") -> bytes:
    import soundfile

    content = io.BytesIO()
    soundfile.write(content, samples, rate, format=kind, subtype=subtype or None)
    return content.getvalue()


class Stand:
    """A mixer, a card and what connects them, with time moved by hand."""

    def __init__(self, **card: Any) -> None:
        self.clock = ManualClock()
        self.card = Card(self.clock, **card)
        self.mixer = Mixer()
        self.outlet = Outlet(self.mixer, "", clock=self.clock, library=lambda: self.card)

    def run(self, seconds: float) -> None:
        self.card.run(seconds, tend=self.outlet.tend)

    def tell(self, *, in_s: float = 0.5) -> float:
        """Begin a story whose samples tell where in it they stand; when it begins."""
        at = self.clock.now + in_s
        self.mixer.say(ramp(STORY_S), at)
        return at

    def error_s(self, heard_at: float, *, at: float) -> float:
        """By how much what is heard at a moment is ahead of the show."""
        value = float(self.card.mono(heard_at, heard_at + 0.001)[0])
        return place_s(value, STORY_S) - (heard_at - at)


def late_by(most_s: float) -> Callable[[], float]:
    rng = np.random.default_rng(1)
    return lambda: float(rng.uniform(0, most_s) ** 2 / most_s)


@pytest.mark.parametrize(
    "card",
    [
        {},
        {"late_s": late_by(0.009)},
        {"block": 1024, "late_s": late_by(0.02)},
        {"tells_time": False, "late_s": late_by(0.009)},
        {"channels": 1},
        {"latency_s": 0.4},
    ],
    ids=str,
)
def test_a_voice_is_heard_at_its_time_within_a_millisecond(card: dict[str, Any]) -> None:
    stand = Stand(**card)
    stand.run(1.0)
    at = stand.tell()

    stand.run(10.0)

    moments = at + np.linspace(0.1, 9.0, 50)
    assert max(abs(stand.error_s(moment, at=at)) for moment in moments) < 0.001
    begun = np.flatnonzero(stand.card.mono(at - 0.1, at + 0.1))[0] / RATE - 0.1
    assert begun == pytest.approx(0, abs=0.001)
    assert stand.card.heard[0][1].shape[1] == card.get("channels", 2)


def test_both_channels_say_the_same() -> None:
    stand = Stand()
    stand.tell(in_s=0.0)

    stand.run(1.0)

    _, block = stand.card.heard[-1]
    assert block.any()
    assert np.array_equal(block[:, 0], block[:, 1])


def test_a_device_that_begins_half_a_second_late_begins_where_the_show_is() -> None:
    stand = Stand()
    at = stand.tell(in_s=0.0)
    stand.clock.now += 0.5

    stand.run(2.0)

    assert not stand.card.mono(at, at + 0.5).any()
    assert stand.error_s(at + 0.7, at=at) == pytest.approx(0, abs=0.001)
    assert largest_step(stand.card.mono(at, at + 2)) < 0.01


@pytest.mark.parametrize(("gap_s", "told"), [(0.03, False), (0.2, False), (0.2, True)])
def test_after_an_underrun_the_voice_is_soon_where_the_show_is(gap_s: float, told: bool) -> None:
    stand = Stand()
    stand.run(1.0)
    at = stand.tell()
    stand.run(3.0)
    stand.card.opened[0].stall(gap_s, told=told)

    stand.run(3.0)

    soon_s = 0.02 if told else 0.4
    assert abs(stand.error_s(at + 2.5 + gap_s + 0.1 + soon_s, at=at)) < 0.04


def test_a_device_gone_for_three_seconds_comes_back_where_the_show_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    stand = Stand()
    stand.run(1.0)
    at = stand.tell()
    stand.run(3.0)
    stand.card.unplug()
    stand.run(1.5)
    gone = stand.outlet.fault
    stand.run(1.5)
    stand.card.plugged = True

    stand.run(8.0)

    assert gone == "the sound device has gone; plug it in again"
    assert stand.outlet.fault is None
    assert len(stand.card.opened) == 2
    assert stand.error_s(at + 12.0, at=at) == pytest.approx(0, abs=0.001)
    assert largest_step(stand.card.mono(at + 4.0, at + 13.0)) < 0.01
    said = [record.getMessage() for record in caplog.records]
    assert len([line for line in said if "has gone" in line]) == 1
    assert said[-1] == "sound is there again"


def test_a_stream_that_ends_by_itself_is_opened_again() -> None:
    stand = Stand()
    stand.run(1.0)
    stand.card.opened[0].abort()

    stand.run(3.0)

    assert len(stand.card.opened) == 2
    assert stand.outlet.fault is None


def test_no_device_is_said_once_and_looked_for_later_and_later(
    caplog: pytest.LogCaptureFixture,
) -> None:
    stand = Stand()
    stand.card.plugged = stand.card.listed = False

    stand.run(100.0)
    looked = stand.card.looked
    stand.run(150.0)

    assert stand.outlet.fault is not None
    assert stand.outlet.fault.startswith("no sound device (Error querying device -1); plug")
    assert len(caplog.records) == 1
    assert stand.card.looked - looked == 150 / RETRY_LIMIT_S
    stand.card.plugged = True
    stand.run(RETRY_LIMIT_S + 1)
    assert stand.outlet.fault is None


def test_no_library_is_no_more_than_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    def library() -> Any:
        raise SoundError("no sound: PortAudio is not installed; install libportaudio2")

    clock = ManualClock()
    outlet = Outlet(Mixer(), "", clock=clock, library=library)
    for _ in range(100):
        outlet.tend()
        clock.wait(1.0)

    assert outlet.fault == "no sound: PortAudio is not installed; install libportaudio2"
    assert len(caplog.records) == 1


def test_a_device_that_refuses_48_khz_plays_at_its_own_rate() -> None:
    stand = Stand(rates=(44100,))
    stand.mixer.say(tone(3.0, hertz=1000.0), at=stand.clock.now + 1.0)

    stand.run(3.0)

    blocks = [(at, block) for at, block in stand.card.heard if 102.0 < at < 102.9]
    line = np.concatenate([block[:, 0] for _, block in blocks])
    times = blocks[0][0] - 101.0 + np.arange(len(line)) / 44100
    assert np.abs(line - 0.3 * np.sin(2 * np.pi * 1000.0 * times)).max() < 0.02


@pytest.mark.parametrize(
    ("heard_at", "called_at", "expected"),
    [(10.1, 10.0, 0.1), (0.0, 0.0, 0.2), (0.0, 10.0, 0.2), (99.0, 10.0, 0.2), (np.nan, 1.0, 0.2)],
)
def test_nonsense_of_a_host_is_not_believed(
    heard_at: float, called_at: float, expected: float
) -> None:
    assert ahead_s(heard_at, called_at, latency_s=0.2) == pytest.approx(expected)
    assert ahead_s(0.0, 0.0, latency_s=-7.0) == 0


def test_one_late_call_is_not_believed_and_a_gap_soon_is() -> None:
    timing = Timing(RATE)

    told = [timing(RATE, second + (0.5 if second == 5 else 0.0)) for second in range(20)]
    after_gap = [timing(RATE, second + 0.3) for second in range(20, 60)]
    timing.forget()

    assert told == pytest.approx(range(20))
    assert after_gap[-1] == pytest.approx(59.3)
    assert timing(RATE, 61.0) == pytest.approx(61.0)


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
        (b"no sound at all" * 100, "story: cannot be read"),
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


def test_the_ambience_is_seen_from_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[sound]\nambience = "room.ogg"\n')

    assert load_config(tmp_path / "config.toml").sound.ambience == str(tmp_path / "room.ogg")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def card(clock: ManualClock) -> Card:
    return Card(clock)


@pytest.fixture
def sound(clock: ManualClock, card: Card) -> Iterator[Sound]:
    sound = Sound(SoundSettings(volume=1.0), clock=clock, library=lambda: card)
    sound.open()
    until(lambda: bool(card.opened and card.opened[0].open))
    yield sound
    sound.close()
    assert not any(stream.open for stream in card.opened)


def until(true: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 10
    while not true():
        assert time.monotonic() < give_up_at
        time.sleep(0.005)


def test_a_file_is_decoded_while_the_show_goes_on(sound: Sound, card: Card) -> None:
    content = file_of(noise(5.0))
    card.run(0.5)

    sound.say(content, at=101.0)
    for _ in range(100):
        card.run(0.03)
        time.sleep(0.01)

    assert not card.mono(100.2, 100.9).any()
    assert rms(card.mono(103.0, 103.2)) > 0.02
    assert sound.fault is None


def test_an_unreadable_voice_is_said_once_and_the_next_is_heard(
    sound: Sound, card: Card, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        sound.say(b"broken", at=101.0)
        until(lambda: sound.fault is not None)
    said = [record.getMessage() for record in caplog.records]
    sound.say(file_of(tone(1.0)), at=101.0)
    until(lambda: sound.fault is None)

    assert len(said) == 1
    assert said[0].startswith("a voice: cannot be read")


def test_who_is_hushed_while_being_decoded_does_not_speak(sound: Sound, card: Card) -> None:
    sound.say(file_of(tone(3.0)), at=100.5)
    sound.hush()
    sound.say(b"broken", at=100.5)
    until(lambda: sound.fault is not None)  # what was asked for before has been looked at

    card.run(2.0)

    assert not card.mono(100.0, 102.0).any()


def test_ambience_of_the_settings_is_heard(tmp_path: Path, clock: ManualClock, card: Card) -> None:
    (tmp_path / "room.wav").write_bytes(file_of(noise(10.0)))
    settings = SoundSettings(volume=1.0, ambience=str(tmp_path / "room.wav"))
    sound = Sound(settings, clock=clock, library=lambda: card)
    sound.ambience(None)
    until(lambda: bool(card.opened and card.opened[0].open))
    for _ in range(50):
        card.run(0.2)
        time.sleep(0.01)
    sound.close()

    assert rms(card.mono(108.0, 109.0)) == pytest.approx(0.25 * 10 ** (-23 / 20), rel=0.4)


def test_switched_off_it_opens_nothing_and_is_no_fault(clock: ManualClock, card: Card) -> None:
    before = threading.active_count()
    sound = Sound(SoundSettings(enabled=False), clock=clock, library=lambda: card)

    sound.say(b"broken", at=0.0)
    sound.ambience(b"broken")
    sound.hush()

    assert sound.fault is None
    assert sound.age_s is None
    assert threading.active_count() == before
    sound.close()
    assert not card.opened


def test_age_is_since_the_device_took_a_block(sound: Sound, card: Card) -> None:
    assert sound.age_s is None

    card.run(0.5)
    until(lambda: sound.age_s is not None)

    assert sound.age_s == pytest.approx(0.01, abs=0.02)


def test_ten_thousand_voices_leave_no_threads_and_take_no_time(sound: Sound, card: Card) -> None:
    content = file_of(tone(0.1))
    before = threading.active_count()
    slowest = 0.0
    for k in range(10_000):
        began = time.perf_counter()
        sound.say(content, at=101.0)
        sound.hush()
        slowest = max(slowest, time.perf_counter() - began)
        if k % 100 == 0:
            card.run(0.02)

    assert threading.active_count() <= before + 1
    assert slowest < 0.5  # on a busy machine; it waits for nobody
    sound.say(b"broken", at=101.0)
    until(lambda: sound.fault is not None)


def test_after_the_end_nothing_is_done(sound: Sound) -> None:
    sound.close()

    sound.say(b"broken", at=0.0)
    sound.ambience(None)
    sound.hush()

    assert sound.fault is None
