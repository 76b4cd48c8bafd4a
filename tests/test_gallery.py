"""Several roads that share a camera, eyes, a voice and a screen."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kiosk.app import Road
from kiosk.config import Config, PortraitSettings, parse_config
from kiosk.errors import CameraError, ConfigError, ControlError, PackError
from kiosk.gallery import Gallery
from kiosk.messages import Bytes, Layers, PortraitMotion
from kiosk.pace import LONG_S, Pace
from kiosk.pipeline import Stage
from kiosk.portraits.override import Override
from kiosk.portraits.pack import Pack
from kiosk.portraits.store import choose_gallery
from kiosk.portraits.turns import Turns
from tests.fakes import (
    FakeScreen,
    ManualClock,
    moving_photograph,
    write_clip,
)
from tests.packs import small_pack, write_small_pack
from tests.test_app import SIZE, ChangingRoad, settings


class FakePanels:
    """Panels that keep what they were shown; closed when a test has seen enough."""

    places = (0.25, 0.75)

    def __init__(self, until: Callable[["FakePanels"], bool], count: int = 2) -> None:
        self.panels = [FakeScreen(SIZE) for _ in range(count)]
        self.presented = 0
        self._until, self._gives_up_at = until, time.monotonic() + 60

    @property
    def closed(self) -> bool:
        return self._until(self) or time.monotonic() > self._gives_up_at

    def present(self) -> None:
        self.presented += 1

    def read(self) -> Bytes:
        return np.zeros((SIZE[1], 2 * SIZE[0], 3), np.uint8)

    def ids(self, place: int) -> list[str]:
        return [layers.portrait_id for layers in self.panels[place].shown if layers is not None]


def both_move(panels: FakePanels) -> bool:
    return min(len(panels.ids(place)) for place in range(len(panels.panels))) >= 5


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"camera", "mirror", "generator", "hook"}


@pytest.fixture(autouse=True)
def _any_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small packs have weights of no network."""
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)


@pytest.fixture
def packs(tmp_path: Path) -> list[Pack]:
    return [small_pack(tmp_path / "packs", name) for name in ("mona", "lisa")]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "visitor.mp4"
    return write_clip(path, moving_photograph(30), fps=30)


@pytest.fixture
def config(clip: Path, tmp_path: Path) -> Config:
    portraits = PortraitSettings(folder=tmp_path / "packs", gallery=("mona", "lisa"))
    return settings(str(clip)).model_copy(update={"portraits": portraits})


def run(
    config: Config,
    packs: list[Pack],
    panels: FakePanels,
    *,
    make_road: type[Road] = ChangingRoad,
    look: Callable[[Gallery], Any] = lambda _: None,
) -> Any:
    """Run a gallery until its panels are closed, then look at it."""
    with Gallery(config, packs, make_road=make_road) as gallery:
        gallery.run(panels)  # type: ignore[arg-type]
        return look(gallery)


def test_every_portrait_moves_and_the_screen_is_presented_once_for_all(
    config: Config, packs: list[Pack]
) -> None:
    panels = FakePanels(both_move)
    reports = run(config, packs, panels, look=Gallery.reports)

    assert set(panels.ids(0)) == {"mona"}
    assert set(panels.ids(1)) == {"lisa"}
    assert [panel.shown[0] for panel in panels.panels] == [None, None]  # the artworks hang first
    assert panels.presented == len(panels.panels[0].shown) == len(panels.panels[1].shown)
    assert [report.portrait for report in reports] == ["mona", "lisa"]


def test_its_status_is_the_firsts_and_in_short_each_ones(config: Config, packs: list[Pack]) -> None:
    status = run(
        config, packs, FakePanels(both_move), look=lambda gallery: asdict(gallery.status())
    )

    assert status["portrait"] == "mona"
    assert [each["portrait"] for each in status["gallery"]] == ["mona", "lisa"]
    assert all(each["engine"] == "still" for each in status["gallery"])


def test_a_portrait_that_cannot_move_leaves_the_others_moving(
    config: Config, packs: list[Pack]
) -> None:
    class Lame(ChangingRoad):
        def build_generator(self) -> Stage[PortraitMotion, Layers]:
            if self.status().portrait == "lisa":
                raise PackError("lisa: weights are wrong")
            return super().build_generator()

    panels = FakePanels(lambda panels: len(panels.ids(0)) >= 10)
    run(config, packs, panels, make_road=Lame)

    assert len(panels.ids(0)) >= 10
    assert panels.ids(1) == []


def test_another_portrait_hangs_at_the_place_that_staff_name(
    config: Config, packs: list[Pack], tmp_path: Path
) -> None:
    write_small_pack(tmp_path / "packs", "third")
    ordered: list[object] = []

    def until(panels: FakePanels) -> bool:
        if both_move(panels) and not ordered:
            ordered.append(gallery.hang_by_id("third", 2))
        return panels.ids(1).count("third") >= 3

    panels = FakePanels(until)
    with Gallery(config, packs, make_road=ChangingRoad) as gallery:
        gallery.run(panels)  # type: ignore[arg-type]

    assert [panel.hung for panel in panels.panels] == [[], ["third"]]
    assert set(panels.ids(0)) == {"mona"}


