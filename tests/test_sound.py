import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from kiosk.config import load_config
from kiosk.sound.settings import SoundSettings
from kiosk.sound.sound import Sound
from tests.fake_sound import Card, file_of
from tests.fakes import ManualClock
from tests.test_mixer import noise, rms, tone


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
        time.sleep(0.1)
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
    took = []
    for k in range(10_000):
        began = time.perf_counter()
        sound.say(content, at=101.0)
        sound.hush()
        took.append(time.perf_counter() - began)
        if k % 100 == 0:
            card.run(0.02)

    assert threading.active_count() <= before + 1
    assert np.percentile(took, 99) < 0.01
    sound.say(b"broken", at=101.0)
    until(lambda: sound.fault is not None)


def test_after_the_end_nothing_is_done(sound: Sound) -> None:
    sound.close()

    sound.say(b"broken", at=0.0)
    sound.ambience(None)
    sound.hush()

    assert sound.fault is None
