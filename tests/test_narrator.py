"""What is heard and read of a performance: at its time, and no longer than it lasts."""

import pytest

from kiosk.errors import SoundError
from kiosk.experience import LEAD_IN_S, Scene, State
from kiosk.narrator import Narrator
from kiosk.portraits.performances import Performance
from kiosk.sound.settings import SoundSettings
from kiosk.sound.sound import Sound
from tests.fake_sound import Card, file_of
from tests.fakes import FakeScreen, ManualClock
from tests.performing import piece, tone


class FakeVoice:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def say(self, sound: bytes, *, at: float) -> None:
        self.told.append((sound, at))

    def hush(self) -> None:
        self.told.append("hush")


def scene(performance: Performance | None, elapsed_s: float = 0.0) -> Scene:
    state = State.MIRROR if performance is None else State.TELL
    return Scene(state, elapsed_s, 0.0, performance)


def test_the_sound_begins_when_the_performance_does() -> None:
    voice, clock = FakeVoice(), ManualClock(100.0)
    narrator = Narrator(voice, captions=True, clock=clock)
    story = piece(sound=b"sound")
    for tick in range(5):
        narrator.follow(scene(story, tick / 10), 100.0 + tick / 10)

    assert voice.told == [(b"sound", 100.0 + LEAD_IN_S)]


def test_what_is_cut_short_falls_silent() -> None:
    voice, clock, screen = FakeVoice(), ManualClock(0.0), FakeScreen()
    narrator = Narrator(voice, captions=True, clock=clock)
    narrator.follow(scene(piece(sound=b"sound")), 0.0)
    clock.wait(LEAD_IN_S + 0.1)
    narrator.serve(screen)
    narrator.follow(scene(None), 1.0)
    narrator.serve(screen)

    assert voice.told[-1] == "hush"
    assert screen.captions == ["story 0 in en", ""]


def read(*, captions: bool = True, sound: bytes | None = None) -> list[tuple[float, str]]:
    """When each caption was shown, within three seconds, seen sixty times a second."""
    clock, screen = ManualClock(10.0), FakeScreen()
    narrator = Narrator(FakeVoice(), captions=captions, clock=clock)
    narrator.follow(scene(piece(sound=sound)), clock())
    seen: list[tuple[float, str]] = []
    for _ in range(180):
        narrator.serve(screen)
        if len(screen.captions) > len(seen):
            seen.append((round(clock() - 10.0 - LEAD_IN_S, 2), screen.captions[-1]))
        clock.wait(1 / 60)
    return seen


def test_captions_come_at_their_time_with_and_without_sound() -> None:
    silent, heard = read(), read(sound=b"sound")

    assert [text for _, text in silent] == ["story 0 in en", "", "story 1 in en", ""]
    for (at, _), due in zip(silent, (0.0, 0.9, 1.0, 1.9), strict=True):
        assert 0 <= at - due < 0.03
    assert heard == silent


def test_captions_may_be_switched_off() -> None:
    assert read(captions=False) == []


def test_one_performance_follows_the_other() -> None:
    voice = FakeVoice()
    narrator = Narrator(voice, captions=True, clock=ManualClock(0.0))
    narrator.follow(scene(piece(sound=b"one")), 0.0)
    narrator.follow(scene(piece(sound=b"two")), 5.0)

    assert voice.told == [(b"one", LEAD_IN_S), "hush", (b"two", 5.0 + LEAD_IN_S)]


def no_library() -> object:
    raise SoundError("the PortAudio library is missing; install libportaudio2")


@pytest.mark.parametrize("fault", ["none", "no library", "no device", "unplugged", "unreadable"])
def test_whatever_sound_does_captions_come_at_their_time(fault: str) -> None:
    clock, screen = ManualClock(10.0), FakeScreen()
    card = Card(clock)
    card.plugged = card.listed = fault != "no device"
    sound = Sound(
        SoundSettings(), clock=clock, library=no_library if fault == "no library" else lambda: card
    )
    story = piece(sound=b"no sound" if fault == "unreadable" else file_of(tone(2.0)))
    narrator = Narrator(sound, captions=True, clock=clock)
    narrator.follow(scene(story), clock())
    seen: list[tuple[float, str]] = []
    for _ in range(150):
        if fault == "unplugged" and clock() > 11.0:
            card.unplug()
        card.run(0.02)
        narrator.serve(screen)
        if len(screen.captions) > len(seen):
            seen.append((clock() - 10.0 - LEAD_IN_S, screen.captions[-1]))
    sound.close()

    assert [text for _, text in seen] == ["story 0 in en", "", "story 1 in en", ""]
    for (at, _), due in zip(seen, (0.0, 0.9, 1.0, 1.9), strict=True):
        assert 0 <= at - due < 0.05
