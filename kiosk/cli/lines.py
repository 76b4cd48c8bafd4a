"""What a command tells a program: JSON, one object a line, each at once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer

from kiosk.errors import KioskError


def write_line(record: dict[str, Any]) -> None:
    """One object."""
    typer.echo(json.dumps(record, ensure_ascii=False))


@contextmanager
def faults_as_lines(wanted: bool = True) -> Iterator[None]:
    """What goes wrong within the block is a line, too: ``{"fault": "..."}``."""
    try:
        yield
    except KioskError as fault:
        if wanted:
            write_line({"fault": str(fault)})
        raise
