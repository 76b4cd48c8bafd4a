"""``kiosk doctor``: looks at everything that a kiosk needs, and says what to do."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.options import ConfigPath
from kiosk.config import Config, load_config
from kiosk.errors import ConfigError

if TYPE_CHECKING:
    from kiosk.doctor.finding import Finding

FAULTY = 2


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For programs: a list.")] = False,
    config: ConfigPath = None,
) -> None:
    """Look at camera, light, GPU, display, sound, packs, disk, clock, service; 2 if one fails."""
    from kiosk.doctor.finding import Verdict

    found = []
    for finding in _examine(config):
        found.append(finding)
        if not as_json:
            typer.echo(f"{finding.verdict.value:<8} {finding.what}: {finding.words}")
            if finding.todo:
                typer.echo(f"{'':<8} -> {finding.todo}")
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], indent=2, ensure_ascii=False))
    if any(each.verdict is Verdict.FAULT for each in found):
        raise typer.Exit(FAULTY)


def _examine(path: Path | None) -> "Iterator[Finding]":
    """With settings that are wrong, the rest is looked at by the defaults."""
    from kiosk.control.place import socket_to_ask
    from kiosk.doctor.examine import examine
    from kiosk.doctor.finding import fault
    from kiosk.doctor.machine import Machine, find_kiosk

    try:
        settings = load_config(path)
    except ConfigError as error:
        settings = Config()
        yield fault("settings", str(error), "correct it; the rest was looked at by the defaults")
    running, silent = find_kiosk(socket_to_ask(settings.console.socket))
    yield from examine(Machine(settings, running, silent))
