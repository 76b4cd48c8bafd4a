"""A bar for work that takes minutes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Report = Callable[[str, float], None]


@contextmanager
def progress_bar(console: Console, interrupted: str) -> Iterator[Report]:
    """Shows what is done and the share of everything, 0 to 1.

    Args:
        console: where.
        interrupted: what to say when Ctrl-C ends it.
    """
    columns = (
        TextColumn("{task.description:>22}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(elapsed_when_finished=True),
    )  # fmt: skip
    with Progress(*columns, console=console, speed_estimate_period=120) as bar:
        task = bar.add_task("beginning", total=1.0)
        try:
            yield lambda what, share: bar.update(task, description=what, completed=share)
        except KeyboardInterrupt:
            bar.stop()
            console.print(interrupted, markup=False)
            raise
