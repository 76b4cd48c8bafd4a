"""``kiosk train``: what makes and judges the networks."""

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kiosk.cli import conditions, evaluate, handovers
from kiosk.cli.options import check_writable
from kiosk.cli.progress import progress_bar
from kiosk.errors import ConfigError

app = typer.Typer(help="Judge portraits; learn motion and light from clips.", no_args_is_help=True)
app.command("evaluate")(evaluate.evaluate_portraits)
app.command("conditions")(conditions.try_conditions)
app.command("handovers")(handovers.measure_handovers)


@app.command("base")
def learn_the_base(
    data: Annotated[
        Path,
        typer.Option(help="Folder of people: id/video/*.mp4 as VoxCeleb2, frames, loose pictures."),
    ],
    work: Annotated[Path, typer.Option(help="For prepared people, checkpoint and curves.")] = Path(
        "base-work"
    ),
    out: Annotated[Path | None, typer.Option(help="The file; else the program's own.")] = None,
    steps: Annotated[int, typer.Option(min=1)] = 8000,
    batch: Annotated[int, typer.Option(min=1, help="People in a step, of each process.")] = 4,
    imaginary: Annotated[int, typer.Option(min=0, help="People to mix from the real ones.")] = 64,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Learn what new portraits begin from, of many people; go on where it stopped.

    Several processes: torchrun --standalone --nproc-per-node 2 -m kiosk train base --data FOLDER
    """
    from kiosk.base.learn import learn_base
    from kiosk.base.learner import LearnSettings
    from kiosk.model.checkpoint import BASE

    path = BASE if out is None else out
    check_writable(path)
    settings = LearnSettings(steps=steps, batch=batch, seed=seed)
    quiet = os.environ.get("RANK", "0") != "0"  # torchrun's first process speaks for all
    console = Console(soft_wrap=True, highlight=False, quiet=quiet)
    with progress_bar(console, "stopped; the same command goes on from here") as report:
        learn_base(data, work, path, settings, imaginary=imaginary, report=report)
    console.print(f"new portraits begin from {path}", markup=False)


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

    counts = _numbers(frames, "--frames")
    console = Console(highlight=False)
    for clip in clips:
        trial = fewshot.prepare(clip)
        console.print(clip.name, fewshot.HEADING, sep="\n", markup=False)
        rows = []
        with tempfile.TemporaryDirectory() as folder:
            for outcome, row in fewshot.compare(trial, counts, minutes, Path(folder)):
                console.print(fewshot.line(outcome), markup=False)
                rows.append(row)
        if stills is not None:
            fewshot.save_sheet(trial, rows, stills / f"{clip.stem}.png")


@app.command("beginnings")
def compare_beginnings(
    pictures: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="With one face each.")],
    minutes: Annotated[str, typer.Option(help="Of learning, one try each.")] = "1,3",
    ways: Annotated[str, typer.Option(help="Of learning.")] = "base,nothing",
    stills: Annotated[Path | None, typer.Option(help="A folder for contact sheets.")] = None,
) -> None:
    """Learn pictures anew from the base and from nothing, with the critic and without it."""
    import tempfile

    from kiosk.evaluation import beginnings

    tries = _numbers(minutes, "--minutes")
    chosen = ways.split(",")
    for way in chosen:
        if way not in beginnings.WAYS:
            known = ", ".join(beginnings.WAYS)
            raise ConfigError(f"--ways has {way!r}; there are {known}")
    console = Console(highlight=False, width=120)
    for picture in pictures:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            sitting = beginnings.prepare(picture, folder, most_minutes=max(tries))
            console.print(picture.name, beginnings.heading(), sep="\n", markup=False)
            rows = []
            for outcome, row in beginnings.compare(sitting, chosen, tries, folder):
                console.print(beginnings.line(outcome), markup=False)
                rows.append(row)
        if stills is not None:
            beginnings.save_sheet(sitting, rows, stills / f"{picture.stem}.png")


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


@app.command("speech")
def learn_speech(
    out: Annotated[Path, typer.Option(help="Where the file goes.")] = Path(
        "kiosk/motion/data/speech.npz"
    ),
) -> None:
    """Learn anew, of sentences that eSpeak NG speaks, how a mouth speaks what is heard."""
    from kiosk.training.learn_speech import learn

    check_writable(out)
    learn(out)


@app.command("speaking")
def judge_speaking(
    clips: Annotated[
        list[Path] | None, typer.Argument(help="Clips of people who speak, with their sound.")
    ] = None,
) -> None:
    """Say how well mouths are read from voices: eSpeak NG's, Flite's, and those of clips."""
    from kiosk.evaluation import speaking

    console = Console(highlight=False, width=120)
    for teller in (speaking.by_espeak, speaking.by_flite):
        for noisy in (False, True):
            console.print(teller.__name__, "overheard" if noisy else "clean")
            console.print(speaking.judge_voices(teller, noisy=noisy))
    console.print("nobody speaks (mean, 99th percentile)", speaking.judge_noise())
    for clip in clips or []:
        console.print(clip.name, speaking.judge_clip(clip), markup=False)


def _numbers(text: str, option: str) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = [0]
    if min(numbers) < 1:
        raise ConfigError(f"{option} is {text!r}; give numbers from 1 up, such as 1,8,32")
    return numbers
