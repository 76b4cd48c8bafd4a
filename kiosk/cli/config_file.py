"""``kiosk config``: the settings' file, after an update."""

import difflib
from pathlib import Path
from typing import Annotated

import typer

from kiosk.config import find_config
from kiosk.errors import ConfigError

app = typer.Typer(help="The settings' file.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The settings' file."""


@app.command("migrate")
def migrate(
    path: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Else the one that counts here.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Do it; the old one is kept.")] = False,
) -> None:
    """Show what an older version's settings are called now; with --write, rewrite the file."""
    from kiosk.service.config_file import migrated, save

    found = path or find_config()
    if found is None:
        raise ConfigError("there is no config.toml here; give the file")
    text, remarks = migrated(found)
    for remark in remarks:
        typer.echo(f"{found}: {remark}")
    if not remarks:
        typer.echo(f"{found}: is as this version writes it")
    elif write:
        typer.echo(f"{found}: rewritten; the old one is {save(found, text)}")
    else:
        old = found.read_text(encoding="utf-8")
        lines = difflib.unified_diff(old.splitlines(), text.splitlines(), "old", "new", lineterm="")
        typer.echo("\n".join(lines))
        typer.echo("nothing was written; --write does it")
