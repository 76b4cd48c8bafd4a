"""``kiosk train``: what makes and judges the networks."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from kiosk.cli.options import ConfigPath, check_writable
from kiosk.config import load_config

app = typer.Typer(help="Judge portraits; learn motion and light from clips.", no_args_is_help=True)


@app.command("evaluate")
def evaluate_portrait(
    portrait: Annotated[str, typer.Option("--portrait", help="The portrait's id.")],
    visitor: Annotated[Path, typer.Option("--visitor", help="A clip of a face.")],
    sheet: Annotated[Path, typer.Option(help="Where the contact sheet goes.")] = Path(
        "out/evaluation.png"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config: ConfigPath = None,
) -> None:
    """Drive a portrait with a clip; print agreement and likeness, write a contact sheet."""
    from kiosk.display.sheet import contact_sheet
    from kiosk.portraits.pack import load_pack
    from kiosk.portraits.store import find_pack
    from kiosk.training.evaluate import evaluate

    pack = load_pack(find_pack(portrait, [load_config(config).portraits.folder]))
    check_writable(sheet)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("evaluating", total=1.0)
        found = evaluate(pack, visitor, lambda share: bar.update(task, completed=share))
    contact_sheet(found.stills, sheet)
    if as_json:
        print(json.dumps(found.figures() | {"sheet": str(sheet)}, indent=2))  # noqa: T201
    else:
        _print_table(found.figures(), sheet)


@app.command("motion")
def learn_motion(
    clips: Annotated[Path, typer.Option("--clips", help="A folder of clips of faces.")],
    out: Annotated[Path, typer.Option(help="Where the two files go.")] = Path("kiosk/motion/data"),
) -> None:
    """Learn resting faces and the expression bank anew from a folder of clips."""
    from kiosk.training.learn_motion import learn

    learn(clips, out)


@app.command("shading")
def learn_shading(
    clips: Annotated[Path, typer.Option("--clips", help="A folder of clips of faces.")],
    out: Annotated[Path, typer.Option(help="Where the file goes.")] = Path(
        "kiosk/puppet/data/shading.npz"
    ),
) -> None:
    """Learn anew from a folder of clips how light changes with expression."""
    from kiosk.training.learn_shading import learn

    check_writable(out)
    learn(clips, out)


def _print_table(figures: dict[str, object], sheet: Path) -> None:
    table = Table("measure", "value")
    for name, value in figures.items():
        if isinstance(value, dict):
            for part, number in value.items():
                table.add_row(f"{name}: {part}", str(number))
        else:
            table.add_row(name, str(value))
    console = Console()
    console.print(table)
    console.print(f"contact sheet: {sheet}", markup=False)
