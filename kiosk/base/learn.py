"""``kiosk train base``: people are prepared, a base learns from them, weights are written.

Runs on a CPU, on a GPU, or as one of many processes that `torchrun` starts. The first of them
prepares, keeps checkpoints, draws curves, tries people nobody learns from, and writes the base.
"""

import json
import logging
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor

import kiosk
from kiosk.base.curves import Curves
from kiosk.base.episodes import Episode, Episodes, draw_episode, read_episodes
from kiosk.base.identity import Identity
from kiosk.base.learner import Learning, LearnSettings
from kiosk.base.prepare import prepare
from kiosk.base.sources import find_sources
from kiosk.model.checkpoint import Base, save_base
from kiosk.model.spec import NETWORK
from kiosk.training.code import fit_code
from kiosk.training.run import keep_memory

CHECKPOINT_SECONDS = 120.0
HELD_OUT = 12  # one person in so many is never learnt from
TRIALS, TRIED_AT_ONCE = 6, 4  # episodes of those, and people in each
CURVES_EVERY = 20  # steps
MOST_READERS = 16  # of each process: more than a GPU can use
PATIENCE = timedelta(hours=24)  # of the others, while the first prepares

Report = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Processes:
    """How many learn together, and which one this is."""

    rank: int = 0
    count: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))


def learn_base(
    data: Path, work: Path, out: Path, settings: LearnSettings, *, imaginary: int, report: Report
) -> None:
    """Learn a base, or go on learning it.

    Args:
        data: a folder of people; see `find_sources`.
        work: where prepared people, checkpoint and curves are kept.
        out: the base's file; its notes go beside it.
        settings: of the run.
        imaginary: people to be mixed from the real ones.
        report: called with what is done and the share of it, 0 to 1.

    Raises:
        TrainingError: the data hold nobody, learning broke down, or nothing can be written.
    """
    with _processes() as here:
        sources = find_sources(data)

        def gather() -> list[Identity]:
            return prepare(
                sources, work / "people", imaginary=imaginary, seed=settings.seed, report=report
            )

        if here.count > 1 and here.rank:
            dist.barrier()  # until the first has made them
        people = gather()
        if here.count > 1 and not here.rank:
            dist.barrier()
        tried = people[HELD_OUT - 1 :: HELD_OUT]
        learnt = [each for each in people if each not in tried]
        base = Base()
        base.generator.code_basis.copy_(_code_of(learnt))
        parallel = here.count > 1
        names = [each.folder.name for each in learnt]
        run = Learning(base, names, settings, device=here.device, parallel=parallel)
        rates = _learn(run, learnt, tried, here, work=work, report=report)
        if here.rank == 0:
            save_base(run.base(), out)
            notes = _notes(settings, here, len(people)) | rates
            out.with_suffix(".json").write_text(json.dumps(notes, indent=2) + "\n")


def _learn(
    run: Learning,
    people: list[Identity],
    tried: list[Identity],
    here: Processes,
    *,
    work: Path,
    report: Report,
) -> dict[str, float]:
    """All steps that are left; the first process returns how it ended."""
    keep_memory()
    settings, checkpoint = run.settings, work / "base.pt"
    if checkpoint.exists():
        run.restore(checkpoint)
    drawn = Episodes(people, settings.batch, settings.seed, here.rank)
    episodes = read_episodes(drawn, step=run.step, readers=_readers(here))
    if here.rank:
        while run.step < settings.steps:
            run.learn(next(episodes).to(run.device))
        return {}
    curves = Curves(work / "curves", from_step=run.step)
    trials = Trials(tried)
    begun = saved = time.monotonic()
    first, speed = run.step, 0.0
    while run.step < settings.steps:
        errors = run.learn(next(episodes).to(run.device))
        speed = (run.step - first) * settings.batch * here.count / (time.monotonic() - begun)
        if run.step % CURVES_EVERY == 0:
            curves.add({**errors, "samples per second": speed}, run.step)
            report(f"learning, error {errors['picture']:.3f}, {speed:.1f} samples/s", run.share)
        if time.monotonic() - saved > CHECKPOINT_SECONDS:
            run.save(checkpoint)
            curves.add(trials.of(run), run.step)
            saved = time.monotonic()
    run.save(checkpoint)
    outcome = trials.of(run)
    curves.add(outcome, run.step)
    curves.close()
    return outcome | {"samples per second": speed}


def _readers(here: Processes) -> int:
    """Processes that read for this one: a GPU is faster than one thread can read."""
    if here.device.type != "cuda":
        return 0
    cores = len(os.sched_getaffinity(0)) // int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    return min(max(1, cores - 1), MOST_READERS)


class Trials:
    """People nobody learns from, the same moments each time.

    Args:
        people: them; if there are none, nothing is tried.
    """

    def __init__(self, people: list[Identity]) -> None:
        count = TRIALS if people else 0
        rngs = [np.random.default_rng(number) for number in range(count)]
        self._episodes = [draw_episode(people, TRIED_AT_ONCE, rng) for rng in rngs]

    def of(self, run: Learning) -> dict[str, float]:
        """PSNR within the head, dB: what the network shows, and what the rig alone does."""
        rows = []
        for episode in self._episodes:
            there = episode.to(run.device)
            rows.append([_psnr(run.answer(there), there), _psnr(there.batch.below, there)])
        if not rows:
            return {}
        network, rig = np.mean(rows, axis=0).tolist()
        return {"unseen people, dB": network, "unseen people, rig alone, dB": rig}


def _psnr(picture: Tensor, episode: Episode) -> float:
    batch, canvas = episode.batch, episode.canvas
    weight = canvas.head * batch.counts
    square = ((picture - batch.picture) ** 2 * weight).sum((1, 2, 3))
    return float((-10 * torch.log10(square / (3 * weight.sum((1, 2, 3))))).mean())


def _code_of(people: list[Identity]) -> Tensor:
    """The directions in which all their landmarks move."""
    shifts = [pairs.landmarks - each.landmarks for each in people for pairs in each.pairs]
    return fit_code(np.concatenate(shifts))


def _notes(settings: LearnSettings, here: Processes, people: int) -> dict[str, object]:
    """How a base was made."""
    return {
        "network": NETWORK,
        **asdict(settings),
        "processes": here.count,
        "device": here.device.type,
        "people": people,
        "commit": _commit(),
        "torch": torch.__version__,
    }


def _commit() -> str:
    """Of the program, where it runs from a repository."""
    command = ["git", "-C", str(Path(kiosk.__file__).parent), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


@contextmanager
def _processes() -> Iterator[Processes]:
    """Alone, or as `torchrun` says in the environment."""
    count, rank = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        torch.cuda.set_device(device)
    if count == 1:
        yield Processes(device=device)
        return
    if rank:
        logging.getLogger("kiosk").setLevel(logging.ERROR)  # the first speaks for all
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield Processes(rank, count, device)
    finally:
        dist.destroy_process_group()
