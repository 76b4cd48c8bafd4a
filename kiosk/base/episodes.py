"""Episodes: several people, some pictures of each, and another moment of each to be answered.

Episode n of a run is a function of its seed, the process's rank and n alone, so that a run that
was interrupted goes on with the episodes it would have had.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, fields

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from kiosk.base.identity import Identity
from kiosk.model.spec import MASKS, SEEN, WORKING
from kiosk.training.ahead import read_ahead
from kiosk.training.batch import Batch
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.pairs import Pairs

MOST_SHOWN = 8  # pictures of each person
REAL_SHARE = 0.5  # of the moments of people who have real ones


@dataclass(frozen=True, slots=True, eq=False)
class Episode:
    """N people."""

    who: Tensor  # (N,) their numbers
    canvas: TrainingCanvas  # their portraits
    shown: Tensor  # (N, K, 3, WORKING, WORKING) pictures of them, 0 to 1
    shown_masks: Tensor  # (N, K, MASKS, WORKING, WORKING), 0 to 1
    batch: Batch  # another moment of each

    def to(self, device: torch.device) -> "Episode":
        """The same, there."""
        batch = Batch(*(getattr(self.batch, each.name).to(device) for each in fields(Batch)))
        shown, masks = self.shown.to(device), self.shown_masks.to(device)
        return Episode(self.who.to(device), self.canvas.to(device), shown, masks, batch)


def draw_episode(people: list[Identity], size: int, rng: np.random.Generator) -> Episode:
    """A random one.

    Args:
        people: to choose from.
        size: how many of them; fewer, if there are not so many.
        rng: decides all.
    """
    who = rng.choice(len(people), min(size, len(people)), replace=False)
    count = int(rng.integers(1, MOST_SHOWN + 1))
    batches, shown, masks = [], [], []
    for number in who:
        drawn, *real = people[number].pairs
        asked = real[0] if real and rng.random() < REAL_SHARE else drawn
        moment = rng.integers(len(asked), size=1)
        batches.append(Batch.take(asked, moment, torch.device("cpu")))
        kinds = rng.integers(len(real) + 1, size=count)
        pictures = [_show(people[number].pairs[kind], rng) for kind in kinds]
        shown.append(torch.stack([picture for picture, _ in pictures]))
        masks.append(torch.stack([mask for _, mask in pictures]))
    canvas = TrainingCanvas(*(people[number].figure for number in who))
    numbers = torch.from_numpy(who)
    return Episode(numbers, canvas, torch.stack(shown), torch.stack(masks), Batch.join(*batches))


@dataclass(frozen=True, slots=True, eq=False)
class Episodes(Dataset[Episode]):
    """All of one process's, by number."""

    people: list[Identity]
    size: int  # people in each
    seed: int
    rank: int

    def __getitem__(self, number: int) -> Episode:
        rng = np.random.default_rng((self.seed, self.rank, number))
        return draw_episode(self.people, self.size, rng)


def read_episodes(episodes: Episodes, *, step: int, readers: int = 0) -> Iterator[Episode]:
    """For ever, from that step on.

    Args:
        episodes: them.
        step: the first one's number.
        readers: processes that read ahead, where a GPU would wait for them; else a thread does.
    """
    if readers == 0:
        return read_ahead(episodes.__getitem__, step)
    loader = DataLoader(
        episodes,
        batch_size=None,
        sampler=itertools.count(step),
        num_workers=readers,
        multiprocessing_context="fork",  # what is mapped need not be sent
        worker_init_fn=_become_reader,
    )
    return iter(loader)


def _become_reader(_: int) -> None:
    cv2.setNumThreads(0)  # its threads do not survive a fork


def _show(pairs: Pairs, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """A random picture as the embedder sees it, and its masks."""
    number = int(rng.integers(len(pairs)))
    frame = np.array(pairs.frame[number])
    small = cv2.resize(frame, (WORKING, WORKING), interpolation=cv2.INTER_AREA)
    masks = np.array(pairs.given[number, ..., SEEN - MASKS : SEEN], np.float32)
    picture, seen = (torch.from_numpy(x).permute(2, 0, 1) for x in (small, masks))
    return picture.float() / 255, seen
