"""What it is worth to begin from the base, and to learn adversarially: one picture, learnt anew.

A picture's puppet draws pairs to learn from and others to be judged by. For each way of learning
one network learns, and is finished, its rate falling, once for each number of minutes: as runs of
those lengths would have been. Drawing the pairs is not counted.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from kiosk.curation.add import PAIRS_PER_MINUTE
from kiosk.curation.study import study_picture
from kiosk.evaluation import measures
from kiosk.evaluation.shown import show
from kiosk.messages import Bytes
from kiosk.model.generator import Generator
from kiosk.model.spec import RESOLUTION
from kiosk.motion.bank import load_bank
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.target import MotionTarget
from kiosk.portraits.pictures import write_picture
from kiosk.puppet.calibrate import find_gains
from kiosk.puppet.figure import Figure
from kiosk.puppet.limits import find_limits
from kiosk.training.beginning import Beginning, begin_from_base, begin_from_nothing
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.finetune import FinetuneSettings, Finetuning, finetune
from kiosk.training.pairs import Pairs, make_pairs

WAYS = ("base", "nothing", "base-without-critic", "nothing-without-critic")
REGIONS = ("head", "mouth", "eyes")
TESTS, TEST_SEED = 32, 1000
SHOWN = 6  # of them, in a strip


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way of learning, judged by region; means over the moments."""

    way: str
    minutes: float
    psnr_db: tuple[float, ...]  # in the order of REGIONS
    ssim: tuple[float, ...]
    fineness: tuple[float, ...]  # fine energy, as a share of the puppet's


@dataclass(frozen=True, slots=True, eq=False)
class Sitting:
    """A picture, ready to be learnt."""

    figure: Figure
    pairs: Pairs
    tests: Pairs


def prepare(picture: Path, folder: Path, *, most_minutes: float) -> Sitting:
    """Look at a picture; draw pairs for a run of so many minutes, and others to judge by.

    Raises:
        PictureError: it cannot become a portrait.
    """
    study = study_picture(picture)
    puppet = study.puppet()
    limits = find_limits(puppet.rig.mesh, puppet.figure.matte)
    target = MotionTarget("trial", study.landmarks, limits, find_gains(puppet))
    sampler = Rehearsal(load_bank(), target).draw
    sets = {}
    for name, count, seed in (
        ("pairs", int(most_minutes * PAIRS_PER_MINUTE), 0),
        ("tests", TESTS, TEST_SEED),
    ):
        sets[name] = make_pairs(
            folder / name, puppet, sampler, count=count, seed=seed, report=lambda _: None
        )
    return Sitting(puppet.figure, **sets)


def compare(
    sitting: Sitting, ways: Sequence[str], minutes: Sequence[float], folder: Path
) -> Iterator[tuple[Outcome, Bytes]]:
    """The rig alone, the base untouched, and what each way learns in each time, one by one.

    Args:
        sitting: the picture's.
        ways: some of `WAYS`.
        minutes: of learning.
        folder: for checkpoints.

    Yields:
        an outcome, and a few of the moments side by side (RESOLUTION, SHOWN * RESOLUTION, 3).
    """
    untouched = begin(sitting, "base").generator.eval()
    yield judge(sitting, None, "rig alone", 0), strip(sitting, None)
    yield judge(sitting, untouched, "base", 0), strip(sitting, untouched)
    for way in ways:
        for time, generator in learn(sitting, way, minutes, folder):
            yield judge(sitting, generator, way, time), strip(sitting, generator)


def learn(
    sitting: Sitting, way: str, minutes: Sequence[float], folder: Path
) -> Iterator[tuple[float, Generator]]:
    """Networks that learnt in one of `WAYS` for these times, the shortest first."""
    settings = FinetuneSettings(critic=not way.endswith("without-critic"))
    trunk = Finetuning(begin(sitting, way), TrainingCanvas(sitting.figure), settings)
    for time in sorted(minutes):
        trunk.settings = replace(settings, seconds=time * 60)
        _go_on(trunk, sitting, folder / f"{way}-trunk.pt", until=settings.finish_from)
        yield time, _go_on(copy.deepcopy(trunk), sitting, folder / f"{way}-{time:g}.pt")


def _go_on(run: Finetuning, sitting: Sitting, checkpoint: Path, until: float = 1.0) -> Generator:
    return finetune(run, sitting.pairs, checkpoint=checkpoint, report=lambda *_: None, until=until)


def begin(sitting: Sitting, way: str) -> Beginning:
    """What a way of learning starts from."""
    if way.startswith("base"):
        return begin_from_base(sitting.figure)
    return begin_from_nothing(sitting.figure, np.array(sitting.pairs.landmarks), seed=0)


def judge(sitting: Sitting, generator: Generator | None, way: str, minutes: float) -> Outcome:
    """Ask for moments that were not learnt; without a network the rig alone answers."""
    matte = sitting.figure.at(RESOLUTION).matte
    rows = []
    for number in range(len(sitting.tests)):
        shown = show(generator, sitting.tests, number)
        true = np.asarray(sitting.tests.frame[number])
        masks = measures.region_masks(np.asarray(sitting.tests.landmarks[number]), matte)
        chosen = [masks[region] for region in REGIONS]
        rows.append(
            [
                [measures.psnr(shown, true, mask) for mask in chosen],
                [measures.ssim(shown, true, mask) for mask in chosen],
                [_fineness(shown, true, mask) for mask in chosen],
            ]
        )
    means = np.mean(rows, axis=0).tolist()
    return Outcome(way, minutes, *map(tuple, means))


def strip(sitting: Sitting, generator: Generator | None) -> Bytes:
    """A few of the moments side by side."""
    numbers = range(0, len(sitting.tests), len(sitting.tests) // SHOWN)
    return np.hstack([show(generator, sitting.tests, n) for n in numbers])


def save_sheet(sitting: Sitting, rows: list[Bytes], path: Path) -> None:
    """Strips below one another, the puppet's first."""
    numbers = range(0, len(sitting.tests), len(sitting.tests) // SHOWN)
    true = np.hstack([np.asarray(sitting.tests.frame[n]) for n in numbers])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_picture(path, np.vstack([true, *rows]))


def heading() -> str:
    """Above the lines of a table."""
    regions = "  ".join(f"{region:>18}" for region in REGIONS)
    return f"{'way':22} minutes  {regions}   (PSNR dB, SSIM, fineness)"


def line(outcome: Outcome) -> str:
    """One line of the table."""
    values = zip(outcome.psnr_db, outcome.ssim, outcome.fineness, strict=True)
    cells = "  ".join(f"{psnr:6.2f} {ssim:.4f} {fine:4.2f}" for psnr, ssim, fine in values)
    return f"{outcome.way:22} {outcome.minutes:7g}  {cells}"


def _fineness(shown: Bytes, true: Bytes, mask: measures.Mask) -> float:
    return measures.fine_energy(shown, mask) / max(measures.fine_energy(true, mask), 1e-6)
