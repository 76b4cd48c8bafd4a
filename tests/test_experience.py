"""From across the room to goodbye: which state follows which, and when."""

import numpy as np
import pytest

from kiosk.experience import Experience, ExperienceSettings, State
from kiosk.messages import Face, Visitor

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
