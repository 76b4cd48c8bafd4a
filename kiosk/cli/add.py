"""``kiosk portraits add``: a picture becomes a portrait."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from kiosk.cli.options import ConfigPath
from kiosk.config import load_config


def add_portrait(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="The picture, of any format.")],
    name: Annotated[str, typer.Option("--id", help="Its folder's name: a-z, 0-9 and hyphens.")],
    title: Annotated[str, typer.Option(help="Of the artwork, in English.")] = "",
    artist: Annotated[str, typer.Option(help="Of the artwork.")] = "",
    minutes: Annotated[float, typer.Option(min=0.2, max=600, help="Time for learning.")] = 10.0,
    face: Annotated[int | None, typer.Option(min=1, help="Which face, from the left.")] = None,
    rights: Annotated[str, typer.Option(help="creativecommons.org or rightsstatements.org.")] = "",
    provenance: Annotated[str, typer.Option(help="Where the picture is from.")] = "",
    seed: Annotated[int, typer.Option(help="The same seed draws the same motions.")] = 0,
    also: Annotated[
        Path | None, typer.Option(help="A folder of further pictures or films of the sitter.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="An older pack of this id.")] = False,
    config: ConfigPath = None,
) -> None:
    """Make a portrait of a picture; Ctrl-C stops, the same command goes on."""
    from kiosk.curation.add import add_portrait
    from kiosk.curation.commission import Commission

    commission = Commission(
        image=image, id=name, minutes=minutes, title=title, artist=artist,
        rights=rights, face=face, seed=seed, provenance=provenance, replace=replace, also=also,
    )  # fmt: skip
    folder = load_config(config).portraits.folder
    console = Console(soft_wrap=True, highlight=False)
    columns = (
        TextColumn("{task.description:>22}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(elapsed_when_finished=True),
    )  # fmt: skip
    with Progress(*columns, console=console, speed_estimate_period=120) as bar:
        task = bar.add_task("looking", total=1.0)
        try:
            study = add_portrait(
                commission,
                folder,
                lambda done: bar.update(task, description=done.stage, completed=done.share),
            )
        except KeyboardInterrupt:
            bar.stop()
            console.print(f"{name}: stopped; the same command goes on from here", markup=False)
            raise
    for warning in study.warnings:
        console.print(f"{name}: {warning}", markup=False)
    console.print(f"{name} hangs in {folder / name}; see it: kiosk run --portrait {name}")
