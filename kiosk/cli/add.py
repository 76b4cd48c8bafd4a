"""``kiosk portraits add``: a picture becomes a portrait."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.options import (
    ConfigPath,
    FacePoints,
    Manifest,
    ManifestCanvas,
    PictureFile,
    check_one_source,
    check_writable,
)
from kiosk.config import load_config

if TYPE_CHECKING:
    from kiosk.cli.telling import Outcome, Teller
    from kiosk.curation.commission import Commission

Options = dict[str, Any]


def add_portrait(
    name: Annotated[str, typer.Option("--id", help="Its folder's name: a-z, 0-9 and hyphens.")],
    image: PictureFile = None,
    iiif: Manifest = None,
    canvas: ManifestCanvas = 1,
    title: Annotated[str, typer.Option(help="Of the artwork.")] = "",
    artist: Annotated[str, typer.Option(help="Of the artwork.")] = "",
    language: Annotated[str, typer.Option(help="Of title and artist, such as fr.")] = "en",
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
    report: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Of what came of it; else out/ID.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: lines of JSON.")] = False,
    config: ConfigPath = None,
) -> None:
    """Make a portrait of a picture; Ctrl-C stops, the same command goes on."""
    from kiosk.cli.telling import Teller, told_to_person, told_to_program
    from kiosk.curation.commission import Commission
    from kiosk.curation.timetable import Timetable

    with told_to_program() if as_json else told_to_person(name) as listener:
        check_one_source(image, iiif)
        tell = Teller(listener, Timetable(minutes))
        picture, known = (image, {}) if iiif is None else _from_catalogue(iiif, canvas, tell)
        assert picture is not None
        said = {"title": title, "artist": artist, "rights": rights, "provenance": provenance}
        commission = Commission(
            image=picture, id=name, minutes=minutes, face=face, points=points, seed=seed,
            replace=replace, also=also, strict=strict, **_last_word(known, said, language),
        )  # fmt: skip
        outcome = _make(commission, config, report or Path("out") / name, tell)
    listener.end(outcome)


def _from_catalogue(url: str, canvas: int, tell: "Teller") -> tuple[Path, Options]:
    """The picture of a manifest, and what a commission says of it."""
    from kiosk.curation.catalogue import fetch_artwork

    found = fetch_artwork(url, canvas, tell.fetch)
    entry = found.entry
    for warning in entry.warnings:
        tell.remark(warning)
    return found.picture, {
        "label": entry.label,
        "rights": entry.rights,
        "required_statement": entry.required_statement,
        "homepage": entry.homepage,
        "provenance": found.provenance,
    }


def _last_word(known: Options, said: dict[str, str], language: str) -> Options:
    """What a catalogue knows, with what was said on the command line over it."""
    from kiosk.portraits.meta import Label

    said = {key: words for key, words in said.items() if words}
    old = known.get("label", Label())
    labels = {
        key: {**getattr(old, key), language: said.pop(key)}
        for key in ("title", "artist")
        if key in said
    }
    label = old.model_copy(update=labels)
    return {**known, **said, "label": label}


def _make(commission: "Commission", config: Path | None, page: Path, tell: "Teller") -> "Outcome":
    """The pack, and the report of it."""
    from kiosk.cli.telling import Outcome
    from kiosk.curation.add import add_portrait
    from kiosk.curation.commission import check_commission
    from kiosk.curation.timetable import REPORTING, Progress
    from kiosk.display.credentials import open_seal
    from kiosk.evaluation.made import report_made
    from kiosk.evaluation.staging import PAGE

    settings = load_config(config)
    portraits, seal = settings.portraits.folder, open_seal(settings.display.credentials)
    check_commission(commission, portraits)
    check_writable(page / PAGE, leave=False)

    def review(finished: Path, remarks: Sequence[str]) -> None:
        report_made(finished, page, remarks, lambda part: tell(Progress(REPORTING, part)), seal)

    warnings = add_portrait(commission, portraits, tell, review).warnings
    pack = portraits / commission.id
    return Outcome(commission.id, pack.resolve(), tuple(warnings), (page / PAGE).resolve())
