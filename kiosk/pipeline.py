"""Stages, the threads they run in, and the slots they meet in.

A stage takes one message and gives one, or none. A worker thread builds its stage, feeds it the
newest message there is, and puts what comes out into the next slot. Nothing queues: a message that
was not taken in time is dropped. What a stage raises is logged once and the stage is built anew,
later and later, until it works; the stages beside it go on.
"""

import logging
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from threadpoolctl import threadpool_limits

from kiosk.health import Health
from kiosk.heap import trim_heap

logger = logging.getLogger(__name__)

RETRY_S, RETRY_LIMIT_S = 0.5, 15.0
PACE_S = 0.25  # a next stage that hangs holds nobody up for longer
USUAL_SHARE = 0.1  # of a running mean, the newest
NEWER_SHARE = 0.5  # of the time between two messages: so soon a newer one is worth waiting for
# a thread that comes back from OpenGL or the network waits for Python no longer; 5 ms by default
SWITCH_S = 0.0005

Message = TypeVar("Message")
In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)


class Stage(Protocol[In, Out]):
    """One part of the road."""

    def __call__(self, message: In | None, /) -> Out | None:
        """Turn a message into the next.

        Args:
            message: the newest one, or None when none came for a while, or none ever comes (the
                camera has nobody before it).

        Returns:
            What the next stage shall see, or None for nothing this time.
        """

    def close(self) -> None:
        """Give back what the stage holds."""


