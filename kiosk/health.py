"""How the road fares: heartbeats, rates, and how long each stage and the whole road take.

Times come in as seconds, from the threads that measured them; out go one log line a minute and a
report for a file. Memory use is fixed: times are counted in bins of half a millisecond.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kiosk.temperatures import processor_c

logger = logging.getLogger(__name__)

ROAD = "latency"  # the name under which capture-to-composed is kept
RECENT = 150  # pictures
BIN_MS = 0.5
SILENCE_S = 30.0  # a stage whose heart has not beaten for so long hangs
BINS = 4000  # to two seconds; what is longer counts as that
# what histograms are told by: whole bins
BOUNDS_MS = (2, 5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300, 500, 1000)
VISITORS = "visitors"  # the name under which they are counted

Percentiles = dict[str, float]


@dataclass(frozen=True)
class Report:
    """What a run came to; the field names are those of the file."""

    seconds: float
    frames_shown: int
    fps: float
    latency_ms: Percentiles
    stages_ms: dict[str, Percentiles]
    dropped: int
    engine: str
    portrait: str
    rss_mb: float


@dataclass(frozen=True, slots=True)
class Recent:
    """How the last pictures came."""

    fps: float
    latency_ms: float  # the median
    age_s: float | None  # of the last one; None: there was none


@dataclass(frozen=True, slots=True)
class Histogram:
    """Durations since the start."""

    within: tuple[int, ...]  # how many took no longer than each of BOUNDS_MS
    total: int
    sum_s: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted since the start."""

    times: dict[str, Histogram]  # by stage; under ROAD, from capture to composed
    counts: dict[str, int]


class Times:
    """Durations counted in bins, as a whole and since the last look."""

    def __init__(self) -> None:
        self._counts = np.zeros(BINS, np.int64)
        self._seen = self._counts.copy()
        self._sum_s = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self._sum_s += max(seconds, 0.0)
        self._counts[min(max(int(seconds * 1000 / BIN_MS), 0), BINS - 1)] += 1

    def percentiles(self, *, recent: bool = False) -> Percentiles:
        """p50, p95 and p99 in milliseconds, of all or since the last call of `look`."""
        counts = self._counts - self._seen if recent else self._counts
        total = np.cumsum(counts)
        if not total[-1]:
            return {"p50": 0.0, "p95": 0.0, "p99": 0.0}
        places = np.searchsorted(total, [total[-1] * share for share in (0.50, 0.95, 0.99)])
        return {
            name: round((float(place) + 0.5) * BIN_MS, 2)
            for name, place in zip(("p50", "p95", "p99"), places, strict=True)
        }

    def look(self) -> int:
        """Start a new recent span; returns how many durations the last one had."""
        recent = int((self._counts - self._seen).sum())
        self._seen = self._counts.copy()
        return recent

    def histogram(self) -> Histogram:
        """All, for who counts on."""
        within = np.cumsum(self._counts)[[int(bound / BIN_MS) - 1 for bound in BOUNDS_MS]]
        return Histogram(tuple(within.tolist()), self.total, self._sum_s)

    @property
    def total(self) -> int:
        """How many durations were counted."""
        return int(self._counts.sum())


