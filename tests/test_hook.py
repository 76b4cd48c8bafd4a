"""What hangs and what comes next, thread by thread, by hand."""

import threading
import time
import weakref
from pathlib import Path

import pytest

from kiosk.config import PortraitSettings
from kiosk.generator.stage import Portrait
from kiosk.hook import Hook
from kiosk.portraits.override import Override, write_override
from kiosk.portraits.pack import Pack
from kiosk.portraits.store import remove_pack
from tests.fakes import (
    FakeScreen,
    ManualClock,
    StillEngine,
    StillRig,
)
from tests.packs import small_pack, write_small_pack


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return small_pack(tmp_path / "packs")


@pytest.fixture
def any_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small packs have weights of no network."""
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)


def test_an_order_is_not_lost_when_what_hangs_is_replaced_at_the_same_time(
    tmp_path: Path, any_weights: None
) -> None:
    """The hook alone, thread by thread, by hand."""
    packs = tmp_path / "packs"
    first, second = small_pack(packs), write_small_pack(packs, "second")
    clock = ManualClock(0.0)
    hook = still_hook(first, packs, clock)
    screen = FakeScreen()

    def serve_one() -> None:
        stop = threading.Event()
        server = threading.Thread(target=hook.serve, args=(screen, stop))
        server.start()
        while not hook.receive(screen):
            time.sleep(0.01)
        stop.set()
        server.join()

    hook.order(second)
    write_small_pack(packs)  # what hangs is replaced
    clock.now = 10.0
    hook.look(attended=False)
    serve_one()

    assert screen.hung == ["second"]
    assert hook.pack.meta.id == "second"


def still_hook(pack: Pack, packs: Path, clock: ManualClock) -> Hook:
    return Hook(
        pack,
        PortraitSettings(folder=packs),
        build=lambda pack, _: Portrait(pack.meta.id, StillRig(), StillEngine()),  # type: ignore[arg-type]
        clock=clock,
    )


def test_what_staff_change_moves_what_hangs_at_once(pack: Pack, tmp_path: Path) -> None:
    clock = ManualClock(0.0)
    hook = still_hook(pack, tmp_path / "packs", clock)
    before = hook.target()
    assert hook.tune("gradient", Override.from_record({"gains": {"mouth": 0.3}}, name=""))
    assert hook.trying
    assert hook.target().gains.mouth == 0.3
    assert hook.target().gains.gaze == before.gains.gaze
    assert not hook.tune("another", Override())

    write_override(pack.folder, Override.from_record({"gains": {"gaze": 0.4}}, name=""))
    clock.now = 10.0
    hook.look(attended=False)
    assert not hook.trying
    assert (hook.target().gains.gaze, hook.target().gains.mouth) == (0.4, before.gains.mouth)


def test_a_pack_that_is_gone_with_its_changes_is_told_once_and_hangs_on(
    pack: Pack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_override(pack.folder, Override.from_record({"gains": {"gaze": 0.4}}, name=""))
    clock = ManualClock(0.0)
    hook = still_hook(pack, tmp_path / "packs", clock)
    remove_pack(pack.folder)
    for second in range(1, 20):
        clock.now = float(second)
        hook.look(attended=False)

    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 1
    assert hook.pack is pack


def test_a_portrait_that_broke_down_is_let_go_of_before_another_is_built(
    tmp_path: Path, pack: Pack
) -> None:
    class Engine(StillEngine): ...

    held: list[weakref.ref[Engine]] = []
    left: list[bool] = []

    def build(pack: Pack, _: object) -> Portrait:
        left.extend(engine() is not None for engine in held)
        engine = Engine()
        held.append(weakref.ref(engine))
        return Portrait(pack.meta.id, StillRig(), engine)  # type: ignore[arg-type]

    settings = PortraitSettings(folder=tmp_path)
    hook = Hook(pack, settings, build=build, clock=ManualClock(0.0))
    stop = threading.Event()
    server = threading.Thread(target=hook.serve, args=(FakeScreen(), stop))
    hook.make_ready()
    server.start()
    time.sleep(0.6)  # it has looked at what hangs, twice
    hook.make_ready()
    stop.set()
    server.join()

    assert left == [False]
