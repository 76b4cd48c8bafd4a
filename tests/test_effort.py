"""A run's time is the time it could work."""

import pytest

from kiosk.training.effort import FULL, Effort
from tests.fakes import ManualClock


@pytest.mark.parametrize(
    ("threads", "share", "counted"),
    [
        (2, 1.0, 10.0),  # both cores to itself
        (2, 0.9, 10.0),  # a little is always waited for
        (2, FULL / 2, 5.0),  # somebody else has the other half
        (2, 0.0, 0.0),  # stopped
        (None, 0.0, 10.0),  # a GPU does the work
    ],
)
def test_time_in_which_others_had_the_cores_does_not_count(
    threads: int | None, share: float, counted: float
) -> None:
    clock, used = ManualClock(100.0), ManualClock(7.0)
    effort = Effort(threads, clock, used)
    clock.now += 10
    used.now += 10 * (threads or 1) * share

    assert effort() == pytest.approx(counted)
    assert effort() == 0
