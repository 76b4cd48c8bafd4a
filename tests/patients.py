"""A machine that is made up, for the doctor to look at."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kiosk.doctor.finding import Finding, Verdict
from kiosk.doctor.machine import Machine, Running

STATUS = {
    "portrait": "mona", "engine": "cpu", "fps": 29.6, "latency_ms": 51.2, "faults": [],
}  # fmt: skip
RUNNING = Running(STATUS, lambda: None)


def bare_machine(root: Path) -> Machine:
    """Without devices and programs; ann may use and write everything."""
    return Machine(root=root, may=lambda *_: True, user="ann", run=commands(), env={})


def commands(**answers: str) -> Callable[[Sequence[str]], str | None]:
    """Programs that print so; the others are not there."""
    return lambda command: answers.get(command[0].replace("-", "_"))


def place(machine: Machine, path: str, text: str = "") -> None:
    """A file, and what it says."""
    file = machine.at(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def read(found: Iterator[Finding]) -> dict[str, tuple[str, str]]:
    """Verdict and words of each; a fault or a warning says what to do."""
    told = {}
    for each in found:
        assert bool(each.todo) == (each.verdict is not Verdict.OK), each
        assert "\n" not in each.words + each.todo
        told[each.what] = (each.verdict.value, each.words)
    return told
