"""``kiosk bench``: how fast this machine is, stage by stage. Figures, no judgement."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from kiosk.cli.options import (
    CameraSource,
    ConfigPath,
    PortraitId,
    Size,
    Tables,
    read_config,
    read_size,
)


def bench(
    config: ConfigPath = None,
    portrait: PortraitId = None,
    camera: CameraSource = None,
    size: Size = None,
    seconds: Annotated[float, typer.Option(min=1, help="How long to measure.")] = 20.0,
) -> None:
    """Run the road without a screen and print rates and times."""
    from kiosk.cli.run import show_portrait

    changes: Tables = {
        "camera": {"source": camera or "demo"},
        "portraits": {"portrait": portrait},
        "display": dict(read_size(size)),
    }
    report = show_portrait(read_config(config, changes), offscreen=True, seconds=seconds)
    table = Table("", "p50 ms", "p95 ms", "p99 ms", title=f"{report.portrait} on {report.engine}")
    for name, times in {**report.stages_ms, "capture to composed": report.latency_ms}.items():
        table.add_row(name, *(f"{times[key]:.1f}" for key in ("p50", "p95", "p99")))
    console = Console()
    console.print(table)
    figures = asdict(report)
    for name in ("fps", "frames_shown", "dropped", "rss_mb"):
        console.print(f"{name}: {figures[name]}", highlight=False)
