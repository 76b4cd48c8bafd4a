"""``kiosk bench``: how fast this machine is: its engines, the road, screens, faces in view."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from kiosk.cli.lag import bench_lag
from kiosk.cli.options import CameraSource, ConfigPath, PortraitId, Size, read_alone
from kiosk.cli.soak import bench_soak
from kiosk.cli.swaps import bench_swaps
from kiosk.errors import ConfigError

SIZES = ("720x1280", "1080x1920", "1440x2560", "2160x3840")
MOST_FACES = 6
PASSES, FRAMES = 300, 90
COMPARED = ("p50", "p95")

Figures = dict[str, Any]


def bench(
    config: ConfigPath = None,
    portrait: PortraitId = None,
    camera: CameraSource = None,
    size: Size = None,
    seconds: Annotated[float, typer.Option(min=1, help="Of the road, for each size.")] = 15.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print all figures as JSON.")] = False,
    against: Annotated[
        Path | None, typer.Option(help="An earlier run's JSON: print ratios to it.")
    ] = None,
    swaps: Annotated[
        int | None,
        typer.Option(min=1, help="Instead: change what hangs so often, and see what leaks."),
    ] = None,
    lag: Annotated[
        bool, typer.Option("--lag", help="Instead: how late the portrait is behind the clip.")
    ] = False,
    soak_hours: Annotated[
        float | None,
        typer.Option("--soak", min=0.001, metavar="HOURS", help="Instead: run, with faults."),
    ] = None,
    faults_every: Annotated[
        float, typer.Option(min=0, help="Of --soak: mean seconds between two; 0: none.")
    ] = 60.0,
) -> None:
    """Measure every engine, the road on screens of several sizes, and tracking by faces."""
    if swaps is not None:
        bench_swaps(config, portrait, camera or "demo", size, count=swaps, as_json=as_json)
        return
    if lag:
        bench_lag(config, portrait, camera or "demo", size, seconds=seconds, as_json=as_json)
        return
    if soak_hours is not None:
        bench_soak(config, portrait, camera or "demo", size, hours=soak_hours, every_s=faults_every)
        return
    before = None if against is None else read_figures(against)
    figures = measure(config, portrait, camera or "demo", size, seconds)
    if as_json:
        typer.echo(json.dumps(figures, indent=2))
    else:
        _print(figures)
    if before is not None:
        for line in compare(figures, before):
            typer.echo(line, err=as_json)


def measure(
    config: Path | None, portrait: str | None, camera: str, size: str | None, seconds: float
) -> Figures:
    """All figures, as they stand in the file."""
    from kiosk.bench.engines import time_engines
    from kiosk.bench.machine import describe_machine
    from kiosk.bench.road import time_faces, time_road
    from kiosk.camera.source import clip_path
    from kiosk.portraits.store import choose_pack
    from kiosk.sitter import rig_of

    settings = read_alone(config, portrait, camera, None)
    sizes = [size] if size else SIZES
    roads = [read_alone(config, portrait, camera, each) for each in sizes]
    clip_path(camera)  # what is wrong is told before anything is measured
    pack = choose_pack(settings.portraits)
    _say("engines, in turns")
    engines = time_engines(pack, rig_of(pack), settings.generator, passes=PASSES)
    driven, faces = [], []
    for each, road in zip(sizes, roads, strict=True):
        _say(f"the road at {each}, {seconds:g} s")
        driven.append(time_road(road, seconds=seconds))
    for count in range(1, MOST_FACES + 1):
        _say(f"{count} faces in view")
        faces.append(time_faces(settings.tracking, camera, count=count, frames=FRAMES))
    return {
        "machine": describe_machine(),
        "portrait": pack.meta.id,
        "engines": [asdict(each) for each in engines],
        "road": [asdict(each) for each in driven],
        "faces": [asdict(each) for each in faces],
    }


def _say(what: str) -> None:
    """A plain line: whatever moves on the screen would be measured, too."""
    typer.echo(what, err=True)


def read_figures(path: Path) -> Figures:
    """An earlier run's.

    Raises:
        ConfigError: it is no such file.
    """
    try:
        figures = json.loads(path.read_text(encoding="utf-8"))
        for row in figures["engines"]:
            _ = row["name"], [row["generator_ms"][key] / 1 for key in COMPARED]
        for row in figures["road"]:
            _ = row["size"], row["engine"], row["fps"] / 1
            _ = [row["latency_ms"][key] / 1 for key in COMPARED]
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}: holds no figures; make it with kiosk bench --json") from error
    return dict(figures)


def compare(now: Figures, before: Figures) -> list[str]:
    """Ratios of what both have: below 1 is less time, or fewer frames."""
    lines = []
    if now["machine"] != before.get("machine"):
        lines.append("the earlier run was made on another machine, or with other versions")
    engines = {row["name"]: row for row in before["engines"]}
    for row in now["engines"]:
        if old := engines.get(row["name"]):
            told = _ratios(row["generator_ms"], old["generator_ms"])
            lines.append(f"{row['name']}: a pass takes {told}")
    roads = {(row["size"], row["engine"]): row for row in before["road"]}
    for row in now["road"]:
        if old := roads.get((row["size"], row["engine"])):
            told = _ratios(row["latency_ms"], old["latency_ms"])
            rate = row["fps"] / max(old["fps"], 1e-9)
            lines.append(f"{row['size']} on {row['engine']}: {rate:.2f} frames, latency {told}")
    return lines


def _ratios(now: dict[str, float], before: dict[str, float]) -> str:
    told = (f"{key} {now[key] / max(before[key], 1e-9):.2f}" for key in COMPARED)
    return " ".join(told)


def _print(figures: Figures) -> None:
    console = Console()
    machine = ", ".join(f"{name} {value}" for name, value in figures["machine"].items())
    console.print(f"{figures['portrait']}; {machine}", highlight=False)
    engines = Table("engine", "p50 ms", "p95 ms", "GFLOP", "parameters", "agrees")
    for row in figures["engines"]:
        times = (f"{row['generator_ms'][key]:.2f}" for key in ("p50", "p95"))
        agrees = "yes" if row["agrees"] else row["reason"]
        engines.add_row(row["name"], *times, f"{row['gflop']:.2f}", f"{row['parameters']}", agrees)
    road = Table("road", "engine", "frames/s", "latency p50 ms", "p95", "p99", "stages p50", "MB")
    for row in figures["road"]:
        times = (f"{row['latency_ms'][key]:.0f}" for key in ("p50", "p95", "p99"))
        stages = " ".join(f"{name} {each['p50']:.1f}" for name, each in row["stages_ms"].items())
        memory = f"{row['rss_mb']:.0f}"
        road.add_row(row["size"], row["engine"], f"{row['fps']:.1f}", *times, stages, memory)
    faces = Table("faces in view", "found", "tracking p50 ms", "p95")
    for row in figures["faces"]:
        times = (f"{row['tracking_ms'][key]:.1f}" for key in ("p50", "p95"))
        faces.add_row(str(row["faces"]), f"{row['found']:.1f}", *times)
    for table in (engines, road, faces):
        console.print(table)
