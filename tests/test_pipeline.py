import logging
import sys
import threading
import weakref
from collections.abc import Callable

import cv2
import pytest

import kiosk.pipeline
from kiosk.health import Health
from kiosk.pipeline import Latest, Step, Worker, share_cores
from tests.fakes import FakeStage, ManualClock, make_frame

PATIENCE_S = 5.0  # only ever waited for when a test fails


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kiosk.pipeline, "RETRY_S", 0.001)


def start(
    build: Callable[[], FakeStage], *, inbox: Latest[object] | None, patience_s: float = 0.001
) -> tuple[Worker, Latest[object], threading.Event]:
    outbox: Latest[object] = Latest()
    stop = threading.Event()
    step = Step("stage", build, inbox, outbox, patience_s)
    worker = Worker(step, health=Health(ManualClock()), stop=stop)
    worker.start()
    return worker, outbox, stop


def end(worker: Worker, stop: threading.Event) -> None:
    stop.set()
    worker.join(PATIENCE_S)
    assert not worker.is_alive()


def test_the_newest_message_wins() -> None:
    slot: Latest[int] = Latest()
    for message in (1, 2, 3):
        slot.put(message)

    assert slot.take(0) == 3
    assert slot.take(0) is None
    assert slot.dropped == 2


def test_a_message_wakes_who_waits() -> None:
    slot: Latest[int] = Latest()
    taken: list[int | None] = []
    thread = threading.Thread(target=lambda: taken.append(slot.take(PATIENCE_S)))
    thread.start()
    slot.put(7)
    thread.join(PATIENCE_S)

    assert taken == [7]


def test_a_worker_passes_messages_on() -> None:
    inbox: Latest[object] = Latest()
    stage = FakeStage(lambda message: None if message is None else (message, "seen"))
    worker, outbox, stop = start(lambda: stage, inbox=inbox)
    inbox.put("frame")

    assert outbox.take(PATIENCE_S) == ("frame", "seen")
    end(worker, stop)
    assert stage.closed


def test_a_stage_without_messages_is_asked_all_the_same() -> None:
    worker, outbox, stop = start(
        lambda: FakeStage(lambda message: "idle" if message is None else message), inbox=Latest()
    )

    assert outbox.take(PATIENCE_S) == "idle"
    end(worker, stop)


def test_the_first_stage_needs_no_inbox() -> None:
    frame = make_frame()
    worker, outbox, stop = start(lambda: FakeStage(lambda _: frame), inbox=None)

    assert outbox.take(PATIENCE_S) is frame
    end(worker, stop)


def test_a_stage_that_fails_is_built_anew_and_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    built: list[FakeStage] = []
    failures = iter([True, True, True, False])

    def answer(_: object) -> object:
        if next(failures, False):
            raise RuntimeError("graph is gone")
        return "works"

    def build() -> FakeStage:
        built.append(FakeStage(answer))
        return built[-1]

    with caplog.at_level(logging.WARNING):
        worker, outbox, stop = start(build, inbox=Latest())
        assert outbox.take(PATIENCE_S) == "works"
        end(worker, stop)

    assert len(built) == 4
    assert all(stage.closed for stage in built)
    messages = [record.getMessage() for record in caplog.records]
    assert messages == [
        "stage failed and is tried again: RuntimeError: graph is gone",
        "stage works again",
    ]
    assert all(record.exc_info in (None, False) for record in caplog.records)


def test_a_stage_that_cannot_be_built_is_tried_again() -> None:
    attempts = iter([OSError("no model"), None])

    def build() -> FakeStage:
        error = next(attempts)
        if error:
            raise error
        return FakeStage(lambda _: "works")

    worker, outbox, stop = start(build, inbox=Latest())

    assert outbox.take(PATIENCE_S) == "works"
    end(worker, stop)


def test_shared_cores_are_given_back() -> None:
    before = sys.getswitchinterval(), cv2.getNumThreads()
    with share_cores():
        assert cv2.getNumThreads() == 1
        assert sys.getswitchinterval() < before[0]

    assert (sys.getswitchinterval(), cv2.getNumThreads()) == before


