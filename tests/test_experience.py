"""From across the room to goodbye: which state follows which, and when."""

import numpy as np
import pytest

from kiosk.experience import LEAD_IN_S, Experience, Scene, State
from kiosk.experience_settings import ExperienceSettings
from kiosk.messages import Face, Visitor
from kiosk.portraits.performances import Performance
from tests.performing import piece

SETTINGS = ExperienceSettings(greet_s=1.5, farewell_s=2.0, again_s=20.0)
SOMEBODY = Face(1, np.zeros((478, 3), np.float32), 1.0)


def visit(
    *there: tuple[float, float], until: float, settings: ExperienceSettings = SETTINGS
) -> list[tuple[float, State]]:
    """The states and when each began, while somebody is there within these times."""
    experience = Experience(settings, now=0.0)
    seen: list[tuple[float, State]] = []
    for tick in range(int(until * 10)):
        now = tick / 10
        face = SOMEBODY if any(a <= now < b for a, b in there) else None
        scene = experience(Visitor(face, 0.0, (640, 480), now), now)
        if not seen or seen[-1][1] is not scene.state:
            seen.append((now, scene.state))
    return seen


def test_a_visit_goes_from_attract_to_farewell_and_back() -> None:
    assert visit((5, 10), until=15) == [
        (0.0, State.ATTRACT),
        (5.0, State.GREET),
        (6.5, State.MIRROR),
        (10.0, State.FAREWELL),
        (12.0, State.ATTRACT),
    ]


def test_who_only_passes_is_looked_at_and_let_go() -> None:
    states = [state for _, state in visit((5, 6), until=10)]
    assert states == [State.ATTRACT, State.GREET, State.ATTRACT]


def test_who_comes_back_soon_is_not_greeted_anew() -> None:
    states = [state for _, state in visit((5, 10), (11, 15), (30, 35), until=33)]
    assert states[3:] == [State.FAREWELL, State.MIRROR, State.FAREWELL, State.ATTRACT, State.MIRROR]


def test_who_comes_later_is_greeted() -> None:
    states = [state for _, state in visit((5, 10), (40, 45), until=44)]
    assert states[-2:] == [State.GREET, State.MIRROR]


def test_parts_of_no_length_are_left_out() -> None:
    short = ExperienceSettings(greet_s=0, farewell_s=0)
    assert [state for _, state in visit((1, 2), until=3, settings=short)] == [
        State.ATTRACT,
        State.MIRROR,
        State.ATTRACT,
    ]


def test_a_queue_of_ten_keeps_the_portrait_following_without_a_gap() -> None:
    states = [state for _, state in visit((1, 61), until=60)]  # one leads after the other
    assert states == [State.ATTRACT, State.GREET, State.MIRROR]


@pytest.mark.parametrize(("elapsed", "share"), [(0.0, 0.0), (0.75, 0.5), (1.4, 0.9333)])
def test_a_scene_tells_how_far_it_is(elapsed: float, share: float) -> None:
    experience = Experience(SETTINGS, now=0.0)
    experience(Visitor(SOMEBODY, 0.0, (640, 480), 5.0), 5.0)
    scene = experience(Visitor(SOMEBODY, 0.0, (640, 480), 5.0 + elapsed), 5.0 + elapsed)

    assert scene.state is State.GREET
    assert scene.share == pytest.approx(share, abs=1e-3)


def test_six_thousand_changes_leave_nothing_behind() -> None:
    experience = Experience(SETTINGS, now=0.0)
    before = set(vars(experience))
    for number in range(6000):  # a hundred a minute for an hour
        face = SOMEBODY if number % 2 else None
        experience(Visitor(face, 0.0, (640, 480), 0.6 * number), 0.6 * number)

    assert set(vars(experience)) == before


