"""``kiosk portraits add``: a picture becomes a portrait."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kiosk.cli.options import ConfigPath
from kiosk.cli.progress import progress_bar
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
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse an --also folder not all of which is of use.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="An older pack of this id.")] = False,
    config: ConfigPath = None,
) -> None:
    """Make a portrait of a picture; Ctrl-C stops, the same command goes on."""
    from kiosk.curation.add import add_portrait
    from kiosk.curation.commission import Commission

    commission = Commission(
        image=image, id=name, minutes=minutes, title=title, artist=artist,
        rights=rights, face=face, seed=seed, provenance=provenance, replace=replace, also=also,
        strict=strict,
    )  # fmt: skip
    folder = load_config(config).portraits.folder
    console = Console(soft_wrap=True, highlight=False)
    with progress_bar(console, f"{name}: stopped; the same command goes on from here") as show:
        study = add_portrait(commission, folder, lambda done: show(done.stage, done.share))
    for warning in study.warnings:
        console.print(f"{name}: {warning}", markup=False)
    console.print(f"{name} hangs in {folder / name}; see it: kiosk run --portrait {name}")
