"""``kiosk train evaluate``: how good portraits are, in figures, a sheet, a report."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from kiosk.cli.options import ConfigPath, check_writable
from kiosk.config import load_config
from kiosk.errors import ConfigError, PackError

if TYPE_CHECKING:
    from kiosk.evaluation.evaluate import Evaluation
    from kiosk.evaluation.report import ReportWriter
    from kiosk.portraits.pack import Pack


def evaluate_portraits(
    portrait: Annotated[str | None, typer.Option("--portrait", help="The portrait's id.")] = None,
    everyone: Annotated[bool, typer.Option("--all", help="Every portrait there is.")] = False,
    visitor: Annotated[
        str, typer.Option("--visitor", metavar="CLIP", help="A clip of a face, or demo.")
    ] = "demo",
    report: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write a page to judge by, with a film.")
    ] = None,
    sheet: Annotated[Path, typer.Option(help="Where the contact sheet goes.")] = Path(
        "out/evaluation.png"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: ConfigPath = None,
) -> None:
    """Drive portraits with a clip; print how good they are, write a contact sheet or a report."""
    from kiosk.camera.source import clip_path
    from kiosk.display.credentials import open_seal
    from kiosk.evaluation.report import ReportWriter

    if (portrait is None) != everyone:
        raise ConfigError("name one portrait with --portrait ID, or take all with --all")
    settings = load_config(config)
    seal = open_seal(settings.display.credentials)
    packs, refused = _load(portrait, settings.portraits.folder)
    clip = clip_path(visitor)
    sheets = [_sheet_of(pack, sheet) if everyone else sheet for pack in packs]
    for path in sheets:
        check_writable(path)
    with ExitStack() as stack:
        writer = None if report is None else stack.enter_context(ReportWriter(report, seal))
        found = [_evaluate(pack, clip, to, writer) for pack, to in zip(packs, sheets, strict=True)]
    for path in sheets:
        seal(path)
    page = None if report is None else str(report / "index.html")
    told = [
        each.figures() | {"sheet": str(to), "report": page}
        for each, to in zip(found, sheets, strict=True)
    ]
    if as_json:
        print(json.dumps(told if everyone else told[0], indent=2))  # noqa: T201
    else:
        for figures in told:
            _print_tables(figures)
    if refused:
        raise PackError("not evaluated: " + "; ".join(refused))


def _load(portrait: str | None, folder: Path) -> tuple[list["Pack"], list[str]]:
    """One portrait, or all that are whole, and why the others are not."""
    from kiosk.portraits.pack import load_pack
    from kiosk.portraits.store import find_pack, find_packs

    if portrait is not None:
        return [load_pack(find_pack(portrait, [folder]))], []
    packs, refused = [], []
    for path in find_packs([folder]):
        try:
            packs.append(load_pack(path))
        except PackError as error:
            refused.append(str(error))
    if not packs:
        why = "; ".join(refused) or "there are none; make one with `kiosk portraits add`"
        raise PackError(f"no portrait can be evaluated: {why}")
    return packs, refused


def _sheet_of(pack: "Pack", sheet: Path) -> Path:
    return sheet.with_name(f"{sheet.stem}-{pack.meta.id}{sheet.suffix}")


def _evaluate(pack: "Pack", clip: Path, sheet: Path, writer: "ReportWriter | None") -> "Evaluation":
    from kiosk.display.sheet import contact_sheet
    from kiosk.evaluation.evaluate import evaluate

    watchers = [] if writer is None else writer.watch(pack)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"evaluating {pack.meta.id}", total=1.0)
        found = evaluate(pack, clip, lambda share: bar.update(task, completed=share), watchers)
    contact_sheet(found.stills, sheet)
    if writer is not None:
        writer.add(pack, found)
    return found


def _print_tables(figures: dict[str, object]) -> None:
    from kiosk.evaluation.verdicts import judge

    marks = {True: "yes", False: "no", None: "–"}
    table = Table("question", "answer", "bar", "reached", title=str(figures["portrait"]))
    for verdict in judge(figures):
        table.add_row(verdict.question, verdict.answer, verdict.bar, marks[verdict.met])
    console = Console()
    console.print(table)
    places = {"contact sheet": figures.pop("sheet"), "report": figures.pop("report")}
    table = Table("measure", "value")
    for name, value in figures.items():
        if isinstance(value, dict) and not name.endswith("bars"):
            for part, number in value.items():
                table.add_row(f"{name}: {part}", str(number))
        elif not isinstance(value, dict):
            table.add_row(name, str(value))
    console.print(table)
    for name, place in places.items():
        if place is not None:
            console.print(f"{name}: {place}", markup=False, soft_wrap=True)
