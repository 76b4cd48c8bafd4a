"""The threads of the road's stages, and what is done about one that hangs.

Python cannot end a thread that waits in a driver. It is dismissed: left behind with its stage, and
another thread takes its place, later and later if that hangs, too. When this has not helped a few
times, only a new process can.
"""

import logging
import threading
from collections.abc import Sequence

from kiosk.health import Health
from kiosk.pipeline import Step, Worker

logger = logging.getLogger(__name__)

HANGS_S, HANGS_LIMIT_S = 15.0, 120.0  # at one message; then twice as long each time, up to
MOST_REPLACED, FORGIVEN_S = 4, 3600.0  # of one stage, within so long


class Crew:
    """The workers of one road.

    Args:
        steps: of the road.
        health: is told of those that hang, and has the clock.
        stop: ends them.
    """

    def __init__(self, steps: Sequence[Step], *, health: Health, stop: threading.Event) -> None:
        self._health, self._stop = health, stop
        self._workers = [self._worker(step) for step in steps]
        self._replaced: dict[str, list[float]] = {step.name: [] for step in steps}

    def start(self) -> None:
        """Let all begin."""
        for worker in self._workers:
            worker.start()

    def look_after(self) -> None:
        """Replace who hangs; whoever calls does so now and then."""
        for place, worker in enumerate(self._workers):
            if self.lost or worker.hangs_for_s() < HANGS_S:
                continue
            name, now = worker.step.name, self._health.now()
            self._replaced[name] = [at for at in self._replaced[name] if now - at < FORGIVEN_S]
            limit_s = min(HANGS_S * 2 ** len(self._replaced[name]), HANGS_LIMIT_S)
            if worker.hangs_for_s() < limit_s:
                continue
            logger.error("%s has hung for %.0f s; another takes its place", name, limit_s)
            worker.dismiss()
            worker.step.on_dismissal()
            self._health.fail(name)
            self._replaced[name].append(now)
            if not self.lost:
                self._workers[place] = self._worker(worker.step)
                self._workers[place].start()

    @property
    def lost(self) -> bool:
        """Whether replacing has not helped: only a new process can."""
        return max(map(len, self._replaced.values()), default=0) >= MOST_REPLACED

    def join(self, timeout_s: float) -> None:
        """Wait for the end of each, up to so many seconds; who hangs is not waited for."""
        for worker in self._workers:
            if worker.hangs_for_s() < HANGS_S:
                worker.join(timeout_s)

    def _worker(self, step: Step) -> Worker:
        return Worker(step, health=self._health, stop=self._stop)
