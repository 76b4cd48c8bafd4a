"""``kiosk train``: what makes and judges the networks."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli import evaluate

app = typer.Typer(help="Judge portraits; learn motion from clips.", no_args_is_help=True)
app.command("evaluate")(evaluate.evaluate_portraits)


@app.command("motion")
def learn_motion(
    clips: Annotated[Path, typer.Option("--clips", help="A folder of clips of faces.")],
    out: Annotated[Path, typer.Option(help="Where the two files go.")] = Path("kiosk/motion/data"),
) -> None:
    """Learn resting faces and the expression bank anew from a folder of clips."""
    from kiosk.training.learn_motion import learn

    learn(clips, out)