@pytest.mark.parametrize(
    ("portrait", "place", "fault"),
    [
        ("lisa", 1, "lisa hangs at place 2 already"),
        ("mona", 3, "place is 3; use 1 to 2"),
        ("nobody", 2, "nobody: there is no such portrait"),
    ],
)
def test_what_cannot_be_hung_is_refused(
    config: Config, packs: list[Pack], portrait: str, place: int, fault: str
) -> None:
    gallery = Gallery(config, packs, make_road=ChangingRoad)

    with pytest.raises((ControlError, PackError), match=fault):
        gallery.hang_by_id(portrait, place)


def test_gains_are_tried_on_whichever_portrait_they_are_meant_for(
    config: Config, packs: list[Pack]
) -> None:
    gallery = Gallery(config, packs, make_road=ChangingRoad)
    gallery.tune("lisa", Override.from_record({"gains": {"mouth": 0.3}}, name=""))

    assert not gallery.status().trying  # the first one's
    with pytest.raises(ControlError, match="third does not hang"):
        gallery.tune("third", Override())


def test_watchers_see_the_whole_screen(config: Config, packs: list[Pack]) -> None:
    seen: list[tuple[int, ...]] = []
    with Gallery(config, packs, make_road=ChangingRoad) as gallery:
        gallery.watch(lambda image, _: seen.append(image.shape))
        gallery.run(FakePanels(both_move))  # type: ignore[arg-type]

    assert set(seen) == {(SIZE[1], 2 * SIZE[0], 3)}


def test_a_run_ends_in_time(config: Config, packs: list[Pack]) -> None:
    panels = FakePanels(lambda _: False)
    with Gallery(config, packs, make_road=ChangingRoad) as gallery:
        gallery.run(panels, seconds=0.2)  # type: ignore[arg-type]

    assert panels.ids(0)
    assert panels.ids(1)


def test_a_missing_clip_ends_before_it_begins(packs: list[Pack]) -> None:
    with pytest.raises(CameraError, match="no such camera or clip"):
        Gallery(settings("nobody.mp4"), packs)


def test_a_machine_that_is_too_slow_is_told_and_so_is_its_recovery(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, rates = ManualClock(), [30.0, 6.2, 7.0, 30.0]
    pace = Pace(lambda: rates, clock=clock)
    for _ in range(int(LONG_S)):
        pace.heed()
        assert pace.fault is None  # it may be for a moment
        clock.wait(1.0)
    pace.heed()

    words = "too much for this machine: 4 portraits at 6 frames/s; hang fewer"
    assert pace.fault is not None
    assert words in pace.fault
    assert caplog.text.count(words) == 1
    rates[1:3] = 12.0, 12.0
    clock.wait(1.0)
    pace.heed()
    assert pace.fault is None


def test_portraits_that_do_not_move_yet_are_not_slow() -> None:
    clock = ManualClock()
    pace = Pace(list, clock=clock)
    for _ in range(3 * int(LONG_S)):
        pace.heed()
        clock.wait(1.0)

    assert pace.fault is None


@pytest.mark.parametrize(
    ("portraits", "fault"),
    [
        ({"gallery": ["mona", "lisa", "mona"]}, r"gallery.*each hangs once; twice: mona"),
        ({"gallery": ["mona"]}, r"gallery.*two to 4"),
        ({"gallery": ["a", "b", "c", "d", "e"]}, r"gallery.*two to 4"),
        (
            {"gallery": ["mona", "lisa"], "playlist": ["mona"]},
            r"gallery.*empty portraits\.playlist",
        ),
    ],
)
def test_a_gallery_that_cannot_hang_is_refused(portraits: dict[str, object], fault: str) -> None:
    with pytest.raises(ConfigError, match=fault) as caught:
        parse_config({"portraits": portraits}, name="config.toml")

    assert "\n" not in str(caught.value)


def test_a_portrait_that_is_not_there_is_left_out_and_named(
    tmp_path: Path, packs: list[Pack], caplog: pytest.LogCaptureFixture
) -> None:
    settings = PortraitSettings(folder=tmp_path / "packs", gallery=("mona", "girl"))

    assert [pack.meta.id for pack in choose_gallery(settings)] == ["mona"]
    assert "girl: there is no such portrait; there are: lisa, mona" in caplog.text


def test_a_gallery_of_none_is_no_gallery(tmp_path: Path, packs: list[Pack]) -> None:
    settings = PortraitSettings(folder=tmp_path / "packs", gallery=("boy", "girl"))
    with pytest.raises(PackError, match="no portrait can be shown: boy: "):
        choose_gallery(settings)


def test_a_damaged_portrait_is_left_out(config: Config, packs: list[Pack]) -> None:
    (packs[1].folder / "matte.png").write_bytes(b"eaten by moths")

    assert [pack.meta.id for pack in choose_gallery(config.portraits)] == ["mona"]


def test_in_a_gallery_nobody_takes_turns(tmp_path: Path, packs: list[Pack]) -> None:
    folder = tmp_path / "packs"
    (folder / ".programme.toml").write_text(
        'every_s = 5\n[[hours]]\nbegins = "00:00"\nportraits = ["mona", "lisa"]\n'
    )
    alone, gallery = PortraitSettings(folder=folder), ("mona", "lisa")
    several = PortraitSettings(folder=folder, gallery=gallery)

    assert Turns(alone, 0.0).due("mona", now=9.0, attended=False) == folder / "lisa"
    assert Turns(several, 0.0).due("mona", now=9.0, attended=False) is None
