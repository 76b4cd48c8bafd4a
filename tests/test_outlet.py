import ctypes.util
import logging
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kiosk.errors import SoundError
from kiosk.sound.mixer import Mixer
from kiosk.sound.outlet import RETRY_LIMIT_S, Outlet
from kiosk.sound.portaudio import load_portaudio
from kiosk.sound.timing import Timing, ahead_s
from kiosk.sound.voice import RATE
from tests.fake_sound import Card
from tests.fakes import ManualClock
from tests.test_mixer import largest_step, place_s, ramp, tone

STORY_S = 20.0


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


@pytest.fixture
def card() -> Card:
    return Card(ManualClock())


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


@pytest.mark.parametrize(
    ("gap_s", "told"), [(0.03, False), (0.08, False), (0.08, True), (0.2, False)]
)
def test_after_an_underrun_the_voice_is_soon_where_the_show_is(gap_s: float, told: bool) -> None:
    stand = Stand()
    stand.run(1.0)
    at = stand.tell()
    stand.run(3.0)
    stand.card.opened[0].stall(gap_s, told=told)

    stand.run(3.0)

    soon_s = 0.02 if told or gap_s > stand.card.latency_s else 0.4
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
    stand.run(3.0)
    gone = stand.outlet.fault
    stand.run(1.0)
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
        raise SoundError("no sound: PortAudio cannot be loaded; install libportaudio2")

    clock = ManualClock()
    outlet = Outlet(Mixer(), "", clock=clock, library=library)
    for _ in range(100):
        outlet.tend()
        clock.wait(1.0)

    assert outlet.fault == "no sound: PortAudio cannot be loaded; install libportaudio2"
    assert len(caplog.records) == 1


def test_portaudio_that_does_not_begin_is_tried_again(
    card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise card.PortAudioError("PortAudio not initialized")

    outlet = Outlet(Mixer(), "", clock=card.clock, library=lambda: card)
    card.listed = False
    with monkeypatch.context() as broken:
        broken.setattr(card, "_initialize", refuse)
        broken.setattr(card, "_terminate", refuse)
        card.run(10.0, tend=outlet.tend)
        fault = outlet.fault

    monkeypatch.setattr(card, "_terminate", refuse)
    card.run(20.0, tend=outlet.tend)

    assert fault == "no sound: PortAudio not initialized; see that the sound service runs"
    assert outlet.fault is None


def test_without_portaudio_sounddevice_is_not_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sounddevice", "_sounddevice"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None)

    with pytest.raises(
        SoundError, match=r"PortAudio cannot be loaded \(.*\); install libportaudio2"
    ):
        load_portaudio()


@pytest.mark.parametrize(("device", "asked"), [("", None), ("3", 3), ("USB", "USB")])
def test_a_device_is_asked_for_by_number_or_by_name(card: Card, device: str, asked: object) -> None:
    outlet = Outlet(Mixer(), device, clock=card.clock, library=lambda: card)

    outlet.tend()

    assert card.asked_for == asked


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


def test_one_late_call_is_not_believed_and_a_gap_is() -> None:
    timing = Timing(RATE, latency_s=0.6)

    told = [timing(RATE, second + (0.5 if second == 5 else 0.0)) for second in range(20)]
    after_small_gap = [timing(RATE, second + 0.3) for second in range(20, 60)]

    assert told == pytest.approx(range(20))
    assert after_small_gap[-1] == pytest.approx(59.3)
    assert timing(RATE, 60.5, dry=True) == pytest.approx(60.5)
    assert timing(RATE, 62.5) == pytest.approx(62.5)