class Pieces:
    """A repertoire of one greeting and as many stories as are given."""

    def __init__(self, greeting: Performance | None, *stories: Performance) -> None:
        self.greeted, self.stories = greeting, list(stories)
        self.visits = 0
        self.hangs = True

    def begin_visit(self) -> None:
        self.visits += 1

    def greeting(self) -> Performance | None:
        return self.greeted

    def story(self) -> Performance | None:
        return self.stories.pop(0) if self.stories else None

    def holds(self, performance: Performance) -> bool:
        return self.hangs


def scenes(
    pieces: Pieces, *there: tuple[float, float], until: float, since: float = 0.0
) -> list[tuple[float, Scene]]:
    """The first scene of each state, with a story after ten seconds."""
    experience = Experience(SETTINGS, 0.0, pieces, story_after_s=10.0)
    seen: list[tuple[float, Scene]] = []
    for tick in range(int(until * 10)):
        now = tick / 10
        face = SOMEBODY if any(a <= now < b for a, b in there) else None
        scene = experience(Visitor(face, since, (640, 480), now), now)
        if not seen or seen[-1][1].state is not scene.state:
            seen.append((now, scene))
    return seen


def test_a_greeting_lasts_until_it_has_been_said() -> None:
    hello = piece("greeting", seconds=4.0)
    (began, greeting), (ended, mirror) = scenes(Pieces(hello), (5, 60), until=12)[1:]

    assert greeting.performance is hello
    assert greeting.played_s == pytest.approx(-LEAD_IN_S)
    assert ended - began == pytest.approx(4.0 + LEAD_IN_S, abs=0.11)
    assert mirror.performance is None


def test_who_stays_is_told_a_story_and_then_followed_again() -> None:
    pieces = Pieces(None, piece("one", seconds=3.0), piece("two", seconds=3.0))
    seen = scenes(pieces, (0, 60), until=60)

    told = 2 * [State.MIRROR, State.TELL]
    assert [scene.state for _, scene in seen] == [State.GREET, *told, State.MIRROR]
    begins = [now for now, _ in seen]
    assert begins[2] - begins[1] == pytest.approx(10.0, abs=0.11)
    assert begins[3] - begins[2] == pytest.approx(3.0 + LEAD_IN_S, abs=0.11)
    assert pieces.visits == 1


def test_who_takes_over_is_not_told_a_story_at_once() -> None:
    pieces = Pieces(None, piece("one"))
    seen = scenes(pieces, (0, 60), until=25, since=8.0)  # another one leads since the eighth second
    told = [now for now, scene in seen if scene.state is State.TELL]

    assert told == [pytest.approx(18, abs=0.11)]


def test_a_story_ends_when_its_listener_leaves() -> None:
    seen = scenes(Pieces(None, piece("one", seconds=30.0)), (0, 15), until=20)

    assert [scene.state for _, scene in seen][-3:] == [State.TELL, State.FAREWELL, State.ATTRACT]
    assert seen[-2][1].performance is None


def test_a_story_ends_when_another_portrait_hangs() -> None:
    pieces = Pieces(None, piece("one", seconds=30.0))
    experience = Experience(SETTINGS, 0.0, pieces, story_after_s=1.0)

    def at(now: float) -> State:
        return experience(Visitor(SOMEBODY, 0.0, (640, 480), now), now).state

    told = [at(tick / 10) for tick in range(40)][-1]
    pieces.hangs = False

    assert told is State.TELL
    assert at(4.0) is State.MIRROR


def test_who_comes_back_soon_hears_no_second_greeting() -> None:
    pieces = Pieces(piece("greeting"))
    scenes(pieces, (0, 10), (12, 20), until=25)

    assert pieces.visits == 1


def test_without_a_greeting_each_visitor_is_still_a_new_one() -> None:
    pieces = Pieces(piece("greeting"))
    settings = ExperienceSettings(greet_s=0, again_s=1.0)
    experience = Experience(settings, 0.0, pieces)
    for tick in range(300):  # three of them, ten seconds apart
        now = tick / 10
        face = SOMEBODY if now % 10 < 5 else None
        experience(Visitor(face, 0.0, (640, 480), now), now)

    assert pieces.visits == 3
