"""The figures as Prometheus reads them: its text format, version 0.0.4.

They are counts of this process and tell nothing about any one visitor. A few lines of our own, for
all is counted in `kiosk.health` already: what a library would add is how a line is written, and a
registry of its own to begin with the process.
"""

import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kiosk.control.status import Status
from kiosk.experience import State
from kiosk.health import BOUNDS_MS, ROAD, Figures, Histogram

KIND = "text/plain; version=0.0.4; charset=utf-8"

Sample = tuple[Mapping[str, str], float]


@dataclass(frozen=True, slots=True)
class Metric:
    """One family of figures."""

    name: str
    kind: str  # counter, gauge or histogram
    words: str  # what it tells
    samples: tuple[
        tuple[str, Mapping[str, str], float], ...
    ]  # what the name ends in; labels; value

    @property
    def text(self) -> str:
        """Its lines; none where nothing is known."""
        if not self.samples:
            return ""
        lines = [f"# HELP {self.name} {self.words}", f"# TYPE {self.name} {self.kind}"]
        for ending, labels, value in self.samples:
            lines.append(f"{self.name}{ending}{_labels(labels)} {value}")
        return "\n".join(lines) + "\n"


def write_metrics(status: Status, figures: Figures, temperatures: Mapping[str, float]) -> str:
    """All figures of a kiosk.

    Args:
        status: how it fares.
        figures: what was counted since the start.
        temperatures: degrees Celsius by sensor.
    """
    metrics = (
        *_of_the_kiosk(status, temperatures),
        *_of_the_road(status, figures),
        *_of_stages(status, figures),
        *_of_visits(status, figures.counts),
    )
    return "".join(metric.text for metric in metrics)


def _of_the_kiosk(status: Status, temperatures: Mapping[str, float]) -> Iterator[Metric]:
    build = {"version": status.version, "python": platform.python_version()}
    yield _gauge("build_info", "What runs.", [(build, 1)])
    hangs = {"portrait": status.portrait, "engine": status.engine}
    yield _gauge("portrait_info", "What hangs, and what runs its network.", [(hangs, 1)])
    yield _gauge("up_seconds", "Since the start.", [({}, status.up_s)])
    healthy = int(not status.unhealthy)
    yield _gauge(
        "healthy", "1 while the portrait moves and every stage is heard of.", [({}, healthy)]
    )
    yield _gauge("faults", "What staff should look at.", [({}, len(status.faults))])
    reduced = "0 while all pictures are made; more: fewer, for it is hot."
    yield _gauge("quality_step", reduced, [({}, status.quality_step)])
    yield _gauge("resident_bytes", "Memory of the process.", [({}, round(status.rss_mb * 2**20))])
    warm: list[Sample] = [({"sensor": name}, each) for name, each in temperatures.items()]
    yield _gauge("temperature_celsius", "Of the machine, by sensor.", warm)


def _of_the_road(status: Status, figures: Figures) -> Iterator[Metric]:
    shown = figures.times[ROAD]
    yield _counter("frames_shown_total", "Moving pictures composed.", [({}, shown.total)])
    yield _counter("frames_dropped_total", "Messages that nobody took.", [({}, status.dropped)])
    yield _gauge("frames_per_second", "Of the last seconds.", [({}, status.fps)])
    age: list[Sample] = [] if status.shown_age_s is None else [({}, status.shown_age_s)]
    yield _gauge("shown_age_seconds", "Since the last moving picture.", age)
    yield _histogram("latency_seconds", "From capture to composed.", [({}, shown)])


def _of_stages(status: Status, figures: Figures) -> Iterator[Metric]:
    times = [({"stage": name}, each) for name, each in figures.times.items() if name != ROAD]
    yield _histogram("stage_seconds", "What a stage takes for one message.", times)
    ages: list[Sample] = [
        ({"stage": name}, each.age_s)
        for name, each in status.stages.items() if each.age_s is not None
    ]  # fmt: skip
    yield _gauge("stage_age_seconds", "Since a stage was last heard of.", ages)
    failures: list[Sample] = [
        ({"stage": name}, each.failures) for name, each in status.stages.items()
    ]
    yield _counter("stage_failures_total", "How often a stage failed and began anew.", failures)


def _of_visits(status: Status, counts: Mapping[str, int]) -> Iterator[Metric]:
    for name, words in (
        ("visitors", "How often somebody came to lead where nobody had."),
        ("greetings", "How often the portrait greeted."),
        ("stories", "How often it began to tell something."),
    ):
        yield _counter(f"{name}_total", words, [({}, counts.get(name, 0))])
    states: list[Sample] = [
        ({"state": state.value}, int(state.value == status.state)) for state in State
    ]
    yield _gauge("visit_state", "1 for the part of a visit it is.", states)


def _gauge(name: str, words: str, samples: Iterable[Sample]) -> Metric:
    return _plain(name, "gauge", words, samples)


def _counter(name: str, words: str, samples: Iterable[Sample]) -> Metric:
    return _plain(name, "counter", words, samples)


def _plain(name: str, kind: str, words: str, samples: Iterable[Sample]) -> Metric:
    return Metric(f"kiosk_{name}", kind, words, tuple(("", *each) for each in samples))


def _histogram(
    name: str, words: str, times: Iterable[tuple[Mapping[str, str], Histogram]]
) -> Metric:
    bounds = (*(f"{bound / 1000:g}" for bound in BOUNDS_MS), "+Inf")
    samples: list[tuple[str, Mapping[str, str], float]] = []
    for labels, each in times:
        for bound, count in zip(bounds, (*each.within, each.total), strict=True):
            samples.append(("_bucket", {**labels, "le": bound}, count))
        samples += [("_sum", labels, round(each.sum_s, 6)), ("_count", labels, each.total)]
    return Metric(f"kiosk_{name}", "histogram", words, tuple(samples))


def _labels(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{told}}}" if told else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
