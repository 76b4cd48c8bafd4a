"""``kiosk bench --soak``: a long run with faults on purpose."""

import json
import logging
from dataclasses import asdict
from pathlib import Path

import typer

from kiosk.cli.options import read_alone

SIZE = "360x640"  # what is shown matters less than that it is


def bench_soak(
    config: Path | None,
    portrait: str | None,
    camera: str,
    size: str | None,
    *,
    hours: float,
    every_s: float,
) -> None:
    """Run the road for so many hours, and print what came of it as JSON."""
    from kiosk.bench.soak import soak

    settings = read_alone(config, portrait, camera, size or SIZE)
    logging.getLogger("kiosk").setLevel(logging.ERROR)
    figures = soak(settings, seconds=3600 * hours, every_s=every_s)
    typer.echo(json.dumps(asdict(figures), indent=2))
