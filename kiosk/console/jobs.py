"""Long work that a curator begins on the page: our own command line, in a process of its own.

A child tells how far it is in JSON, one object a line; what it says last of each thing is kept.
One that learns is nicer than the kiosk to the machine's cores. All end with the page; the same work
goes on where it stopped when it is asked for again.
"""

import itertools
import json
import logging
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiosk.errors import ControlError

logger = logging.getLogger(__name__)

NICE = ["nice", "-n", "10"]
LONG = "add"  # takes minutes and every core: one at a time
MOST = 4  # at a time
KEPT = 20  # jobs that are done
END_S = 10.0
MOST_REMARKS = 50


def _nothing(_: dict[str, Any]) -> None: ...


@dataclass(slots=True, eq=False)
class Job:
    """One piece of work."""

    number: int
    kind: str  # the subcommand of `kiosk portraits`
    about: str  # for people
    key: str  # what it is done to
    arguments: tuple[str, ...]
    process: "subprocess.Popen[str]"
    told: dict[str, Any] = field(default_factory=dict)  # what its lines said last
    remarks: list[str] = field(default_factory=list)
    done: bool = False
    after: Callable[[dict[str, Any]], None] = _nothing  # done with what it told

    def state(self) -> dict[str, Any]:
        """For the page."""
        return {
            **self.told,
            "number": self.number,
            "kind": self.kind,
            "about": self.about,
            "done": self.done,
            "remarks": list(self.remarks),
        }


class Jobs:
    """What is being done, one portrait at a time among it, and what was done last.

    Args:
        command: what runs a subcommand of `kiosk portraits`.
    """

    def __init__(
        self, command: Sequence[str] = (sys.executable, "-m", "kiosk", "portraits")
    ) -> None:
        self._command = list(command)
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._starting = threading.Lock()

    def start(
        self,
        kind: str,
        about: str,
        arguments: Sequence[str],
        *,
        key: str,
        after: Callable[[dict[str, Any]], None] = _nothing,
    ) -> Job:
        """Begin; the same work that is going on already is given back instead.

        Args:
            kind: the subcommand; ``--json`` is added.
            about: what it is done to, for people.
            arguments: what follows.
            key: what it is done to, for us.
            after: called at the end, in another thread, with what the work told.

        Raises:
            ControlError: too much is going on.
        """
        with self._starting:
            going = [job for job in self._jobs.values() if not job.done]
            for job in going:
                if (job.kind, job.key) == (kind, key):
                    if job.arguments == tuple(arguments):
                        return job
                    if kind != LONG:
                        self.stop(job.number)  # what is asked now is wanted
            if len(going) >= MOST or (kind == LONG and self.learning):
                named = going[0].about if self.learning is None else self.learning.about
                raise ControlError(f"{named} is being worked on; wait, or stop that first")
            process = subprocess.Popen(
                [*(NICE if kind == LONG else ()), *self._command, kind, *arguments, "--json"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True, encoding="utf-8", errors="replace",
            )  # fmt: skip
            job = Job(next(self._numbers), kind, about, key, tuple(arguments), process, after=after)
            self._jobs[job.number] = job
            for old in list(self._jobs)[:-KEPT]:
                if self._jobs[old].done:
                    del self._jobs[old]
        threading.Thread(target=_follow, args=(job,), name=f"job {job.number}", daemon=True).start()
        return job

    def get(self, number: int) -> Job:
        """One of them; raises `ControlError` if it is not known."""
        try:
            return self._jobs[number]
        except KeyError:
            raise ControlError(f"there is no job {number} any more; begin it again") from None

    @property
    def learning(self) -> Job | None:
        """The portrait that is being made."""
        jobs = list(self._jobs.values())
        return next((job for job in jobs if job.kind == LONG and not job.done), None)

    def stop(self, number: int) -> None:
        """Break one off; the same work goes on from there when it is begun again."""
        job = self.get(number)
        if not job.done:
            job.process.terminate()  # as Ctrl-C, for our command line

    def close(self) -> None:
        """Break all off."""
        going = [job for job in self._jobs.values() if not job.done]
        for job in going:
            job.process.terminate()
        for job in going:
            try:
                job.process.wait(END_S)
            except subprocess.TimeoutExpired:
                job.process.kill()


def _follow(job: Job) -> None:
    """Listen until it ends; what goes wrong becomes its fault."""
    assert job.process.stdout
    assert job.process.stderr
    last: deque[str] = deque(maxlen=1)
    errors = threading.Thread(target=last.extend, args=(job.process.stderr,), daemon=True)
    errors.start()
    for line in job.process.stdout:
        _hear(job, line)
    code = job.process.wait()
    errors.join(END_S)
    job.process.stdout.close()
    job.process.stderr.close()
    if code < 0 or code == 130:  # Ctrl-C's
        job.told["stopped"] = True
        job.told.setdefault("fault", "it was stopped; begun again, it goes on from there")
    elif code:
        words = last[0].strip() if last else f"it ended with code {code}"
        job.told.setdefault("fault", words.removeprefix("kiosk: "))
    try:
        job.after(job.state())
    except OSError as error:
        job.told.setdefault("fault", f"what was found cannot be kept: {error.strerror}; make room")
    finally:
        job.done = True
    logger.info("%s of %s: %s", job.kind, job.about, job.told.get("fault", "done"))


def _hear(job: Job, line: str) -> None:
    try:
        said = json.loads(line)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        logger.debug("job %d: %s", job.number, line.rstrip())
        return
    heard = [said.pop("remark", None), *said.pop("remarks", ())]
    job.remarks = [*job.remarks, *(str(each) for each in heard if each)][-MOST_REMARKS:]
    job.told |= said
