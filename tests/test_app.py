import itertools
import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
import pytest

from kiosk.app import Road
from kiosk.config import CameraSettings, Config, DisplaySettings, PortraitSettings
from kiosk.control.view import View
from kiosk.errors import CameraError, PackError
from kiosk.generator.stage import Portrait
from kiosk.messages import Layers, PortraitMotion
from kiosk.pipeline import Stage
from kiosk.portraits.pack import Pack
from kiosk.portraits.store import choose_pack
from kiosk.sitter import motion_target
from kiosk.standing import START_S
from tests.fakes import (
    FakeScreen,
    FakeStage,
    ManualClock,
    StillEngine,
    StillRig,
    moving_photograph,
    write_clip,
)
from tests.packs import small_pack, write_small_pack

SIZE = (72, 128)
NO_CAMERA = (
    "camera /dev/no-such gives no pictures (there is no /dev/no-such); "
    "the portrait idles, and it is tried again"
)


class ShortRoad(Road):
    """The whole road but for the network, in whose place stands a still generator."""

    portrait_id = "gradient"

    def build_generator(self) -> Stage[PortraitMotion, Layers]:
        return FakeStage(self.answer)

    def answer(self, motion: object) -> Layers | None:
        if not isinstance(motion, PortraitMotion):
            return None
        assert motion.motion.expression.shape == (468, 3)
        return Layers(
            portrait_id=self.portrait_id,
            flow=np.zeros((256, 256, 2), np.float32),
            light=np.zeros((256, 256), np.float32),
            paint=np.zeros((256, 256, 3), np.float32),
            cover=np.zeros((256, 256), np.float32),
            captured_at=motion.captured_at,
        )


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return small_pack(tmp_path / "packs")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "visitor.mp4"
    return write_clip(path, moving_photograph(30), fps=30)


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"camera", "mirror", "generator", "hook"}


