"""``kiosk train``: what makes and judges the networks."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kiosk.cli import evaluate
from kiosk.cli.options import ConfigPath, check_writable
from kiosk.config import load_config

app = typer.Typer(help="Judge portraits; learn motion and light from clips.", no_args_is_help=True)
app.command("evaluate")(evaluate.evaluate_portraits)


@app.command("base")
def keep_base(
    portrait: Annotated[str, typer.Option("--portrait", help="Whose network is kept.")],
    out: Annotated[Path | None, typer.Option(help="The file; else the program's own.")] = None,
    config: ConfigPath = None,
) -> None:
    """Let new portraits begin from what this one's network has learnt of moving faces."""
    from kiosk.model.checkpoint import BASE, load_generator, save_base
    from kiosk.portraits.pack import load_pack
    from kiosk.portraits.store import find_pack

    pack = load_pack(find_pack(portrait, [load_config(config).portraits.folder]))
    path = BASE if out is None else out
    check_writable(path)
    title = pack.meta.label.title.get("en", pack.meta.id)
    save_base(load_generator(pack.weights_path), path, learnt_from=f"{pack.meta.id}: {title}")
    Console().print(f"new portraits begin from {path}", markup=False)


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
        "kiosk/motion/data/shading.npz"
    ),
) -> None:
    """Learn anew from a folder of clips how light changes with expression."""
    from kiosk.training.learn_shading import learn

    check_writable(out)
    learn(clips, out)
