"""``kiosk bench --lag``: how late the portrait is behind whoever moves it."""

import json
from dataclasses import asdict
from pathlib import Path

import typer

from kiosk.cli.options import read_alone

SIZE = "360x640"  # every picture is kept


def bench_lag(
    config: Path | None,
    portrait: str | None,
    camera: str,
    size: str | None,
    *,
    seconds: float,
    as_json: bool,
) -> None:
    """Run the road with a clip, read visitor and portrait off the pictures, tell the best lag."""
    from kiosk.bench.lag import time_lag

    figures = time_lag(read_alone(config, portrait, camera, size or SIZE), seconds=seconds)
    if as_json:
        typer.echo(json.dumps(asdict(figures), indent=2))
        return
    latency = figures.latency_ms
    typer.echo(
        f"{figures.clip}: {figures.whole_frames} frames of 1/30 s behind the visitor, "
        f"{figures.motion_frames} of them by motion (mean r {figures.r:.2f}); "
        f"capture to composed {latency['p50']:.0f} ms p50, {latency['p95']:.0f} p95; "
        f"{figures.pictures} pictures, {figures.fps:.1f} a second"
    )
