"""Portraits changed while the whole road runs: each is hung, and nothing is held for ever."""

import logging
from pathlib import Path

import pytest

from kiosk.bench.swapper import Depot, Swapper, WatchedScreen
from kiosk.bench.swaps import SwapFigures, collect_errors, hold, run_swaps
from kiosk.cli.swaps import print_swaps
from kiosk.config import CameraSettings, Config, DisplaySettings, PortraitSettings, load_config
from kiosk.errors import PackError
from kiosk.portraits.pack import load_meta, load_pack
from tests.fakes import FakeScreen
from tests.packs import write_small_pack

CHANGES = 6  # so that the other portrait is hung once


@pytest.fixture(scope="module")
def figures() -> SwapFigures:
    portraits = load_config().portraits.model_copy(update={"portrait": "personne"})
    config = Config(
        camera=CameraSettings(source="demo"),
        display=DisplaySettings(width=180, height=320, crossfade_s=0.1),
        portraits=portraits,
    )
    return run_swaps(config, count=CHANGES)


def test_every_change_is_hung_and_nothing_is_logged_as_an_error(figures: SwapFigures) -> None:
    assert figures.failures == ()
    assert figures.hung == CHANGES


def test_the_portrait_goes_on_moving_between_changes(figures: SwapFigures) -> None:
    assert figures.fps > 2
    assert figures.pause_ms["p50"] <= figures.pause_ms["longest"] < 5000


def test_no_file_and_no_thread_is_kept(figures: SwapFigures) -> None:
    first, last = figures.held[0], figures.held[-1]

    assert last.swaps == CHANGES
    assert last.descriptors <= first.descriptors
    assert last.threads <= first.threads


def test_the_figures_can_be_read(figures: SwapFigures, capsys: pytest.CaptureFixture[str]) -> None:
    print_swaps(figures)

    assert f"{CHANGES} of {CHANGES} hung" in capsys.readouterr().out


def test_what_this_process_holds_is_counted(tmp_path: Path) -> None:
    before = hold(0)
    with (tmp_path / "file").open("w"):
        assert hold(0).descriptors == before.descriptors + 1
    assert hold(0).descriptors == before.descriptors


def test_errors_of_the_program_are_collected() -> None:
    with collect_errors() as told:
        logging.getLogger("kiosk.hook").error("%s cannot be hung", "mona")
        logging.getLogger("kiosk.hook").warning("no matter")

    assert told == ["mona cannot be hung"]


@pytest.fixture
def depot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Depot:
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)
    (tmp_path / "home").mkdir()
    folders = [write_small_pack(tmp_path / "packs", name) for name in ("one", "two")]
    return Depot(tmp_path / "home", folders)


def test_packs_that_were_copied_stay_as_they_are(depot: Depot, tmp_path: Path) -> None:
    assert load_pack(tmp_path / "packs" / "one").meta.required_statement == ""
    assert load_meta(depot.folders[0]).required_statement != ""


def test_what_is_never_hung_is_told(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.bench.swapper.PATIENCE_S", 0.01)
    screen = WatchedScreen(FakeScreen())
    screen.shown_at.append(0.0)
    swapper = Swapper(depot, lambda _: None, screen, count=2, after_each=lambda _: None)
    swapper.run()

    assert swapper.failures == [f"one: change {n} was never hung" for n in (1, 2)]
    assert screen.closed


def test_one_portrait_alone_cannot_be_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)
    write_small_pack(tmp_path, "one")
    config = Config(portraits=PortraitSettings(folder=tmp_path, portrait="one"))

    with pytest.raises(PackError, match="holds no second portrait"):
        run_swaps(config, count=1)
