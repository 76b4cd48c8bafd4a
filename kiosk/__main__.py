"""The command line's door: what goes wrong becomes one line and an exit code.

Each command lives in its own module of `kiosk.cli`, whose heavy imports wait until it runs.
"""

import logging
import sys

import typer
from rich.console import Console

from kiosk.cli import bench, demo, portraits, run
from kiosk.errors import KioskError

FAULT = 2
INTERRUPTED = 130

app = typer.Typer(
    name="kiosk",
    help="A portrait that notices its visitor and comes alive.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(run.run)
app.command("demo")(demo.demo)
app.command("bench")(bench.bench)
app.add_typer(portraits.app, name="portraits")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code.

    Args:
        arguments: without the program's name; None takes the process's own.
    """
    given = sys.argv[1:] if arguments is None else arguments
    try:
        return int(app(given, standalone_mode=False) or 0)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if "--debug" in given:
            raise
        return _explain(error)


def _explain(error: Exception) -> int:
    """Say in one line what went wrong; returns the exit code."""
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    show = getattr(error, "format_message", None)  # the command line itself was wrong
    if show is not None:
        console.print(f"kiosk: {show()}", markup=False)
        return FAULT
    if isinstance(error, KioskError):
        console.print(f"kiosk: {error}", markup=False)
        return FAULT
    logging.getLogger(__name__).debug("unforeseen", exc_info=error)
    console.print(
        f"kiosk: {type(error).__name__}: {error} (a fault of ours; --debug shows where)",
        markup=False,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
