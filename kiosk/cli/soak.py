"""``kiosk bench --soak``: a long run with faults on purpose."""

import json
import logging
from dataclasses import asdict
from pathlib import Path

import typer

from kiosk.cli.options import Tables, read_config, read_size


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

    changes: Tables = {
        "camera": {"source": camera},
        "portraits": {"portrait": portrait, "playlist": (), "gallery": ()},
        "display": dict(read_size(size or "360x640")),
    }
    logging.getLogger("kiosk").setLevel(logging.ERROR)
    figures = soak(read_config(config, changes), seconds=3600 * hours, every_s=every_s)
    typer.echo(json.dumps(asdict(figures), indent=2))
