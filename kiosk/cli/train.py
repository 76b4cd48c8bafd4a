"""``kiosk train``: what makes and judges the networks."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kiosk.cli import evaluate
from kiosk.cli.options import ConfigPath, check_writable
from kiosk.config import load_config
from kiosk.errors import ConfigError

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


@app.command("fewshot")
def try_few_shot(
    clips: Annotated[list[Path], typer.Argument(metavar="CLIP...", help="Each of one person.")],
    frames: Annotated[
        str, typer.Option(help="Photographs to learn from, one try each.")
    ] = "1,8,32",
    minutes: Annotated[float, typer.Option(min=0.1, max=600, help="For each learning.")] = 2.0,
    stills: Annotated[Path | None, typer.Option(help="A folder for contact sheets.")] = None,
) -> None:
    """Learn a person from more and more frames of a clip's first half; test on the second."""
    import tempfile

    from kiosk.evaluation import fewshot

    counts = _numbers(frames)
    console = Console(highlight=False)
    for clip in clips:
        trial = fewshot.prepare(clip)
        outcomes = [fewshot.judge(trial, None, 0)]
        rows = [fewshot.strip(trial, None)]
        with tempfile.TemporaryDirectory() as folder:
            for count in counts:
                generator = fewshot.learn(trial, count, seconds=minutes * 60, folder=Path(folder))
                outcomes.append(fewshot.judge(trial, generator, count))
                rows.append(fewshot.strip(trial, generator))
        console.print(clip.name, *fewshot.table(outcomes), sep="\n", markup=False)
        if stills is not None:
            fewshot.save_sheet(trial, rows, stills / f"{clip.stem}.png")


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


def _numbers(text: str) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = [0]
    if min(numbers) < 1:
        raise ConfigError(f"--frames is {text!r}; give numbers from 1 up, such as 1,8,32")
    return numbers
