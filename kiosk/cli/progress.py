"""A bar for work that takes minutes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

Report = Callable[[str, float], None]


class Show(Protocol):
    """Shows what is done."""

    def __call__(self, what: str, share: float, left_s: float | None = None, /) -> None:
        """The share of everything, 0 to 1, and the seconds left, where somebody knows them."""


@contextmanager
def progress_bar(console: Console, interrupted: str) -> Iterator[Show]:
    """Shows what is done and the share of everything, 0 to 1.

    Args:
        console: where.
        interrupted: what to say when Ctrl-C ends it.
    """
    columns = (
        TextColumn("{task.description:>22}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(), TextColumn("left"), _LeftColumn(elapsed_when_finished=True),
    )  # fmt: skip
    with Progress(*columns, console=console, speed_estimate_period=120) as bar:
        task = bar.add_task("beginning", total=1.0, ends_at=None)

        def show(what: str, share: float, left_s: float | None = None, /) -> None:
            ends_at = None if left_s is None else bar.get_time() + left_s
            bar.update(task, description=what, completed=share, ends_at=ends_at)

        try:
            yield show
        except KeyboardInterrupt:
            bar.stop()
            console.print(interrupted, markup=False)
            raise


class _LeftColumn(TimeRemainingColumn):
    """The time left as it was told; else as the bar's own pace has it."""

    def render(self, task: Task) -> Text:
        ends_at = task.fields["ends_at"]
        if ends_at is None or task.finished:
            return super().render(task)
        minutes, seconds = divmod(max(0, round(ends_at - task.get_time())), 60)
        hours, minutes = divmod(minutes, 60)
        return Text(f"{hours:d}:{minutes:02d}:{seconds:02d}", style="progress.remaining")