def test_a_slot_knows_when_the_next_message_will_be_wanted() -> None:
    clock = ManualClock()
    slot: Latest[int] = Latest(clock)
    assert slot.wait_until_due(0, 0)
    slot.put(1)
    assert not slot.wait_until_due(9, 0)  # one lies here still
    slot.take(0)
    clock.wait(3)
    slot.done()
    slot.put(2)
    slot.take(0)
    clock.wait(1)

    assert not slot.wait_until_due(1, 0)  # two of three seconds are left
    assert slot.wait_until_due(2, 0)
    slot.done()
    assert slot.wait_until_due(0, 0)


def test_whoever_waits_for_a_slot_hears_when_it_is_taken() -> None:
    slot: Latest[int] = Latest()
    slot.put(1)
    found: list[bool] = []
    waiter = threading.Thread(target=lambda: found.append(slot.wait_until_due(1.0, 30.0)))
    waiter.start()
    slot.take(0)  # takes no time as a rule: the next is due at once, long before `done`
    waiter.join(10.0)

    assert found == [True]


def test_a_stage_that_fails_has_done_with_its_message() -> None:
    def fail(_: object) -> object:
        raise RuntimeError("graph is gone")

    inbox: Latest[object] = Latest()
    inbox.put(make_frame())
    worker, _, stop = start(lambda: FakeStage(fail), inbox=inbox)
    done = inbox.wait_until_due(0, PATIENCE_S)
    end(worker, stop)

    assert done


def test_a_paced_stage_begins_when_the_next_has_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kiosk.pipeline, "PACE_S", PATIENCE_S)
    inbox: Latest[object] = Latest()
    outbox: Latest[object] = Latest()
    inbox.put(make_frame())
    outbox.put("before")
    stop = threading.Event()
    step = Step("stage", lambda: FakeStage(lambda _: "after"), inbox, outbox, paced=True)
    worker = Worker(step, health=Health(ManualClock()), stop=stop)
    worker.start()

    assert outbox.take(PATIENCE_S) == "before"
    assert outbox.take(0) is None
    assert not inbox.wait_until_due(0, 0)
    outbox.done()
    assert outbox.take(PATIENCE_S) == "after"
    stop.set()
    outbox.done()
    end(worker, stop)


def test_a_message_that_has_grown_old_waits_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kiosk.pipeline, "PACE_S", PATIENCE_S)
    clock = ManualClock()
    slot: Latest[int] = Latest(clock)
    for number in range(3):
        slot.put(number)
        clock.wait(1.0)
    # the next is due now
    waiter = threading.Thread(target=slot.wait_for_newer)
    waiter.start()
    waiter.join(0.05)
    assert waiter.is_alive()
    slot.put(3)
    waiter.join(PATIENCE_S)

    assert not waiter.is_alive()
    assert slot.take(0) == 3


def test_a_fresh_message_waits_for_nothing() -> None:
    clock = ManualClock()
    slot: Latest[int] = Latest(clock)
    slot.wait_for_newer()
    for number in range(3):
        clock.wait(1.0)
        slot.put(number)
    slot.wait_for_newer()

    assert slot.take(0) == 2


def test_what_a_stage_held_is_given_back_when_it_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[weakref.ref[FakeStage]] = []
    left: list[bool] = []

    def fail(_: object) -> None:
        raise RuntimeError("broken")

    def build() -> FakeStage:
        stage = FakeStage(fail)
        held.append(weakref.ref(stage))
        return stage

    def trim() -> None:
        left.extend(stage() is not None for stage in held)
        tried.set()

    tried = threading.Event()
    monkeypatch.setattr(kiosk.pipeline, "trim_heap", trim)
    worker, _, stop = start(build, inbox=None)
    assert tried.wait(PATIENCE_S)
    end(worker, stop)

    assert not any(left)
