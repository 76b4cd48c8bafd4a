"""The command line's door: what goes wrong becomes one line and an exit code.

Each command lives in its own module of `kiosk.cli`, whose heavy imports wait until it runs.
"""

import logging
import signal
import sys

import typer
from rich.console import Console

from kiosk.cli import (
    add,
    bench,
    config_file,
    console,
    demo,
    doctor,
    engines,
    install_service,
    look,
    paint,
    performances,
    portraits,
    recover,
    run,
    screen,
    status,
    train,
)
from kiosk.errors import KioskError
from kiosk.service.caches import settle_caches

logger = logging.getLogger(__name__)

FAULT = 2
DEBUG = "--debug"
INTERRUPTED = 130

app = typer.Typer(
    name="kiosk",
    help="A portrait that notices its visitor and comes alive.",
    epilog="--debug, with any command, tells more and shows where a fault arose.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("run")(run.run)
app.command("console")(console.console)
app.command("status")(status.status)
app.command("screen")(screen.screen)
app.command("doctor")(doctor.doctor)
app.command("recover")(recover.recover)
app.command("install-service")(install_service.install_service)
app.command("demo")(demo.demo)
app.command("bench")(bench.bench)
app.command("paint")(paint.paint)
portraits.app.command("add")(add.add_portrait)
portraits.app.command("look")(look.look_at_picture)
portraits.app.command("record")(performances.record_performance)
portraits.app.command("performances")(performances.list_performances)
portraits.app.command("forget")(performances.forget_performance)
portraits.app.command("ambience")(performances.set_ambience)
app.add_typer(config_file.app, name="config")
app.add_typer(portraits.app, name="portraits")
app.add_typer(engines.app, name="engines")
app.add_typer(train.app, name="train")


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code.

    Args:
        arguments: without the program's name; None takes the process's own.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    debug = DEBUG in given
    set_up_log(debug=debug)
    settle_caches()
    # systemd's way to end a service: as clean an end as Ctrl-C
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return int(app([word for word in given if word != DEBUG], standalone_mode=False) or 0)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        if debug:
            logger.exception("ended by")
        return explain(error)


def set_up_log(*, debug: bool) -> None:
    """Log to the terminal: what is ours from INFO, of others only what went wrong."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)
    logging.getLogger("kiosk").setLevel(logging.DEBUG if debug else logging.INFO)


def explain(error: Exception) -> int:
    """Say in one line what went wrong; returns the exit code."""
    complaint = getattr(error, "format_message", None)  # of the command line, by typer
    if complaint is not None:
        print(complaint(), file=sys.stderr)  # noqa: T201
        return FAULT
    if isinstance(error, KioskError):
        say(str(error))
        return FAULT
    say(f"{type(error).__name__}: {error} (a fault of ours; {DEBUG} shows where)")
    return 1


def say(line: str) -> None:
    """One line for the user."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(f"kiosk: {line}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
