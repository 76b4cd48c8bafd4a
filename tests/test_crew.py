"""Stages that hang: another thread takes their place, and the road goes on."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from kiosk.crew import HANGS_S, MOST_REPLACED, Crew
from kiosk.health import Health
from kiosk.pipeline import Latest, Step
from tests.fakes import ManualClock


class Driver:
    """A stage that counts, and waits for its driver while that is stuck."""

    def __init__(self) -> None:
        self.built = self.closed = 0
        self.stuck = threading.Event()  # set: it answers
        self.stuck.set()
        self.inside = threading.Event()

    def build(self) -> "Driver":
        self.built += 1
        return self

    def __call__(self, message: object) -> object:
        self.inside.set()
        self.stuck.wait(10)
        time.sleep(0.001)
        return message or "frame"

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(0.0)


@pytest.fixture
def driver() -> Iterator[Driver]:
    driver = Driver()
    before = set(threading.enumerate())
    yield driver
    driver.stuck.set()  # and `stop` has been, before
    for thread in set(threading.enumerate()) - before:
        thread.join(5)


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    stop = threading.Event()
    yield stop
    stop.set()


def until(true: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + 5
    while not true():
        assert time.monotonic() < give_up_at
        time.sleep(0.002)


def crew_of(driver: Driver, clock: ManualClock, stop: threading.Event) -> tuple[Crew, Health]:
    health = Health(clock)
    step = Step("camera", driver.build, None, Latest(), timed=False)
    crew = Crew([step], health=health, stop=stop)
    crew.start()
    return crew, health


def get_stuck(driver: Driver) -> None:
    driver.stuck.clear()
    driver.inside.clear()
    assert driver.inside.wait(5)


def test_a_stage_that_hangs_is_replaced_by_another(
    driver: Driver, clock: ManualClock, stop: threading.Event
) -> None:
    crew, health = crew_of(driver, clock, stop)
    get_stuck(driver)
    clock.wait(HANGS_S + 1)
    crew.look_after()
    until(lambda: driver.built == 2)
    driver.stuck.set()
    health.beat("camera")
    clock.wait(1.0)

    until(lambda: health.age("camera") == 0.0)  # the second one's heart beats
    assert health.failures("camera") == 1
    assert not crew.lost


def test_what_comes_late_of_a_dismissed_stage_counts_for_nothing(
    driver: Driver, clock: ManualClock, stop: threading.Event
) -> None:
    outbox: Latest[object] = Latest()
    health = Health(clock)
    crew = Crew([Step("camera", driver.build, None, outbox, timed=False)], health=health, stop=stop)
    crew.start()
    get_stuck(driver)
    clock.wait(HANGS_S + 1)
    outbox.take(0)
    stop.set()  # the second one ends before it begins
    crew.look_after()
    driver.stuck.set()
    crew.join(2.0)
    time.sleep(0.05)

    assert outbox.take(0) is None


def test_a_stage_that_works_is_left_alone(
    driver: Driver, clock: ManualClock, stop: threading.Event
) -> None:
    crew, health = crew_of(driver, clock, stop)
    until(lambda: health.age("camera") is not None)
    for _ in range(10):
        before = driver.inside
        before.clear()
        assert before.wait(5)
        crew.look_after()

    assert driver.built == 1


def test_a_stage_that_is_being_built_does_not_hang(
    clock: ManualClock, stop: threading.Event
) -> None:
    built = threading.Event()
    health = Health(clock)

    class Slow(Driver):
        def build(self) -> "Driver":
            super().build()
            built.wait(10)
            return self

    slow = Slow()
    crew = Crew(
        [Step("generator", slow.build, None, Latest(), timed=False)], health=health, stop=stop
    )
    crew.start()
    clock.wait(600.0)  # an engine is compiled
    crew.look_after()
    built.set()

    assert slow.built == 1
    assert health.failures("generator") == 0


def test_each_time_it_is_waited_for_longer_until_all_is_lost(
    driver: Driver, clock: ManualClock, stop: threading.Event
) -> None:
    crew, health = crew_of(driver, clock, stop)
    waited = []
    for number in range(MOST_REPLACED):
        until(lambda: driver.built == number + 1)  # noqa: B023
        get_stuck(driver)
        began = clock.now
        while health.failures("camera") == number:
            clock.wait(1.0)
            crew.look_after()
        waited.append(clock.now - began)
        driver.stuck.set()

    assert waited == [pytest.approx(each, abs=1.5) for each in (15, 30, 60, 120)]
    assert crew.lost


@pytest.mark.parametrize("shared", [True, False])
def test_a_dismissed_stage_that_comes_back_gives_back_what_is_its_own(
    driver: Driver, clock: ManualClock, stop: threading.Event, shared: bool
) -> None:
    health = Health(clock)
    step = Step("mirror", driver.build, None, Latest(), timed=False, shared=shared)
    crew = Crew([step], health=health, stop=stop)
    crew.start()
    (first,) = (each for each in threading.enumerate() if each.name == "mirror")
    get_stuck(driver)
    clock.wait(HANGS_S + 1)
    crew.look_after()
    driver.stuck.set()
    first.join(5)

    assert driver.closed == (0 if shared else 1)
