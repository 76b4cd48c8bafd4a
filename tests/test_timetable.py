"""The time that is left: known for learning, expected for the rest, and corrected by its pace."""

import pytest

from kiosk.curation.timetable import (
    DRAWING,
    LEARNING,
    LOOKING,
    PACKING,
    PACKING_S,
    REPORTING,
    REPORTING_S,
    Timetable,
    learning_s,
)
from tests.fakes import ManualClock

AFTER_S = PACKING_S + REPORTING_S


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def test_all_the_minutes_are_known_before_anything_is_done(clock: ManualClock) -> None:
    share, left_s = Timetable(10.0, clock).at(LOOKING, 0.0)

    assert share == 0.0
    assert left_s is not None
    assert 600 < left_s < 660


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 1.0])
def test_what_is_left_of_learning_is_its_own_time_whatever_the_clock(
    clock: ManualClock, part: float
) -> None:
    timetable = Timetable(10.0, clock)
    timetable.at(LEARNING, 0.0)
    clock.wait(1000.0)

    _, left_s = timetable.at(LEARNING, part)

    assert left_s == pytest.approx((1 - part) * learning_s(10.0) + AFTER_S)


def test_the_share_never_falls_from_stage_to_stage(clock: ManualClock) -> None:
    timetable = Timetable(2.0, clock)
    stages = (LOOKING, DRAWING, LEARNING, PACKING, REPORTING)
    shares = [timetable.at(stage, part)[0] for stage in stages for part in (0.0, 0.5, 1.0)]

    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_a_slow_machine_is_believed_the_more_of_it_is_seen(clock: ManualClock) -> None:
    timetable = Timetable(10.0, clock)
    expected = [timetable.at(DRAWING, 0.0)[1]]
    for part in (0.25, 0.5, 0.75):
        clock.wait(120.0)  # a quarter should have taken thirty seconds
        expected.append(timetable.at(DRAWING, part)[1])
    rest_s = learning_s(10.0) + AFTER_S
    wholes = [
        (left - rest_s) / (1 - part)
        for part, left in zip((0, 0.25, 0.5, 0.75), expected, strict=True)
        if left
    ]

    assert wholes == pytest.approx([120.0, 210.0, 300.0, 390.0])


def test_what_was_done_before_an_interruption_tells_nothing_of_the_pace(
    clock: ManualClock,
) -> None:
    timetable = Timetable(10.0, clock)
    timetable.at(DRAWING, 0.5)
    clock.wait(30.0)
    _, left_s = timetable.at(DRAWING, 0.75)

    assert left_s == pytest.approx(0.25 * 120.0 + learning_s(10.0) + AFTER_S)


def test_of_a_stage_that_is_not_planned_nobody_knows_the_time(clock: ManualClock) -> None:
    assert Timetable(10.0, clock).at("fetching tiles", 0.25) == (0.25, None)
