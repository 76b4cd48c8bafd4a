"""Training pairs on disk: many moments of one puppet, made by all cores, resumable.

Arrays are plain ``.npy`` files that grow chunk by chunk; a chunk's motions depend on its number and
the seed alone, so that an interrupted run goes on where it stopped and gives the same pairs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.errors import PictureError
from kiosk.messages import Motion
from kiosk.model.spec import GIVEN, RESOLUTION, WORKING
from kiosk.puppet.render import Pair, Puppet
from kiosk.training.workers import share_out, told_to_stop

CHUNK = 64
_FIELDS: dict[str, tuple[tuple[int, ...], type]] = {
    "landmarks": ((478, 3), np.float32),
    "given": ((WORKING, WORKING, GIVEN), np.float16),
    "below": ((RESOLUTION, RESOLUTION, 3), np.uint8),
    "cover": ((RESOLUTION, RESOLUTION), np.uint8),
    "photographed": ((), np.bool_),
    "frame": ((RESOLUTION, RESOLUTION, 3), np.uint8),
    "seams": ((RESOLUTION, RESOLUTION), np.uint8),
    "counts": ((RESOLUTION, RESOLUTION), np.uint8),
}

Sampler = Callable[[np.random.Generator], Motion]
Report = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Memory-mapped pairs; every array's first axis is the moment."""

    landmarks: NDArray[np.float32]
    given: NDArray[np.float16]
    below: NDArray[np.uint8]
    cover: NDArray[np.uint8]
    photographed: NDArray[np.bool_]
    frame: NDArray[np.uint8]
    seams: NDArray[np.uint8]
    counts: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.landmarks)


def make_pairs(
    folder: Path, puppet: Puppet, sampler: Sampler, *, count: int, seed: int, report: Report
) -> Pairs:
    """Render `count` random moments into `folder`, or what is missing of them.

    Args:
        folder: where the arrays live; created, kept afterwards.
        puppet: the artwork's; must be picklable.
        sampler: draws a motion from a random generator; must be picklable.
        count: rounded up to whole chunks.
        seed: of the motions.
        report: called with the share done, 0 to 1.

    Raises:
        PictureError: a drawing process was ended from outside.
    """
    chunks = -(-count // CHUNK)
    folder.mkdir(parents=True, exist_ok=True)
    _allocate(folder, chunks * CHUNK)
    missing = [number for number in range(chunks) if not _mark(folder, number).exists()]
    share_out(
        missing,
        _render_chunk,
        report=lambda done: report((chunks - len(missing) + done) / chunks),
        error=PictureError,
        prepare=_prepare,
        given=(folder, puppet, sampler, seed),
    )
    return open_pairs(folder)


def room_for_pairs(count: int) -> int:
    """Bytes that so many pairs take on disk."""
    one = sum(int(np.prod(shape)) * np.dtype(kind).itemsize for shape, kind in _FIELDS.values())
    return -(-count // CHUNK) * CHUNK * one


def open_pairs(folder: Path) -> Pairs:
    """Map the arrays of a folder for reading."""
    return Pairs(**{name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in _FIELDS})


def keep_pairs(folder: Path, pairs: Pairs) -> None:
    """Write pairs for `open_pairs`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FIELDS:
        np.save(folder / f"{name}.npy", getattr(pairs, name))


def stack_pairs(moments: Iterator[Pair]) -> Pairs:
    """A few moments in memory, as `open_pairs` would give them."""
    columns: dict[str, list[NDArray[np.generic]]] = {name: [] for name in _FIELDS}
    for moment in moments:
        for name, column in columns.items():
            column.append(getattr(moment, name))
    return Pairs(**{name: np.stack(column) for name, column in columns.items()})  # type: ignore[arg-type]


def _allocate(folder: Path, count: int) -> None:
    """Create the arrays, or begin anew when an earlier run wanted another number."""
    if all(_is_whole(folder / f"{name}.npy", (count, *_FIELDS[name][0])) for name in _FIELDS):
        return
    for mark in folder.glob("chunk-*.done"):
        mark.unlink()
    for name, (shape, kind) in _FIELDS.items():
        np.lib.format.open_memmap(folder / f"{name}.npy", "w+", kind, (count, *shape))


def _is_whole(path: Path, shape: tuple[int, ...]) -> bool:
    try:
        return bool(np.load(path, mmap_mode="r").shape == shape)
    except (OSError, ValueError, EOFError):
        return False


def _mark(folder: Path, number: int) -> Path:
    return folder / f"chunk-{number}.done"


@dataclass(frozen=True, slots=True, eq=False)
class _Draughtsman:
    """What one worker process draws with, built once."""

    folder: Path
    puppet: Puppet
    sampler: Sampler
    seed: int


_worker: list[_Draughtsman] = []


def _prepare(folder: Path, puppet: Puppet, sampler: Sampler, seed: int) -> None:
    _worker[:] = [_Draughtsman(folder, puppet, sampler, seed)]


def _render_chunk(number: int) -> None:
    (worker,) = _worker
    rng = np.random.default_rng((worker.seed, number))
    moments: list[Pair] = []
    while len(moments) < CHUNK:
        if told_to_stop():
            return
        moments.append(worker.puppet.render(worker.sampler(rng)))
    pairs = stack_pairs(iter(moments))
    for name in _FIELDS:
        array = np.load(worker.folder / f"{name}.npy", mmap_mode="r+")
        array[number * CHUNK : (number + 1) * CHUNK] = getattr(pairs, name)
        array.flush()
    _mark(worker.folder, number).touch()
