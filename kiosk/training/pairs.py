"""Training pairs on disk: many moments of one puppet, made by all cores, resumable.

Arrays are plain ``.npy`` files that grow chunk by chunk; a chunk's motions depend on its number and
the seed alone, so that an interrupted run goes on where it stopped and gives the same pairs.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.messages import Motion
from kiosk.model.spec import RESOLUTION, WORKING
from kiosk.puppet.figure import Figure
from kiosk.puppet.render import Pair, Puppet

CHUNK = 64
_FIELDS: dict[str, tuple[tuple[int, ...], type]] = {
    "landmarks": ((478, 3), np.float32),
    "frame": ((RESOLUTION, RESOLUTION, 3), np.uint8),
    "flow": ((2, WORKING, WORKING), np.float16),
    "valid": ((WORKING, WORKING), np.uint8),
    "hole": ((RESOLUTION, RESOLUTION), np.uint8),
}

Sampler = Callable[[np.random.Generator], Motion]
Report = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Memory-mapped pairs; every array's first axis is the moment."""

    landmarks: NDArray[np.float32]
    frame: NDArray[np.uint8]
    flow: NDArray[np.float16]
    valid: NDArray[np.uint8]
    hole: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.landmarks)


def make_pairs(
    folder: Path, figure: Figure, sampler: Sampler, *, count: int, seed: int, report: Report
) -> Pairs:
    """Render `count` random moments into `folder`, or what is missing of them.

    Args:
        folder: where the arrays live; created, kept afterwards.
        figure: the artwork's canvas.
        sampler: draws a motion from a random generator; must be picklable.
        count: rounded up to whole chunks.
        seed: of the motions.
        report: called with the share done, 0 to 1.
    """
    chunks = -(-count // CHUNK)
    folder.mkdir(parents=True, exist_ok=True)
    _allocate(folder, chunks * CHUNK)
    missing = [n for n in range(chunks) if not _mark(folder, n).exists()]
    context = multiprocessing.get_context("spawn")
    workers = max(1, os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, context, _prepare, (folder, figure, sampler, seed)) as pool:
        jobs = [pool.submit(_render_chunk, number) for number in missing]
        try:
            for done, job in enumerate(as_completed(jobs), chunks - len(missing) + 1):
                job.result()
                report(done / chunks)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return open_pairs(folder)


def open_pairs(folder: Path) -> Pairs:
    """Map the arrays of a folder for reading."""
    return Pairs(**{name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _FIELDS})


def stack_pairs(moments: Iterator[Pair]) -> Pairs:
    """A few moments in memory, as `open_pairs` would give them."""
    columns: dict[str, list[NDArray[np.generic]]] = {name: [] for name in _FIELDS}
    for moment in moments:
        for name, column in columns.items():
            column.append(getattr(moment, name))
    return Pairs(**{name: np.stack(column) for name, column in columns.items()})  # type: ignore[arg-type]


def _allocate(folder: Path, count: int) -> None:
    """Create the arrays, or begin anew when an earlier run wanted another number."""
    path = folder / "landmarks.npy"
    if path.exists():
        with suppress(ValueError):
            if len(np.load(path, mmap_mode="r")) == count:
                return
    for mark in folder.glob("chunk-*.done"):
        mark.unlink()
    for name, (shape, kind) in _FIELDS.items():
        np.lib.format.open_memmap(folder / f"{name}.npy", "w+", kind, (count, *shape))


def _mark(folder: Path, number: int) -> Path:
    return folder / f"chunk-{number}.done"


# one puppet per worker process, built once
_worker: dict[str, object] = {}


def _prepare(folder: Path, figure: Figure, sampler: Sampler, seed: int) -> None:
    cv2.setNumThreads(1)
    _worker.update(folder=folder, puppet=Puppet(figure), sampler=sampler, seed=seed)


def _render_chunk(number: int) -> None:
    folder, puppet, sampler = _worker["folder"], _worker["puppet"], _worker["sampler"]
    assert isinstance(folder, Path)
    assert isinstance(puppet, Puppet)
    assert callable(sampler)
    rng = np.random.default_rng((int(str(_worker["seed"])), number))
    pairs = stack_pairs(puppet.render(sampler(rng)) for _ in range(CHUNK))
    for name in _FIELDS:
        array = np.load(folder / f"{name}.npy", mmap_mode="r+")
        array[number * CHUNK : (number + 1) * CHUNK] = getattr(pairs, name)
        array.flush()
    _mark(folder, number).touch()
