"""Portraits changed while the road runs: whether each is hung, how smoothly, and what leaks."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.app import Road
from kiosk.bench.swapper import Depot, Swapper, WatchedScreen
from kiosk.config import Config, speechless
from kiosk.display.screen import open_screen
from kiosk.errors import PackError
from kiosk.health import resident_mb
from kiosk.portraits.store import choose_pack, find_packs

SAMPLES = 10  # of what the process holds


@dataclass(frozen=True)
class Held:
    """What the process holds."""

    swaps: int  # done until then
    rss_mb: float
    descriptors: int
    threads: int


@dataclass(frozen=True)
class SwapFigures:
    """A run; the field names are those of the file."""

    size: str
    engine: str
    swaps: int
    hung: int
    failures: tuple[str, ...]  # whatever was logged as an error, or never hung
    seconds: float
    fps: float  # of pictures that move
    pause_ms: dict[str, float]  # between two of them
    held: tuple[Held, ...]  # the first time after a tenth of the swaps


def run_swaps(config: Config, *, count: int) -> SwapFigures:
    """Change what hangs so many times while the road runs, as fast as it is hung.

    Args:
        config: the settings; two portraits are copied from its folder.
        count: of changes: imports, rollbacks, and turns of the other portrait.

    Raises:
        PackError: there are no two portraits.
    """
    held: list[Held] = []
    every = max(count // SAMPLES, 1)

    def look(done: int) -> None:
        if done % every == 0:
            held.append(hold(done))

    with tempfile.TemporaryDirectory(prefix="kiosk-swaps-") as home, collect_errors() as errors:
        depot = Depot(Path(home), _two_packs(config))
        config = _hung_from(depot.packs, config)
        pack = choose_pack(config.portraits)
        with (
            open_screen(pack, config.display, offscreen=True) as screen,
            Road(speechless(config), pack) as road,
        ):
            watched = WatchedScreen(screen)
            swapper = Swapper(depot, road.hang, watched, count=count, after_each=look)
            swapper.start()
            road.run(watched)
            swapper.join()
            engine = road.report().engine
    pauses = np.diff(watched.shown_at)
    return SwapFigures(
        size="{}x{}".format(*config.display.size),
        engine=engine,
        swaps=count,
        hung=watched.hung,
        failures=(*errors, *swapper.failures),
        seconds=round(float(pauses.sum()), 1),
        fps=round(len(pauses) / max(float(pauses.sum()), 1e-3), 2),
        pause_ms=_pauses_ms(pauses),
        held=tuple(held),
    )


def hold(swaps: int) -> Held:
    """What this process holds now; needs Linux."""
    return Held(
        swaps=swaps,
        rss_mb=round(resident_mb(), 1),
        descriptors=len(list(Path("/proc/self/fd").iterdir())),
        threads=len(list(Path("/proc/self/task").iterdir())),
    )


@contextmanager
def collect_errors() -> Iterator[list[str]]:
    """Whatever the program logs as an error meanwhile."""
    told: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("kiosk").addHandler(handler)
    try:
        yield told
    finally:
        logging.getLogger("kiosk").removeHandler(handler)


def _two_packs(config: Config) -> list[Path]:
    """The folders of what hangs and of another portrait."""
    first = choose_pack(config.portraits).folder
    others = [each for each in find_packs([config.portraits.folder]) if each != first]
    if not others:
        raise PackError(f"{config.portraits.folder}: holds no second portrait; add one")
    return [first, others[0]]


def _hung_from(packs: Path, config: Config) -> Config:
    alone = {"folder": packs, "playlist": (), "gallery": ()}
    portraits = config.portraits.model_copy(update=alone)
    return config.model_copy(update={"portraits": portraits})


def _pauses_ms(pauses: NDArray[np.float64]) -> dict[str, float]:
    """p50, p99 and the longest."""
    found = np.percentile(pauses, [50, 99, 100]) if pauses.size else np.zeros(3)
    names = ("p50", "p99", "longest")
    return {name: round(1000 * float(x), 1) for name, x in zip(names, found, strict=True)}