class Latest(Generic[Message]):
    """A slot of one message; a newer one takes the older one's place.

    Args:
        clock: monotonic seconds.
        changed: told of whatever happens here; slots that share one can be waited for together.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        changed: threading.Condition | None = None,
    ) -> None:
        self._clock = clock
        self._message: Message | None = None
        self._taken_at: float | None = None  # while whoever took the last message works on it
        self.usual_s = 0.0  # a running mean: what a message takes to be worked off
        self._put_at: float | None = None
        self._usual_gap_s = 0.0  # a running mean: between two messages
        self._changed = changed or threading.Condition()
        self.dropped = 0  # messages that nobody took

    def put(self, message: Message) -> None:
        """Leave a message for whoever takes it next."""
        with self._changed:
            self.dropped += self._message is not None
            self._message = message
            now = self._clock()
            if self._put_at is not None:
                self._usual_gap_s = blend(self._usual_gap_s, min(now - self._put_at, PACE_S))
            self._put_at = now
            self._changed.notify_all()

    @property
    def full(self) -> bool:
        """Whether a message lies here."""
        return self._message is not None

    def wait_for_newer(self) -> None:
        """Wait for the next message if one lies here that has grown old, and the next is near."""
        with self._changed:
            before = self._put_at
            if self._message is None or before is None:
                return
            near_s = NEWER_SHARE * self._usual_gap_s
            due_s = before + self._usual_gap_s - self._clock()
            if abs(due_s) < near_s:  # it may be a little late
                self._changed.wait_for(lambda: self._put_at != before, due_s + near_s)

    def take(self, timeout: float) -> Message | None:
        """Take the newest message, waiting up to ``timeout`` seconds for one; None if none came."""
        with self._changed:
            self._changed.wait_for(lambda: self._message is not None, timeout)
            message, self._message = self._message, None
            self._taken_at = None if message is None else self._clock()
            self._changed.notify_all()  # whoever waits until the slot is free
            return message

    def done(self) -> None:
        """Say that the message taken last has been worked off."""
        with self._changed:
            if self._taken_at is not None:
                self.usual_s = blend(self.usual_s, self._clock() - self._taken_at)
            self._taken_at = None
            self._changed.notify_all()

    def wait_until_due(self, lead_s: float, timeout: float) -> bool:
        """Wait until what takes ``lead_s`` seconds to make will be wanted here when it is made.

        That is when nothing lies here, and whoever took the last message is, as a rule, done with
        it in so many seconds. Waits ``timeout`` seconds at most.

        Returns:
            Whether it is so.
        """
        give_up_at = self._clock() + timeout
        with self._changed:
            while (early_s := self._early_s(lead_s)) > 0 and self._clock() < give_up_at:
                self._changed.wait(min(early_s, give_up_at - self._clock()))
            return early_s <= 0

    def _early_s(self, lead_s: float) -> float:
        """By how many seconds it is too early to begin; infinite while a message lies here."""
        if self._message is not None:
            return math.inf
        if self._taken_at is None:
            return 0.0
        return self._taken_at + self.usual_s - lead_s - self._clock()


def blend(usual: float, fresh: float) -> float:
    """A running mean of what a message takes; the first one counts in full."""
    return fresh if usual == 0 else usual + USUAL_SHARE * (fresh - usual)


@dataclass(frozen=True)
class Step:
    """Where a stage stands on the road."""

    name: str
    build: Callable[[], Stage[Any, Any]]  # called in the worker's own thread
    inbox: Latest[Any] | None  # None: the road begins here
    outbox: Latest[Any]
    patience_s: float = 0.25  # with no message for so long, the stage is called with None
    timed: bool = True  # False: the stage itself tells how long its parts take
    # begins a message only so that it will be done when the next stage is: sooner, it would but
    # wait there, grow old, and take the cores meanwhile
    paced: bool = False
    shared: bool = False  # building it gives the same stage again
    on_dismissal: Callable[[], None] = lambda: None  # lets go of what a hung thread holds


class Worker(threading.Thread):
    """The thread of one step; ends when ``stop`` is set, or when it is dismissed."""

    def __init__(self, step: Step, *, health: Health, stop: threading.Event) -> None:
        super().__init__(name=step.name, daemon=True)
        self.step = step
        self._health = health
        self._stop_event = stop
        self._retry_s = RETRY_S
        self._dismissed = False
        self._works_since: float | None = None  # on the message it has; None: it waits for one

    def hangs_for_s(self) -> float:
        """How long it has been at one message; a stage that is being built does not hang."""
        began = self._works_since
        return 0.0 if began is None else self._health.now() - began

    def dismiss(self) -> None:
        """Let nothing come of it any more: another one takes its place."""
        self._dismissed = True

    def _ends(self) -> bool:
        return self._dismissed or self._stop_event.is_set()

    def run(self) -> None:
        """Run the stage; build it anew when it fails."""
        while not self._ends():
            try:
                self._serve()
            except Exception as error:
                if not self._ends():  # of one that was dismissed nothing matters any more
                    self._report(error)
                    self._stop_event.wait(self._retry_s)
                    self._retry_s = min(2 * self._retry_s, RETRY_LIMIT_S)
            trim_heap()  # a stage has gone, and much with it

    def _serve(self) -> None:
        stage = self.step.build()
        try:
            while not self._ends():
                self._pass_one(stage)
        finally:
            if not (self._dismissed and self.step.shared):  # else it is another's by now
                stage.close()

    def _pass_one(self, stage: Stage[Any, Any]) -> None:
        inbox = self.step.inbox
        if self.step.paced:
            self.step.outbox.wait_until_due(inbox.usual_s if inbox else 0.0, PACE_S)
            if inbox:
                inbox.wait_for_newer()
        message = inbox.take(self.step.patience_s) if inbox else None
        began = self._works_since = self._health.now()
        try:
            result = stage(message)
        finally:
            self._works_since = None
            if inbox and not self._dismissed:
                inbox.done()
        if self._dismissed:
            return
        self._health.beat(self.step.name)
        if result is None:
            return
        self.step.outbox.put(result)
        if self.step.timed:
            # a camera waits for its frame; its own time begins with it
            self._health.record_since(self.step.name, began if inbox else result.captured_at)
        self._recover()

    def _report(self, error: Exception) -> None:
        """Say what failed, once for each row of failures."""
        self._health.fail(self.step.name)
        debug = logger.isEnabledFor(logging.DEBUG)
        if debug or self._retry_s == RETRY_S:
            logger.error(
                "%s failed and is tried again: %s: %s",
                self.step.name, type(error).__name__, str(error), exc_info=debug,
            )  # fmt: skip

    def _recover(self) -> None:
        if self._retry_s != RETRY_S:
            logger.warning("%s works again", self.step.name)
            self._retry_s = RETRY_S


@contextmanager
def share_cores() -> Iterator[None]:
    """Keep libraries from taking every core for one small sum: the stages need them."""
    import cv2  # after the camera's module, which sets what OpenCV reads when loaded

    interval_s, threads = sys.getswitchinterval(), cv2.getNumThreads()
    sys.setswitchinterval(SWITCH_S)
    cv2.setNumThreads(1)
    with threadpool_limits(1, user_api="blas"):
        try:
            yield
        finally:
            cv2.setNumThreads(threads)
            sys.setswitchinterval(interval_s)
