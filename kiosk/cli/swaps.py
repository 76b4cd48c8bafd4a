"""``kiosk bench --swaps``: portraits changed while the road runs, and what came of it."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from kiosk.cli.options import read_alone

if TYPE_CHECKING:
    from kiosk.bench.swaps import SwapFigures

FAULT = 2


def bench_swaps(
    config: Path | None,
    portrait: str | None,
    camera: str,
    size: str | None,
    *,
    count: int,
    as_json: bool,
) -> None:
    """Import and roll back so often while the road runs; exit code 2 if something was not hung."""
    from kiosk.bench.swaps import run_swaps

    figures = run_swaps(read_alone(config, portrait, camera, size), count=count)
    if as_json:
        typer.echo(json.dumps(asdict(figures), indent=2))
    else:
        print_swaps(figures)
    if figures.failures:
        raise typer.Exit(FAULT)


def print_swaps(figures: "SwapFigures") -> None:
    """A line, whatever failed, and what the process held on its way."""
    console = Console(soft_wrap=True, highlight=False)
    pauses = ", ".join(f"{name} {value:.0f}" for name, value in figures.pause_ms.items())
    console.print(
        f"{figures.size} on {figures.engine}: {figures.hung} of {figures.swaps} hung in "
        f"{figures.seconds:.0f} s, {figures.fps:.1f} frames/s, pauses in ms: {pauses}"
    )
    for failure in figures.failures:
        console.print(f"failed: {failure}", markup=False)
    table = Table("changes", "MB", "open files", "threads")
    for held in figures.held:
        row = (held.swaps, f"{held.rss_mb:.0f}", held.descriptors, held.threads)
        table.add_row(*(str(value) for value in row))
    console.print(table)
