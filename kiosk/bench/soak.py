"""A long run with faults on purpose: does the road heal, and does anything grow?

The road is the gallery's own, before a clip, without a screen; now and then one of its stages is
made to fail or to hang, its camera to go, its portrait to change. Every second is kept: how many
new pictures it had, and whether a fault was being healed in it.
"""

import random
import threading
import time
from array import array
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.app import Road
from kiosk.camera.source import Camera
from kiosk.camera.through import CameraThrough
from kiosk.config import Config, speechless
from kiosk.display.screen import open_screen
from kiosk.health import resident_mb
from kiosk.messages import Bytes, Frame, Layers, PortraitMotion
from kiosk.pipeline import Stage
from kiosk.portraits.pack import Pack
from kiosk.portraits.store import choose_pack, find_packs
from kiosk.room import own_room

Seconds = NDArray[np.float64]

ENOUGH = 20  # new pictures in a second
SETTLED_S = 600.0  # from then on nothing may grow
HANG_S = 40.0  # longer than a stage is waited for
AWAY_S = 4.0
SAMPLE_S = 5.0


class Fault(Exception):  # noqa: N818
    """Raised on purpose."""


@dataclass(slots=True)
class Ill:
    """What befalls a stage at its next message."""

    befalls: Callable[[], None] | None = None

    def strike(self) -> None:
        """Let it befall, once."""
        befalls, self.befalls = self.befalls, None
        if befalls is not None:
            befalls()


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process holds."""

    at_s: float
    rss_mb: float
    threads: int
    files: int


@dataclass(slots=True)
class SoakFigures:
    """What came of it; the field names are those of the JSON."""

    seconds: int = 0
    enough: float = 0.0  # share of the seconds with enough new pictures, healing ones aside
    healing_s: int = 0  # seconds in which a fault was being healed
    faults: dict[str, int] = field(default_factory=dict)
    healed_s: dict[str, float] = field(default_factory=dict)  # the longest of each kind
    # medians of tenths of what comes after the first ten minutes, or the first half: at any one
    # moment two portraits' networks may be there
    resident_mb: tuple[float, ...] = ()
    grown_mb: float = 0.0  # from the first of these to the last
    grown_threads: int = 0
    grown_files: int = 0
    latency_ms: tuple[float, float] = (0.0, 0.0)  # median of the first and of the last quarter
    ended: str = ""  # why, if it ended too soon


class _Ailing:
    """A stage that fails when it is struck."""

    def __init__(self, stage: Stage[Frame, PortraitMotion] | Stage[PortraitMotion, Layers],
                 ill: Ill) -> None:  # fmt: skip
        self._stage, self._ill = stage, ill

    def __call__(self, message: object) -> object:
        self._ill.strike()
        return self._stage(message)  # type: ignore[arg-type]

    def close(self) -> None:
        self._stage.close()


class _AilingCamera(CameraThrough):
    """A camera that fails when it is struck."""

    def __init__(self, camera: Camera, ill: Ill) -> None:
        super().__init__(camera)
        self._ill = ill

    def __call__(self, message: None = None, /) -> Frame | None:
        self._ill.strike()
        return super().__call__()

    def close(self) -> None:
        pass  # a clip goes on where it was


class AilingRoad(Road):
    """A road whose stages can be struck."""

    def __init__(self, config: Config, pack: Pack) -> None:
        self.ills = {name: Ill() for name in ("camera", "mirror", "generator")}
        room = own_room(config, clock=time.monotonic)
        camera = _AilingCamera(room.camera, self.ills["camera"])
        super().__init__(config, pack, replace(room, camera=camera))

    def build_mirror(self) -> Stage[Frame, PortraitMotion]:
        """See `Road`."""
        return _Ailing(super().build_mirror(), self.ills["mirror"])  # type: ignore[return-value]

    def build_generator(self) -> Stage[PortraitMotion, Layers]:
        """See `Road`."""
        return _Ailing(super().build_generator(), self.ills["generator"])  # type: ignore[return-value]


class Saboteur(threading.Thread):
    """Strikes a road now and then.

    Args:
        road: that is struck.
        packs: portraits that take turns.
        every_s: mean seconds between two strikes.
        seed: of the chances.
    """

    def __init__(self, road: AilingRoad, packs: list[Path], *, every_s: float, seed: int) -> None:
        super().__init__(name="saboteur", daemon=True)
        self._road, self._packs, self._every_s = road, packs, every_s
        self._chance = random.Random(seed)
        self._stop = threading.Event()
        self.struck: list[tuple[float, str]] = []

    def run(self) -> None:
        """Until told to stop."""
        strikes = self._strikes()
        while not self._stop.wait(self._chance.uniform(0.6, 1.4) * self._every_s):
            name = self._chance.choice(sorted(strikes))
            self.struck.append((time.monotonic(), name))
            strikes[name]()

    def stop(self) -> None:
        """Strike no more."""
        self._stop.set()

    def _strikes(self) -> dict[str, Callable[[], None]]:
        def fail() -> None:
            raise Fault("on purpose")

        def at(stage: str, befalls: Callable[[], None]) -> Callable[[], None]:
            def strike() -> None:
                self._road.ills[stage].befalls = befalls

            return strike

        def swap() -> None:
            self._packs.append(self._packs.pop(0))
            self._road.hang(self._packs[0])

        return {
            "camera fails": at("camera", fail),
            "camera is away": at("camera", lambda: time.sleep(AWAY_S)),
            "tracker fails": at("mirror", fail),
            "tracker hangs": at("mirror", lambda: time.sleep(HANG_S)),
            "generator fails": at("generator", fail),
            "another portrait": swap,
        }


def soak(config: Config, *, seconds: float, every_s: float, seed: int = 0) -> SoakFigures:
    """Run the road for so long, and strike it every so often on average; 0: never."""
    pack = choose_pack(config.portraits)
    road = AilingRoad(speechless(config), pack)
    # of each picture, when composed and how late; as a list of pairs they grow by 12 MB an hour
    composed, late = array("d"), array("d")
    samples: list[Sample] = []

    def watch(_: Bytes, layers: Layers) -> None:
        now = time.monotonic()
        composed.append(now)
        late.append(now - layers.captured_at)
        if not samples or now - samples[-1].at_s >= SAMPLE_S:
            samples.append(_sample(now))

    road.watch(watch)
    packs = find_packs([config.portraits.folder])
    saboteur = Saboteur(road, packs, every_s=every_s, seed=seed)
    ended = ""
    with ExitStack() as stack:
        screen = stack.enter_context(open_screen(pack, config.display, offscreen=True))
        stack.enter_context(road)
        if every_s:
            saboteur.start()
        stack.callback(saboteur.stop)
        try:
            road.run(screen, seconds=seconds)
        except Exception as error:  # that is what it is to find out
            ended = f"{type(error).__name__}: {error}"
    figures = _sum_up(np.array(composed), np.array(late), samples, saboteur.struck)
    return replace(figures, ended=ended)


def _sample(now: float) -> Sample:
    files = len(list(Path("/proc/self/fd").iterdir()))
    return Sample(now, resident_mb(), threading.active_count(), files)


def _sum_up(
    at: Seconds, late: Seconds, samples: list[Sample], struck: list[tuple[float, str]]
) -> SoakFigures:
    """The figures of a run, from its second second on.

    Args:
        at: (N,) when each picture was composed.
        late: (N,) how long after its frame was taken.
        samples: of what the process held.
        struck: when, and with what.
    """
    if len(at) < ENOUGH:
        return SoakFigures(ended="hardly a picture came")
    first, last = at[0] + 1.0, at[-1]
    rates = np.histogram(at, np.arange(first, last, 1.0))[0]
    healing = np.zeros(len(rates), bool)
    figures = SoakFigures(seconds=len(rates))
    for when, name in struck:
        begin = int(max(when - first, 0))
        after = np.flatnonzero(rates[begin + 1 :] >= ENOUGH)  # the second of the strike aside
        end = begin + 2 + int(after[0]) if len(after) else len(rates)
        slow = np.flatnonzero(rates[begin:end] < ENOUGH)
        healing[begin : end if len(slow) else begin + 1] = True
        figures.faults[name] = figures.faults.get(name, 0) + 1
        figures.healed_s[name] = max(figures.healed_s.get(name, 0.0), float(len(slow)))
    well = rates[~healing]
    figures.enough = float((well >= ENOUGH).mean()) if len(well) else 0.0
    figures.healing_s = int(healing.sum())
    begun = min(SETTLED_S, (samples[-1].at_s - samples[0].at_s) / 2)
    settled = [each for each in samples if each.at_s - samples[0].at_s >= begun]
    one, other = settled[0], settled[-1]
    tenths = np.array_split([each.rss_mb for each in settled], min(10, len(settled)))
    figures.resident_mb = tuple(round(float(np.median(tenth)), 1) for tenth in tenths)
    figures.grown_mb = round(figures.resident_mb[-1] - figures.resident_mb[0], 1)
    figures.grown_threads = other.threads - one.threads
    figures.grown_files = other.files - one.files
    quarter = max(len(late) // 4, 1)
    figures.latency_ms = tuple(  # type: ignore[assignment]
        round(1000 * float(np.median(part)), 1) for part in (late[:quarter], late[-quarter:])
    )
    return figures