class Health:
    """Keeps the figures of one run. Any thread may tell; the main thread asks.

    Args:
        clock: monotonic seconds.
        log_every_s: between two lines in the log.
        name: what they begin with, where there are several runs.
        temperature: of the hottest part that computes, degrees Celsius, where it tells.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        log_every_s: float = 60.0,
        name: str = "",
        temperature: Callable[[], float | None] = processor_c,
    ) -> None:
        self._clock = clock
        self._name = name
        self._log_every_s = log_every_s
        self._temperature = temperature
        self._lock = threading.Lock()
        self._times: dict[str, Times] = {ROAD: Times()}
        self._beats: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._counts: dict[str, int] = {}
        self._visitors_said = 0
        self._shown_from: float | None = None  # when the first picture was composed
        # of the last pictures: when composed, and how long after their frames
        self._recent: deque[tuple[float, float]] = deque(maxlen=RECENT)
        self._said_at = clock()

    def beat(self, stage: str) -> None:
        """A stage is alive."""
        self._beats[stage] = self._clock()

    def fail(self, stage: str) -> None:
        """A stage has raised."""
        self._failures[stage] = self._failures.get(stage, 0) + 1

    def failures(self, stage: str) -> int:
        """How often a stage has raised."""
        return self._failures.get(stage, 0)

    def count(self, what: str) -> None:
        """Something has happened once more; each is told by one thread."""
        self._counts[what] = self._counts.get(what, 0) + 1

    def figures(self) -> Figures:
        """What was counted so far."""
        with self._lock:
            times = {name: each.histogram() for name, each in self._times.items()}
        return Figures(times, dict(self._counts))

    def silent(self, limit_s: float) -> list[str]:
        """The stages whose heart has not beaten for ``limit_s`` seconds."""
        now = self._clock()
        return [stage for stage, at in list(self._beats.items()) if now - at > limit_s]

    def record(self, stage: str, seconds: float) -> None:
        """A stage took so long for one message."""
        with self._lock:
            self._times.setdefault(stage, Times()).add(seconds)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Record how long the block takes; nothing is recorded when it raises."""
        begun = self._clock()
        yield
        self.record_since(stage, begun)

    def now(self) -> float:
        """The clock's time."""
        return self._clock()

    def record_since(self, stage: str, began: float) -> None:
        """A stage is done with what it began at that time."""
        self.record(stage, self._clock() - began)

    def shown(self, captured_at: float) -> None:
        """A picture that descends from a frame of that time is composed now."""
        if self._shown_from is None:
            self._shown_from = self._clock()
        self._recent.append((self._clock(), self._clock() - captured_at))
        self.record_since(ROAD, captured_at)

    @property
    def moved(self) -> bool:
        """Whether a moving picture was ever shown."""
        return self._shown_from is not None

    def recent(self) -> Recent:
        """How the last pictures came."""
        shown = list(self._recent)
        if not shown:
            return Recent(fps=0.0, latency_ms=0.0, age_s=None)
        now, first = self._clock(), shown[0][0]
        return Recent(
            fps=round((len(shown) - 1) / max(now - first, 1e-3), 1),
            latency_ms=round(1000 * float(np.median([late for _, late in shown])), 1),
            age_s=round(now - shown[-1][0], 2),
        )

    def age(self, stage: str) -> float | None:
        """Seconds since a stage's heart last beat; None if it never did."""
        at = self._beats.get(stage)
        return None if at is None else round(self._clock() - at, 2)

    def say_every_minute(self, *, dropped: int) -> None:
        """Log one line when it is time for one."""
        now = self._clock()
        if now - self._said_at < self._log_every_s:
            return
        with self._lock:
            road = self._times[ROAD].percentiles(recent=True)
            stages = {
                name: times.percentiles(recent=True)["p50"]
                for name, times in self._times.items() if name != ROAD
            }  # fmt: skip
            shown = self._times[ROAD].look()
            for times in self._times.values():
                times.look()
        visitors, celsius = self._counts.get(VISITORS, 0), self._temperature()
        for stage in self.silent(SILENCE_S):
            logger.error(
                "%s%s has not been heard of for %.0f s or more", self._name, stage, SILENCE_S
            )
        logger.info(
            "%s%.1f frames/s, latency p50 %.0f p95 %.0f ms, %s, %d dropped, %d failed, %.0f MB, "
            "visitors: %d%s",
            self._name, shown / (now - self._said_at), road["p50"], road["p95"],
            " ".join(f"{name} {time:.1f}" for name, time in stages.items()),
            dropped, sum(self._failures.values()), resident_mb(),
            visitors - self._visitors_said, "" if celsius is None else f", {celsius:.0f} °C",
        )  # fmt: skip
        self._said_at, self._visitors_said = now, visitors

    def report(self, *, dropped: int, engine: str, portrait: str) -> Report:
        """Everything since the first picture was composed."""
        now = self._clock()
        seconds = max(now - (now if self._shown_from is None else self._shown_from), 1e-3)
        with self._lock:
            stages = {
                name: times.percentiles() for name, times in self._times.items() if name != ROAD
            }
            shown = self._times[ROAD].total
            road = self._times[ROAD].percentiles()
        return Report(
            seconds=round(seconds, 3), frames_shown=shown, fps=round(shown / seconds, 2),
            latency_ms=road, stages_ms=stages, dropped=dropped,
            engine=engine, portrait=portrait, rss_mb=round(resident_mb(), 1),
        )  # fmt: skip


def resident_mb() -> float:
    """Memory of this process in MB; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    lines = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return next((int(line.split()[1]) / 1024 for line in lines), 0.0)
