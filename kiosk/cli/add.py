"""``kiosk portraits add``: a picture becomes a portrait."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from kiosk.cli.options import ConfigPath, FacePoints
from kiosk.cli.progress import Report, progress_bar
from kiosk.config import load_config
from kiosk.errors import ConfigError

Options = dict[str, Any]


def add_portrait(
    name: Annotated[str, typer.Option("--id", help="Its folder's name: a-z, 0-9 and hyphens.")],
    image: Annotated[
        Path | None, typer.Argument(metavar="IMAGE", help="The picture, of any format.")
    ] = None,
    iiif: Annotated[
        str | None, typer.Option(metavar="URL", help="Of a museum's IIIF manifest, for IMAGE.")
    ] = None,
    canvas: Annotated[int, typer.Option(min=1, help="Which picture of the manifest.")] = 1,
    title: Annotated[str, typer.Option(help="Of the artwork, in English.")] = "",
    artist: Annotated[str, typer.Option(help="Of the artwork.")] = "",
    minutes: Annotated[float, typer.Option(min=0.2, max=600, help="Time for learning.")] = 10.0,
    face: Annotated[int | None, typer.Option(min=1, help="Which face, from the left.")] = None,
    points: FacePoints = None,
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
    from kiosk.portraits.meta import Label

    if (image is None) == (iiif is None):
        raise ConfigError("give a picture's file, or --iiif and the address of a manifest")
    console = Console(soft_wrap=True, highlight=False)
    said: Options = {"rights": rights, "provenance": provenance, "label": Label()}
    with progress_bar(console, f"{name}: stopped; the same command goes on from here") as show:
        if iiif is not None:
            image, found = _from_catalogue(iiif, canvas, console, show)
            said = found | {key: text for key, text in said.items() if text and key != "label"}
        assert image is not None
        words = {"title": title, "artist": artist}
        given = {key: {"en": text} for key, text in words.items() if text}
        said["label"] = said["label"].model_copy(update=given)
        commission = Commission(
            image=image, id=name, minutes=minutes, face=face, points=points, seed=seed,
            replace=replace, also=also, strict=strict, **said,
        )  # fmt: skip
        folder = load_config(config).portraits.folder
        study = add_portrait(commission, folder, lambda done: show(done.stage, done.share))
    for warning in study.warnings:
        console.print(f"{name}: {warning}", markup=False)
    console.print(f"{name} hangs in {folder / name}; see it: kiosk run --portrait {name}")
    console.print(f"judge it: kiosk train evaluate --portrait {name} --report out/{name}")


def _from_catalogue(
    url: str, canvas: int, console: Console, report: Report
) -> tuple[Path, Options]:
    """The picture of a manifest, and what a commission says of it."""
    from kiosk.curation.catalogue import fetch_artwork

    found = fetch_artwork(url, canvas, report)
    entry = found.entry
    for warning in entry.warnings:
        console.print(warning, markup=False)
    return found.picture, {
        "label": entry.label,
        "rights": entry.rights,
        "required_statement": entry.required_statement,
        "homepage": entry.homepage,
        "provenance": found.provenance,
    }
