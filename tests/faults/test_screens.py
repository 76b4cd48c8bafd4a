"""The units as they ship, shut in as they are: do Xorg and cage live in them, does it move?"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import START_S
from tests.faults.live import PYTHON, UNIT, LiveSystem, wait_until

pytestmark = pytest.mark.live

DUMMY = Path("/usr/lib/xorg/modules/drivers/dummy_drv.so")
CAGE = "kiosk-cage.service"
# a card of no kind, which Xorg's own dummy driver stands in for
CARD = """Section "Device"
  Identifier "card"
  Driver "dummy"
  VideoRam 64000
EndSection
"""
HEADLESS = (
    "[Service]\nEnvironment=WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_LIBINPUT_NO_DEVICES=1\n"
)


def moves(system: LiveSystem) -> bool:
    told = system.kiosk("status", "--json")
    return told.startswith("{") and json.loads(told)["fps"] > 5


@pytest.fixture
def nothing_runs(system: LiveSystem) -> Iterator[None]:
    """Before and after."""
    system.run(f"systemctl stop {UNIT} {CAGE}")
    yield
    system.run(f"systemctl stop {UNIT} {CAGE}")


@pytest.mark.skipif(not DUMMY.exists(), reason="Xorg's dummy driver is not installed")
def test_xorg_lives_in_its_unit(system: LiveSystem, nothing_runs: None) -> None:
    (system.root / "etc/X11/xorg.conf.d").mkdir(exist_ok=True)
    (system.root / "etc/X11/xorg.conf.d/card.conf").write_text(CARD)
    kept = (system.root / f"etc/systemd/system/{UNIT}.d/screen.conf").read_text()
    system.drop_in("screen", "")
    try:
        system.run(f"systemctl start --no-block {UNIT}")
        wait_until(lambda: moves(system), START_S, "the portrait moves on Xorg")
        assert system.run("pgrep -x Xorg")
        assert system.state() == "active"
    finally:
        system.run(f"systemctl stop {UNIT}")
        system.drop_in("screen", kept)


@pytest.mark.skipif(shutil.which("cage") is None, reason="cage is not installed")
def test_cage_lives_in_its_unit(system: LiveSystem, nothing_runs: None) -> None:
    system.drop_in("headless", HEADLESS, CAGE)
    system.run(f"systemctl start --no-block {CAGE}")
    wait_until(lambda: moves(system), START_S, "the portrait moves under cage")

    assert system.run("pgrep -x Xwayland")
    assert system.state(CAGE) == "active"


@pytest.mark.skipif(shutil.which("cage") is None, reason="cage is not installed")
def test_installed_with_enable_a_portrait_hangs(system: LiveSystem, nothing_runs: None) -> None:
    system.drop_in("headless", HEADLESS, CAGE)
    system.run(f"{PYTHON} -m kiosk install-service --enable")
    wait_until(lambda: moves(system), START_S, "the portrait moves")

    assert system.state("kiosk-console") == "active"
    assert system.run(f"systemctl is-enabled {CAGE} kiosk-console").split() == ["enabled"] * 2


def test_stopped_units_are_no_failures(system: LiveSystem, nothing_runs: None) -> None:
    assert system.state(UNIT) == system.state(CAGE) == "inactive"
