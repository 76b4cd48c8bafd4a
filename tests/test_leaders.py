"""Who leads, scenario by scenario: the table of docs/experience.md."""

import numpy as np
import pytest

from kiosk.messages import Face, Motion, Visitor
from kiosk.motion.director import Director
from kiosk.motion.face_model import load_face_model
from kiosk.motion.idle import Idle
from kiosk.motion.settings import MotionSettings
from kiosk.motion.target import MotionTarget
from tests.crowd import FRAME, Path, Person, Print, Reflection, stand, watch

PROMPT_S = 1.5  # by then a living face leads, nine times in ten
WALKED_IN_S = 2.5  # who is still walking shows less


def walk(*, start: float, x: tuple[float, float], over_s: float, width: float = 100) -> Path:
    """Straight across the view at one height."""
    return lambda t: (float(np.interp(t, [start, start + over_s], x)), 230.0, width)


def waver(x: float, seed: int) -> Path:
    """Stands, and comes nearer and goes back by a tenth now and then."""
    return lambda t: (x, 240.0, 110 * (1 + 0.1 * np.sin(0.5 * t + 2 * seed)))


def sitter() -> MotionTarget:
    return MotionTarget("sitter", (0.3 * load_face_model().mean).astype(np.float32))


def test_a_face_that_comes_leads_within_the_time() -> None:
    seen = watch([Person(comes=2.0)], 6)

    assert seen.order() == [0]
    assert seen.changes()[0][0] <= 2.0 + PROMPT_S


def test_a_face_that_was_there_from_the_start_leads_soon() -> None:
    assert watch([Person()], 4).changes()[0][0] <= PROMPT_S


@pytest.mark.parametrize("seed", range(3))
def test_who_only_blinks_leads_after_a_blink(seed: int) -> None:
    changes = watch([Person(seed=seed, calm=0.9, comes=1.5)], 8).changes()

    assert changes[0][0] <= 1.5 + 3.5 + 1.0  # the next blink, and what it takes to weigh it
    assert len(changes) == 1


def test_whoever_passes_behind_does_not_take_the_lead() -> None:
    visitor = Person(stand(width=150), seed=1)
    passer = Person(walk(start=4, x=(20, 620), over_s=3), seed=2)

    assert watch([visitor, passer], 10).order() == [0]


def test_two_who_cross_do_not_swap_the_lead() -> None:
    one = Person(walk(start=3, x=(180, 460), over_s=3, width=130), seed=1)
    other = Person(walk(start=3, x=(460, 180), over_s=3, width=100), seed=2)

    assert watch([one, other], 9).order() == [0]


def test_two_side_by_side_for_a_minute_never_change_the_lead() -> None:
    couple = [Person(waver(200, 0), seed=3), Person(waver(440, 1), seed=4)]

    assert len(watch(couple, 60, fps=15).order()) == 1


def test_a_poster_behind_the_visitor_never_leads() -> None:
    poster = Print(stand(x=480, y=180, width=140), seed=5)
    visitor = Person(stand(x=200, width=110), seed=4, comes=3.0, goes=15.0)
    seen = watch([poster, visitor], 30)

    assert seen.order() == [1, None]
    assert seen.changes()[0][0] <= 3.0 + PROMPT_S


def test_a_poster_that_a_visitor_hid_is_known_again() -> None:
    poster = Print(stand(width=100), seed=5)
    visitor = Person(stand(width=160), seed=6, comes=10.0, goes=20.0)
    seen = watch([poster, visitor], 40)

    assert seen.order() == [1, None]


@pytest.mark.parametrize("sway", [0.0, 0.3])
def test_a_printed_face_alone_never_leads_in_ten_minutes(sway: float) -> None:
    assert watch([Print(seed=7, sway=sway)], 600, fps=10).order() == []


@pytest.mark.parametrize("late_s", [0.15, 0.25, 0.4])
def test_the_portraits_reflection_never_leads(late_s: float) -> None:
    reflection = Reflection(stand(width=90), seed=8, late_s=late_s)
    idle = Idle(sitter(), MotionSettings(), 0)

    def show(t: float, led: bool) -> Motion:
        motion = idle(500.0 + t)
        reflection.shown = [*reflection.shown[-60:], (t, motion)]
        return motion

    assert watch([reflection], 60, shown=show).order() == []


