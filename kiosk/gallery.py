"""Several portraits on one screen, each with a visitor of its own.

Each has its road, as if it hung alone; the roads share a camera, the tracking, a voice and the
screen. In go settings and packs. What a road does is `app.py`'s, who follows whom the usher's.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import fields
from functools import partial
from types import TracebackType

from kiosk.app import Beat, Road
from kiosk.camera.fan import fan_out
from kiosk.camera.source import open_camera
from kiosk.comeback import end_if_only_that_helps
from kiosk.config import Config
from kiosk.control.status import GalleryStatus, PlaceStatus, Status
from kiosk.control.view import View
from kiosk.display.panels import Panels
from kiosk.errors import ControlError
from kiosk.floor import Floor, PoliteRepertoire, SharedVoice
from kiosk.health import Figures, Report
from kiosk.messages import Bytes, Layers
from kiosk.mirror import Landmarker, Presence
from kiosk.onlookers import Onlookers, Watcher
from kiosk.pace import Pace
from kiosk.portraits.override import Override
from kiosk.portraits.pack import Pack
from kiosk.room import Room
from kiosk.sound.sound import Sound
from kiosk.standing import STALE_S
from kiosk.tracking.usher import Lookout, Usher

MakeRoad = Callable[[Config, Pack, Room], Road]


class Gallery:
    """One run of several roads; a context manager. Staff ask it what they ask a road.

    Args:
        config: the settings.
        packs: the portraits that hang at first, in the order of their places.
        make_road: makes the road of one.
        clock: monotonic seconds.

    Raises:
        CameraError: the settings name no camera or clip.
    """

    def __init__(
        self,
        config: Config,
        packs: Sequence[Pack],
        *,
        make_road: MakeRoad = Road,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config, self._clock = config, clock
        self._stop = threading.Event()
        self._arrived = threading.Condition()
        self.camera = open_camera(config.camera, clock=clock, wait=self._stop.wait)
        self._sound = Sound(config.sound, clock=clock)
        self._lookout = Lookout(self._build_landmarker)
        # until the screen says where they hang
        self._places = [(place + 0.5) / len(packs) for place in range(len(packs))]
        self._usher = Usher(config.tracking, lambda: self._places, now=clock())
        self._roads = [
            make_road(config, pack, room)
            for pack, room in zip(packs, self._rooms(len(packs)), strict=True)
        ]
        self.remarks = self._roads[0].remarks
        self._pace = Pace(self._rates, clock=clock)
        self._onlookers = Onlookers()
        self._stack = ExitStack()

    def __enter__(self) -> "Gallery":
        self._stack.callback(self._lookout.end)
        self._stack.callback(self._sound.close)
        for road in self._roads:
            self._stack.enter_context(road)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._stack.close()

    def watch(self, watcher: Watcher) -> None:
        """Have every composed picture shown to ``watcher`` too, with its newest layers."""
        self._onlookers.watch(watcher)

    def run(
        self, screen: Panels, *, seconds: float | None = None, beat: Beat = lambda: None
    ) -> None:
        """Show what comes until the screen is closed; see `Road.run`."""
        hung = list(zip(self._roads, screen.panels, strict=True))
        for road, panel in hung:
            road.begin(panel)
        screen.present()
        shown_at = self._clock()
        ends_at: float | None = None
        while not screen.closed and (ends_at is None or self._clock() < ends_at):
            self._places = screen.places  # a window may have another size by now
            self._stop.wait(shown_at + 1 / self._config.display.max_fps - self._clock())
            self._wait_for_layers()
            shown_at = self._clock()
            composed = [(road, road.step(panel, 0)) for road, panel in hung]
            screen.present()
            beat()
            fresh = [(road, layers) for road, layers in composed if layers is not None]
            for road, layers in fresh:
                road.shown(layers)
            newest = max((layers for _, layers in fresh), key=_captured_at, default=None)
            self._onlookers.serve(screen, newest)
            self._pace.heed()
            end_if_only_that_helps([road.comeback for road in self._roads])
            if seconds and ends_at is None and all(road.moves for road in self._roads):
                ends_at = self._clock() + seconds

    def hang_by_id(self, portrait_id: str, place: int = 1) -> None:
        """Have another portrait hang at a place, counted from 1, once it is ready.

        Raises:
            PackError: there is no such portrait.
            ControlError: there is no such place, or it hangs at another one.
        """
        if not 1 <= place <= len(self._roads):
            raise ControlError(f"place is {place}; use 1 to {len(self._roads)}")
        for number, each in enumerate(self._ids(), 1):
            if number != place and each == portrait_id:
                raise ControlError(f"{portrait_id} hangs at place {number} already")
        self._roads[place - 1].hang_by_id(portrait_id)

    def tune(self, portrait_id: str, override: Override) -> None:
        """Try out gains and limits on a portrait that hangs, until another one hangs there.

        Raises:
            ControlError: it does not hang.
        """
        ids = self._ids()
        place = ids.index(portrait_id) if portrait_id in ids else 0
        self._roads[place].tune(portrait_id, override)

    def darken(self, dark: bool) -> None:
        """Let the screen be black and see nobody, as at night, or wake again."""
        for road in self._roads:
            road.darken(dark)

    def picture(self, timeout_s: float) -> Bytes | None:
        """What the whole screen shows: (H, W, 3) RGB; None when it cannot be had in time."""
        return self._onlookers.look(timeout_s)

    def reports(self) -> list[Report]:
        """The figures so far, place by place."""
        return [road.report() for road in self._roads]

    def figures(self) -> Figures:
        """What was counted at the first place since the start."""
        return self._roads[0].figures()

    def view(self) -> View | None:
        """What the camera sees, in figures; None: nothing yet."""
        return self._roads[0].view()

    def status(self) -> GalleryStatus:
        """How it fares now: in full how the first portrait does, in short how each."""
        each = [road.status() for road in self._roads]
        first = {field.name: getattr(each[0], field.name) for field in fields(each[0])}
        short = tuple(
            PlaceStatus(
                **{field.name: getattr(status, field.name) for field in fields(PlaceStatus)}
            )
            for status in each
        )
        wrong = {
            "faults": tuple(self._faults(each)),
            "unhealthy": tuple(fault for status in each for fault in status.unhealthy),
        }
        return GalleryStatus(**first | wrong, gallery=short)

    def _ids(self) -> list[str]:
        return [road.status().portrait for road in self._roads]

    def _faults(self, each: Sequence[Status]) -> Iterator[str]:
        if self._pace.fault:
            yield self._pace.fault
        yield from each[0].faults
        for status in each[1:]:
            for fault in status.faults:
                if fault not in each[0].faults:
                    yield f"{status.portrait}: {fault}"

    def _wait_for_layers(self) -> None:
        """Wait until a road has some, or a panel must be seen to again."""
        patience_s = min(road.patience_s for road in self._roads)
        with self._arrived:
            self._arrived.wait_for(
                lambda: any(road.layers.full for road in self._roads), patience_s
            )

    def _rates(self) -> list[float]:
        if not all(road.moves for road in self._roads):
            return []
        recent = [road.health.recent() for road in self._roads]
        return [each.fps for each in recent if each.age_s is not None and each.age_s < STALE_S]

    def _rooms(self, count: int) -> Iterator[Room]:
        """What each road finds around it."""
        floor, building = Floor(), threading.Lock()
        cameras = fan_out(self.camera, count, wait=self._stop.wait)
        for place, camera in enumerate(cameras):
            yield Room(
                stop=self._stop,
                camera=camera,
                voice=SharedVoice(self._sound, floor, place),
                tracking=partial(self._tracking, place),
                manners=partial(PoliteRepertoire, floor=floor, place=place),
                place=place,
                name=f"place {place + 1}: ",
                building=building,
                arrived=self._arrived,
            )

    def _tracking(self, place: int) -> tuple[Landmarker, Presence]:
        return self._lookout, partial(self._usher.visitor, place)

    def _build_landmarker(self) -> Landmarker:
        from kiosk.tracking.landmarker import Landmarker

        return Landmarker(self._config.tracking)


def _captured_at(layers: Layers) -> float:
    return layers.captured_at
