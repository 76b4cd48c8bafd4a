"""``kiosk install-service``: the kiosk under systemd."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from kiosk.errors import ServiceError
from kiosk.places import environment as own_environment


def install_service(
    user: Annotated[str, typer.Option(help="Who the kiosk runs as.")] = "kiosk",
    environment: Annotated[
        Path | None, typer.Option(help="The virtual environment; else the one that runs this.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be.")] = False,
    enable: Annotated[
        bool, typer.Option("--enable", help="Do what else there is to do, too: let it hang, now.")
    ] = False,
    root: Annotated[Path, typer.Option(help="Of the system; another one for images.")] = Path("/"),
) -> None:
    """Put units, timers, rules, users and settings where the system looks for them."""
    from kiosk.service.install import WISHES, carry_out, install, pieces, steps, unseen

    if enable and root != Path("/"):
        raise ServiceError(f"--enable is for the system that runs, not for one in {root}")
    program = (environment or own_environment()).absolute()
    if dry_run:
        for piece in pieces(program, user, root=root):
            typer.echo(f"{piece.path}:")
            typer.echo("".join(f"    {line}\n" for line in piece.content.splitlines()))
    else:
        written = install(program, user, root=root)
        for path in written:
            typer.echo(f"wrote {path}")
        if not written:
            typer.echo("all is in its place already")
    if hidden := unseen(program, program.resolve(), Path(sys.base_prefix)):
        typer.echo(
            f"beware: the units cannot see {hidden}; install under /opt, with a Python in /usr"
        )
    lines = steps("nvidia" if shutil.which("nvidia-smi") else "other")
    done = enable and not dry_run
    typer.echo("now:" if done else "then, as root, or with --enable:")
    for line in carry_out(lines) if done else lines:
        typer.echo(f"    {line}")
    typer.echo("and, if wanted:")
    for line in WISHES:
        typer.echo(f"    {line}")