@pytest.fixture
def any_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small packs have weights of no network."""
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)


def settings(source: str) -> Config:
    return Config(
        camera=CameraSettings(source=source),
        display=DisplaySettings(width=SIZE[0], height=SIZE[1], max_fps=240),
    )


def test_a_clip_goes_the_whole_road(pack: Pack, clip: Path) -> None:
    screen = ClosingScreen(lambda ids: len(ids) >= 6)
    with ShortRoad(settings(str(clip)), pack) as road:
        road.run(screen)
        report = road.report()

    layers = [shown for shown in screen.shown if shown is not None]
    times = [shown.captured_at for shown in layers]
    assert screen.shown[0] is None  # the artwork hangs before anything moves
    assert times == sorted(times)
    assert report.frames_shown >= 5
    assert {"camera", "tracking", "motion", "generator", "display"} <= set(report.stages_ms)
    assert report.latency_ms["p50"] > 0
    assert (report.portrait, report.engine) == ("gradient", "none")


def test_the_visitors_motion_arrives(pack: Pack, clip: Path) -> None:
    seen: list[np.ndarray] = []

    class Watched(ShortRoad):
        def answer(self, motion: object) -> Layers | None:
            if isinstance(motion, PortraitMotion):
                seen.append(motion.motion.rotation)
            return super().answer(motion)

    screen = ClosingScreen(lambda ids: len(ids) >= 25)
    with Watched(settings(str(clip)), pack) as road:
        road.run(screen)

    assert np.ptp(np.array(seen), axis=0).max() > 1e-3


def test_without_a_camera_the_portrait_idles(pack: Pack, caplog: pytest.LogCaptureFixture) -> None:
    screen = ClosingScreen(lambda ids: len(ids) >= 3)
    with caplog.at_level(logging.WARNING), ShortRoad(settings("/dev/no-such"), pack) as road:
        road.run(screen)

    assert any(shown is not None for shown in screen.shown)
    assert [record.getMessage() for record in caplog.records] == [NO_CAMERA]


def test_layers_of_another_portrait_are_not_drawn(pack: Pack, clip: Path) -> None:
    class Stranger(ShortRoad):
        portrait_id = "another"

        def answer(self, motion: object) -> Layers | None:
            layers = super().answer(motion)
            made.append(layers)
            return layers

    made: list[Layers | None] = []
    screen = ClosingScreen(lambda _: len(made) >= 5)
    with Stranger(settings(str(clip)), pack) as road:
        road.run(screen)

    assert any(made)
    assert all(shown is None for shown in screen.shown)


class ChangingRoad(Road):
    """The whole road but for rigs and networks."""

    def build_portrait(self, pack: Pack, without: Collection[str] = ()) -> Portrait:
        return Portrait(pack.meta.id, StillRig(), StillEngine())  # type: ignore[arg-type]


class ClosingScreen(FakeScreen):
    """Closes when it has shown a portrait, or, so that no test hangs, after long."""

    def __init__(self, until: Callable[[list[str]], bool]) -> None:
        super().__init__()
        self._until, self._gives_up_at = until, time.monotonic() + 60

    @property
    def closed(self) -> bool:
        ids = [shown.portrait_id for shown in self.shown if shown is not None]
        return self._until(ids) or time.monotonic() > self._gives_up_at


def changes(ids: list[str]) -> list[str]:
    """Each portrait that follows another."""
    return [each for each, _ in itertools.groupby(ids)]


def test_another_portrait_takes_over_while_the_road_runs(
    pack: Pack, clip: Path, tmp_path: Path, any_weights: None
) -> None:
    other = write_small_pack(tmp_path / "others", "second")
    ordered = []

    def until(ids: list[str]) -> bool:
        if len(ids) >= 3 and not ordered:
            ordered.append(road.hang(other))
        return ids.count("second") >= 3

    screen = ClosingScreen(until)
    with ChangingRoad(settings(str(clip)), pack) as road:
        road.run(screen)
        report = road.report()

    ids = [shown.portrait_id for shown in screen.shown if shown is not None]
    assert screen.hung == ["second"]
    assert changes(ids) == ["gradient", "second"]  # never back and forth
    assert (report.portrait, report.engine) == ("second", "still")


def test_a_portrait_ordered_before_the_first_is_ready_is_hung_and_moves(
    pack: Pack, clip: Path, tmp_path: Path, any_weights: None
) -> None:
    other = write_small_pack(tmp_path / "others", "second")
    screen = ClosingScreen(lambda ids: ids.count("second") >= 3)

    class Slow(ChangingRoad):
        def build_portrait(self, pack: Pack, without: Collection[str] = ()) -> Portrait:
            if pack.meta.id == "gradient":
                time.sleep(0.5)  # a network that takes long to load
            return super().build_portrait(pack, without)

    with Slow(settings(str(clip)), pack) as road:
        road.hang(other)
        road.run(screen)

    assert screen.hung == ["second"]
    assert [each.portrait_id for each in screen.shown if each is not None].count("second") >= 3


def test_a_portrait_that_cannot_be_hung_leaves_the_first_one(
    pack: Pack, clip: Path, tmp_path: Path, any_weights: None, caplog: pytest.LogCaptureFixture
) -> None:
    class Refusing(ChangingRoad):
        def build_portrait(self, pack: Pack, without: Collection[str] = ()) -> Portrait:
            if pack.meta.id == "second":
                raise PackError("second: weights are wrong")
            return super().build_portrait(pack, without)

    screen = ClosingScreen(lambda ids: len(ids) >= 5 and "cannot be hung" in caplog.text)
    with Refusing(settings(str(clip)), pack) as road:
        road.hang(write_small_pack(tmp_path / "others", "second"))
        road.run(screen)

    assert screen.hung == []
    assert {shown.portrait_id for shown in screen.shown if shown is not None} == {"gradient"}
    assert "second cannot be hung: second: weights are wrong" in caplog.text


def test_a_playlist_changes_portraits_by_itself_and_names_who_is_not_there(
    pack: Pack, tmp_path: Path, any_weights: None, caplog: pytest.LogCaptureFixture
) -> None:
    write_small_pack(tmp_path / "packs", "second")
    portraits = PortraitSettings.model_construct(
        folder=tmp_path / "packs",
        portrait="gradient",
        playlist=("second", "ghost", "gradient"),
        every_s=0.2,
    )
    config = settings("/dev/no-such").model_copy(update={"portraits": portraits})
    screen = ClosingScreen(lambda ids: len(changes(ids)) >= 3)
    with ChangingRoad(config, pack) as road:
        road.run(screen)

    assert screen.hung[:2] == ["second", "gradient"]
    assert "no such portraits: ghost; there are: gradient, second" in caplog.text


def test_a_pack_that_takes_the_place_of_the_one_that_hangs_is_hung(
    pack: Pack, clip: Path, tmp_path: Path, any_weights: None
) -> None:
    replaced = []

    def until(ids: list[str]) -> bool:
        if len(ids) >= 3 and not replaced:
            replaced.append(write_small_pack(tmp_path / "packs"))
        return bool(screen.hung) and len(ids) >= 6

    screen = ClosingScreen(until)
    with ChangingRoad(settings(str(clip)), pack) as road:
        road.run(screen)

    assert screen.hung == ["gradient"]


def test_a_run_ends_in_time_though_the_network_fails(pack: Pack, clip: Path) -> None:
    class Broken(ShortRoad):
        def build_generator(self) -> Stage[PortraitMotion, Layers]:
            raise PackError("gradient: weights are wrong")

    screen = FakeScreen()
    with Broken(settings(str(clip)), pack) as road:
        road.run(screen, seconds=0.2)

    assert screen.shown
    assert all(shown is None for shown in screen.shown)


def test_watchers_see_every_composed_picture(pack: Pack, clip: Path) -> None:
    seen: list[tuple[tuple[int, ...], float]] = []
    screen = FakeScreen(SIZE, closes_after=6)
    with ShortRoad(settings(str(clip)), pack) as road:
        road.watch(lambda image, layers: seen.append((image.shape, layers.captured_at)))
        road.run(screen)
        shown = road.report().frames_shown

    assert len(seen) == shown
    assert {shape for shape, _ in seen} == {(128, 72, 3)}


def test_a_missing_clip_ends_before_it_begins(pack: Pack) -> None:
    with pytest.raises(CameraError, match="no such camera or clip"):
        ShortRoad(settings("nobody.mp4"), pack)


def test_the_motion_knows_the_packs_limits(pack: Pack) -> None:
    target = motion_target(pack)

    assert target.portrait_id == "gradient"
    assert target.limits.yaw_deg == pack.meta.limits.yaw_deg
    assert target.gains.gaze == pack.meta.gains.gaze


def test_an_unknown_portrait_is_told_with_those_there_are(tmp_path: Path) -> None:
    write_small_pack(tmp_path, "mona")

    with pytest.raises(PackError, match=r"lisa: .*mona"):
        choose_pack(PortraitSettings(folder=tmp_path, portrait="lisa"))


def test_a_damaged_pack_is_refused_by_name_and_the_next_hangs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)
    broken = write_small_pack(tmp_path, "broken")
    write_small_pack(tmp_path, "whole")
    (broken / "matte.png").write_bytes(b"eaten by moths")

    with caplog.at_level(logging.ERROR):
        pack = choose_pack(PortraitSettings(folder=tmp_path, portrait="broken"))

    assert pack.meta.id == "whole"
    assert "broken" in caplog.records[0].getMessage()


def test_a_portrait_that_does_not_move_is_unhealthy_and_a_note_switched_off_only_a_fault(
    pack: Pack, clip: Path
) -> None:
    clock = ManualClock()
    display = DisplaySettings(width=SIZE[0], height=SIZE[1], disclosure="")
    road = ShortRoad(
        Config(camera=CameraSettings(source=str(clip)), display=display), pack, clock=clock
    )
    note = "the note that the movement is generated is switched off"
    assert (road.status().faults, road.status().unhealthy) == ((note,), ())

    clock.now += START_S + 1
    still = "the portrait does not move: the still artwork hangs"
    assert (road.status().faults, road.status().unhealthy) == ((still, note), (still,))


def test_what_the_camera_sees_is_told_in_figures(pack: Pack, clip: Path) -> None:
    views: list[View] = []

    def seen(_: object) -> bool:
        view = road.view()
        views.extend([view] if view is not None and view.faces else [])
        return bool(views)

    with ShortRoad(settings(str(clip)), pack) as road:
        assert road.view() is None
        road.run(ClosingScreen(seen))

    assert views[0].size == (640, 480)
    assert 0 < views[0].light < 1
    assert 0 < views[0].faces[0].width < 1
