"""Processes that share long work: one core each, ended by the one that started them, with it."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from typing import Any, TypeVar

import cv2

from kiosk.errors import KioskError

Order = TypeVar("Order")

_stops: list[Event] = []  # of this process, where it is a worker


def share_out(
    orders: Sequence[Order],
    work: Callable[[Order], None],
    *,
    report: Callable[[int], None],
    error: type[KioskError],
    prepare: Callable[..., None] | None = None,
    given: tuple[Any, ...] = (),
) -> None:
    """Carry out orders on all cores.

    Args:
        orders: what is to be done; picklable.
        work: does one of them; may ask `told_to_stop` now and then.
        report: called with how many are done.
        error: raised when a process was ended from outside.
        prepare: called once in each process.
        given: to `prepare`; picklable.
    """
    if not orders:
        return
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    count = min(len(orders), os.cpu_count() or 1)
    with ProcessPoolExecutor(count, context, _become_worker, (stop, prepare, given)) as pool:
        try:
            with _held_signals():
                jobs = [pool.submit(work, order) for order in orders]
            for done, job in enumerate(as_completed(jobs), 1):
                job.result()
                report(done)
        except BrokenProcessPool as broken:
            raise error(
                "a process was ended from outside, perhaps for want of memory; "
                "the same command goes on"
            ) from broken
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def told_to_stop() -> bool:
    """Whether this worker's work is wanted no more."""
    return any(stop.is_set() for stop in _stops)


@contextmanager
def _held_signals() -> Iterator[None]:
    """Processes started within never see Ctrl-C: the one that started them ends them."""
    held = {signal.SIGINT, signal.SIGTERM}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _become_worker(
    stop: Event, prepare: Callable[..., None] | None, given: tuple[Any, ...]
) -> None:
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _stops[:] = [stop]
    if prepare is not None:
        prepare(*given)


def _end_with_parent() -> None:
    """A pool's workers would outlive a parent that is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
