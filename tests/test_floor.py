"""Several portraits in one room: one speaks at a time."""

from kiosk.floor import Floor, PoliteRepertoire, SharedVoice
from kiosk.portraits.performances import Performance
from tests.performing import piece


class Repertoire:
    """Always has something to say."""

    def begin_visit(self) -> None: ...

    def greeting(self) -> Performance | None:
        return piece("greeting", "en")

    def story(self) -> Performance | None:
        return None

    def holds(self, performance: Performance) -> bool:
        return True


class FakeSound:
    """Remembers what was asked of it."""

    fault = None

    def __init__(self) -> None:
        self.asked: list[object] = []

    def say(self, sound: bytes, at: float) -> None:
        self.asked.append(("say", at))

    def hush(self) -> None:
        self.asked.append("hush")

    def ambience(self, sound: object) -> None:
        self.asked.append(("ambience", sound))


def test_one_portrait_speaks_at_a_time() -> None:
    floor, sound = Floor(), FakeSound()
    one, other = (PoliteRepertoire(Repertoire(), floor, place) for place in (0, 1))
    voice = SharedVoice(sound, floor, 0)  # type: ignore[arg-type]

    assert one.greeting() is not None
    assert other.greeting() is None  # it greets with a smile
    voice.hush()  # the performance has ended
    assert other.greeting() is not None
    assert one.greeting() is None


def test_who_finds_nothing_to_say_leaves_the_floor() -> None:
    floor = Floor()
    one, other = (PoliteRepertoire(Repertoire(), floor, place) for place in (0, 1))

    assert one.story() is None
    assert other.greeting() is not None


def test_who_falls_silent_takes_the_floor_from_nobody() -> None:
    floor, sound = Floor(), FakeSound()
    one = PoliteRepertoire(Repertoire(), floor, 0)
    one.greeting()
    SharedVoice(sound, floor, 1).hush()  # type: ignore[arg-type]

    assert PoliteRepertoire(Repertoire(), floor, 1).greeting() is None


def test_the_ambience_is_that_of_the_first() -> None:
    sound = FakeSound()
    for place in (0, 1):
        SharedVoice(sound, Floor(), place).ambience(b"%d" % place)  # type: ignore[arg-type]

    assert sound.asked == [("ambience", b"0")]
