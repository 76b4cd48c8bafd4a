"""What ``kiosk portraits add`` tells of its work: to a person, or line by line to a program.

For programs each line of the standard output is one JSON object; `docs/packs.md` says which.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from rich.console import Console

from kiosk.cli.lines import faults_as_lines, write_line
from kiosk.cli.progress import Show, progress_bar
from kiosk.curation.timetable import Progress, Timetable

EVERY_S = 0.5  # between two lines of one stage


@dataclass(frozen=True, slots=True)
class State:
    """How far the work is."""

    stage: str
    share: float  # of everything, 0 to 1
    left_s: float | None
    preview: str | None
    error: float | None  # of what is learnt


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    id: str
    folder: Path  # of the pack
    warnings: tuple[str, ...]  # everything that was noticed in the picture
    report: Path  # its page


class Listener(Protocol):
    """Whoever is told."""

    def show(self, state: State) -> None:
        """How far the work is."""

    def remark(self, words: str) -> None:
        """What was noticed."""

    def end(self, outcome: Outcome) -> None:
        """What came of it."""


class Teller:
    """Tells a listener what the work reports.

    Args:
        listener: told.
        timetable: knows the time that is left.
    """

    def __init__(self, listener: Listener, timetable: Timetable) -> None:
        self._listener, self._timetable = listener, timetable

    def __call__(self, done: Progress) -> None:
        """One report."""
        if done.remark is not None:
            self.remark(done.remark)
            return
        share, left_s = self._timetable.at(done.stage, done.part)
        preview = None if done.preview is None else str(done.preview.resolve())
        self._listener.show(State(done.stage, share, left_s, preview, done.error))

    def fetch(self, what: str, part: float) -> None:
        """The same, of a picture that is fetched."""
        self(Progress(what, part))

    def remark(self, words: str) -> None:
        """What was noticed."""
        self._listener.remark(words)


class Person:
    """A bar, and lines above it."""

    def __init__(self, name: str, console: Console, bar: Show) -> None:
        self._name, self._console, self._bar = name, console, bar
        self._preview: str | None = None

    def show(self, state: State) -> None:
        """See `Listener`; the preview's place is said once."""
        if state.preview is not None and self._preview is None:
            self._preview = state.preview
            self.remark(f"as it is learnt: {state.preview}")
        error = "" if state.error is None else f", error {state.error:.3f}"
        self._bar(state.stage + error, state.share, state.left_s)

    def remark(self, words: str) -> None:
        """See `Listener`."""
        self._console.print(f"{self._name}: {words}", markup=False)

    def end(self, outcome: Outcome) -> None:
        """See `Listener`."""
        see = f"kiosk run --portrait {outcome.id}"
        self._console.print(f"{outcome.id} hangs in {outcome.folder}; see it: {see}", markup=False)
        self._console.print(f"what came of it: {outcome.report}", markup=False)


class Program:
    """Lines of JSON; of one stage no more than about two a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stage, self._told_at = "", 0.0

    def show(self, state: State) -> None:
        """See `Listener`."""
        now = self._clock()
        if state.stage == self._stage and now - self._told_at < EVERY_S:
            return
        self._stage, self._told_at = state.stage, now
        rounded = {"share": round(state.share, 4)}
        if state.left_s is not None:
            rounded["left_s"] = round(state.left_s, 1)
        if state.error is not None:
            rounded["error"] = round(state.error, 4)
        write_line(asdict(state) | rounded)

    def remark(self, words: str) -> None:
        """See `Listener`."""
        write_line({"remark": words})

    def end(self, outcome: Outcome) -> None:
        """See `Listener`."""
        places = {"folder": str(outcome.folder), "report": str(outcome.report)}
        write_line(asdict(outcome) | places)


@contextmanager
def told_to_person(name: str) -> Iterator[Listener]:
    """A bar while the work lasts."""
    console = Console(soft_wrap=True, highlight=False)
    with progress_bar(console, f"{name}: stopped; the same command goes on from here") as bar:
        yield Person(name, console, bar)


@contextmanager
def told_to_program() -> Iterator[Listener]:
    """Lines while the work lasts; a fault is one, too."""
    with faults_as_lines():
        yield Program()
