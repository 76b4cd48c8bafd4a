"""``kiosk install-service``: the kiosk under systemd."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from kiosk.config import PROJECT


def install_service(
    user: Annotated[str, typer.Option(help="Who the kiosk runs as.")] = "kiosk",
    folder: Annotated[Path, typer.Option(help="Where the program lies.")] = PROJECT,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be.")] = False,
    root: Annotated[Path, typer.Option(help="Of the system; another one for images.")] = Path("/"),
) -> None:
    """Put units, timers, rules and users where systemd looks for them."""
    from kiosk.service.install import install, next_steps, pieces

    if dry_run:
        for piece in pieces(folder.resolve(), user, root=root):
            typer.echo(f"{piece.path}:")
            typer.echo("".join(f"    {line}\n" for line in piece.content.splitlines()))
    else:
        written = install(folder.resolve(), user, root=root)
        for path in written:
            typer.echo(f"wrote {path}")
        if not written:
            typer.echo("all is in its place already")
    card = "nvidia" if shutil.which("nvidia-smi") else "other"
    typer.echo("then, as root:")
    for line in next_steps(card):
        typer.echo(f"    {line}")