@pytest.mark.parametrize("seed", range(3))
def test_the_reflection_does_not_take_over_from_the_visitor(seed: int) -> None:
    visitor = Person(stand(x=200, width=130), seed=seed, comes=3.0, goes=12.0)
    reflection = Reflection(stand(x=480, width=80), seed=8)
    director = Director(sitter(), MotionSettings())

    def show(t: float, led: bool) -> Motion:
        face = Face(1, visitor.landmarks(t), 1.0) if led else None
        motion = director(Visitor(face, 0.0, FRAME, t), t).motion
        reflection.shown = [*reflection.shown[-60:], (t, motion)]
        return motion

    assert watch([reflection, visitor], 25, shown=show).order() == [1, None]


@pytest.mark.parametrize("fps", [5, 10, 60])
def test_a_slow_or_quick_camera_changes_little(fps: float) -> None:
    assert watch([Person(seed=1, comes=1.5)], 5, fps=fps).order() == [0]
    assert watch([Print(seed=1, sway=0.3)], 60, fps=fps).order() == []


def test_a_visitor_is_never_taken_for_the_portrait_that_follows() -> None:
    visitor = Person(seed=1)

    assert watch([visitor], 30, shown=lambda t, led: visitor.motion(t - 1 / 30)).order() == [0]


def test_who_leaves_and_returns_leads_again() -> None:
    def path(t: float) -> tuple[float, float, float]:
        return (float(np.interp(t, [8, 9, 13, 14], [320, 760, 760, 320])), 240.0, 120.0)

    seen = watch([Person(path, seed=2)], 20)

    assert seen.order() == [0, None, 0]
    # in view again at 13.4
    assert seen.changes()[2][0] <= 13.4 + WALKED_IN_S


def test_each_of_a_queue_of_ten_leads_in_turn() -> None:
    queue = [Person(seed=n, comes=6.0 * n, goes=6.0 * n + 5.0) for n in range(10)]
    changes = watch(queue, 60).changes()

    assert [leader for _, leader in changes if leader is not None] == list(range(10))
    late_s = [at - 6.0 * leader for at, leader in changes if leader is not None]
    assert max(late_s) <= PROMPT_S


def test_the_next_takes_over_at_once_when_the_leader_goes() -> None:
    first = Person(stand(x=200, width=150), seed=1, goes=8.0)
    second = Person(stand(x=440, width=110), seed=2, comes=3.0)
    changes = watch([first, second], 12).changes()

    assert [leader for _, leader in changes] == [0, 1]
    assert changes[1][0] <= 8.0 + 0.4


@pytest.mark.parametrize(("child", "tall", "leads"), [(130, 85, 0), (85, 140, 1)])
def test_who_is_nearer_leads_at_whatever_height(child: float, tall: float, leads: int) -> None:
    low = Person(stand(x=200, y=400, width=child), seed=1)
    high = Person(stand(x=440, y=90, width=tall), seed=2)

    assert watch([low, high], 6).order()[-1] == leads


def test_a_moments_loss_of_the_leader_changes_nothing() -> None:
    class Hidden(Person):
        def __post_init__(self) -> None:
            super().__post_init__()
            self.path = lambda t: (320 if not 5 < t < 5.2 else -999, 240, 120)

    cast = [Hidden(seed=1), Person(stand(x=520, width=100), seed=2)]

    assert watch(cast, 9).order() == [0]


@pytest.mark.parametrize("seed", range(2, 10))
def test_a_visitor_of_a_portrait_that_blinks_by_itself_is_not_its_reflection(seed: int) -> None:
    idle = Idle(sitter(), MotionSettings(), seed)
    listener = Person(stand(), seed=seed)

    led = watch([listener], 20, shown=lambda t, _: idle(t, np.zeros(2)))

    assert led.order() == [0]
