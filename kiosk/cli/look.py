"""``kiosk portraits look``: a picture before the work."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.lines import faults_as_lines, write_line
from kiosk.cli.options import (
    FacePoints,
    Manifest,
    ManifestCanvas,
    PictureFile,
    check_one_source,
    check_writable,
)

if TYPE_CHECKING:
    from kiosk.curation.study import Study

Record = dict[str, Any]


def look_at_picture(
    image: PictureFile = None,
    iiif: Manifest = None,
    canvas: ManifestCanvas = 1,
    out: Annotated[Path, typer.Option(help="Where the preview goes: a .png file.")] = Path(
        "out/preview.png"
    ),
    face: Annotated[int | None, typer.Option(min=1, help="Which face, from the left.")] = None,
    points: FacePoints = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Look at a picture before making a portrait of it: a preview, and what may disappoint."""
    from kiosk.curation.preview import save_preview
    from kiosk.curation.study import study_picture

    with faults_as_lines(as_json):
        check_one_source(image, iiif)
        check_writable(out)
        known = _catalogued(iiif, canvas) if iiif is not None else {"picture": str(image)}
        if as_json:
            write_line({**known, "face": face})
        picture = Path(known["picture"])
        study = study_picture(picture, face, points)
        save_preview(study, out)
    if as_json:
        write_line({"remarks": study.warnings, "preview": str(out), "points": _places(study)})
        return
    for remark in study.warnings or ("nothing speaks against it",):
        typer.echo(f"{picture.name}: {remark}")
    typer.echo(f"preview: {out}")


def _catalogued(url: str, canvas: int) -> Record:
    """The picture of a manifest, and its label."""
    from kiosk.curation.catalogue import fetch_artwork

    found = fetch_artwork(url, canvas)
    label = found.entry.label
    return {"picture": str(found.picture), "title": label.title, "artist": label.artist}


def _places(study: "Study") -> dict[str, list[float]]:
    """Where the named parts of the face were found, pixels of the picture."""
    from kiosk.curation.placed import POINTS

    left, top, side = study.canvas
    artwork = (study.landmarks[:, :2] + 1) / 2 * side + (left, top)
    return {name: [round(float(x), 1) for x in artwork[n]] for name, n in POINTS.items()}
