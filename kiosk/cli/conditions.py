"""``kiosk train conditions``: what visitors' glasses, masks and bad light do to following them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

if TYPE_CHECKING:
    from kiosk.evaluation.conditions import Condition


def try_conditions(
    clips: Annotated[list[Path], typer.Argument(metavar="CLIP...", help="Each of one person.")],
) -> None:
    """Draw disguises over clips, follow them, and compare with the clips as they are."""
    from kiosk.evaluation.conditions import compare, look

    looks = track(clips, "looking", console=Console(stderr=True), transient=True)
    _print(compare([look(clip) for clip in looks]))


def _print(found: "dict[str, Condition]") -> None:
    from kiosk.evaluation.conditions import LOOKS_S
    from kiosk.motion.agreement import SIGNALS

    moments = (f"{moment:.0f} s" for moment in LOOKS_S)
    title = "neutral's error after, spreads; missed pictures; agreement; lips parted most, io"
    table = Table("visitors", *moments, "missed", *SIGNALS, "parted", title=title)
    for name, condition in found.items():
        astray = (f"{each:.2f}" for each in condition.astray)
        r = (condition.agreement[signal] for signal in SIGNALS)
        agrees = ("–" if each is None else f"{each:.2f}" for each in r)
        table.add_row(name, *astray, f"{condition.missed:.3f}", *agrees, f"{condition.gape:.3f}")
    Console(width=130).print(table)
