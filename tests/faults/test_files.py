"""Files that are damaged or not to be written, and a clock that jumps, under a live systemd."""

import time
from pathlib import Path

import pytest

from tests.faults.conftest import BLACK_S, START_S, Tell
from tests.faults.live import SETTINGS, UNIT, LiveSystem
from tests.faults.wall import Healing, Wall

pytestmark = pytest.mark.live

CACHE, STATE = "/var/cache/kiosk", "/var/lib/kiosk"
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


def begin_anew(system: LiveSystem, wall: Wall, *before: str) -> Healing:
    """What a new start takes, after these commands."""

    def strike() -> None:
        for line in before:
            system.run(line)
        system.run(f"systemctl restart --no-block {UNIT}")

    return wall.heal(strike, within_s=START_S, bites_s=4)


def test_a_usual_start_is_what_others_are_held_against(
    system: LiveSystem, hung: Wall, tell: Tell
) -> None:
    healing = begin_anew(system, hung)
    tell("none: systemctl restart", healing)

    assert healing.black_s <= BLACK_S


def test_a_config_of_nonsense_does_not_end_it(system: LiveSystem, hung: Wall, tell: Tell) -> None:
    began = time.time()
    keep = f"cp {SETTINGS} /run/kept.toml"
    healing = begin_anew(system, hung, keep, f"head -c 3000 /dev/urandom > {SETTINGS}")
    tell("config.toml of random bytes", healing)
    system.run(f"cp /run/kept.toml {SETTINGS}")

    assert healing.black_s <= BLACK_S
    assert "the settings with which it last hung are used" in system.said(began)


def test_a_damaged_portrait_gives_way_to_another(
    system: LiveSystem, hung: Wall, tell: Tell
) -> None:
    began = time.time()
    weights = f"{STATE}/portraits/hopper/generator.safetensors"
    named = f"sed -i 's/^portrait = .*/portrait = \"hopper\"/' {SETTINGS}"
    damage = f"printf xxxx | dd of={weights} bs=1 seek=5000 conv=notrunc status=none"
    system.run(f"cp {SETTINGS} /run/kept.toml && cp -a {weights} /run/kept")
    try:
        healing = begin_anew(system, hung, named, damage)
        tell("the portrait that is to hang is damaged", healing)
        shown = system.kiosk("status")
    finally:
        system.run(f"cp /run/kept.toml {SETTINGS} && cp -a /run/kept {weights}")

    assert healing.black_s <= BLACK_S
    assert "portrait refused: hopper" in system.said(began)
    assert shown.startswith("personne hangs")


def test_a_cache_of_nonsense_is_made_anew(system: LiveSystem, hung: Wall, tell: Tell) -> None:
    began, files = time.time(), f"find {CACHE} -type f"
    assert "numba" in system.run(files)
    spoil = f"for file in $({files}); do head -c 900 /dev/urandom > $file; done"
    healing = begin_anew(system, hung, spoil)
    tell("a cache of random bytes", healing)

    assert healing.black_s <= BLACK_S
    assert "what was compiled is damaged, and made anew" in system.said(began)


def test_full_disks_stop_nothing(system: LiveSystem, hung: Wall, tell: Tell) -> None:
    mount = "mount -t tmpfs -o size=2M,uid=$(id -u kiosk),mode=0750 tmpfs"
    fill = "head -c 4M /dev/zero"
    full = (
        f"{mount} {CACHE} && {mount} {STATE}",
        f"{fill} > {CACHE}/full; {fill} > {STATE}/full; true",
    )
    try:
        healing = begin_anew(system, hung, *full)
        tell("/var/lib and /var/cache full", healing)
    finally:
        system.run(f"umount -l {CACHE} {STATE}")
        system.run(f"systemctl restart --no-block {UNIT}")

    assert healing.black_s <= BLACK_S


def test_a_root_that_may_not_be_written_stops_nothing(
    system: LiveSystem, hung: Wall, tell: Tell
) -> None:
    keep = f"mount --bind {STATE} {STATE} && mount --bind {CACHE} {CACHE}"
    try:
        healing = begin_anew(system, hung, keep, "mount -o remount,bind,ro /")
        tell("a read-only root", healing)
        with pytest.raises(OSError, match="Read-only"):
            (system.root / "etc/touched").write_text("")
    finally:
        system.run(f"mount -o remount,bind,rw /; umount -l {STATE} {CACHE}")
        system.run(f"systemctl restart --no-block {UNIT}")

    assert healing.black_s <= BLACK_S


@pytest.mark.skipif(not FAKETIME.exists(), reason="libfaketime is not installed")
def test_a_clock_that_jumps_by_days_is_not_noticed(
    system: LiveSystem, hung: Wall, tell: Tell
) -> None:
    def jump(days: str) -> None:
        (system.root / "run/wall/clock").write_text(days)

    system.drop_in(
        "clock",
        f"[Service]\nEnvironment=LD_PRELOAD={FAKETIME} FAKETIME_TIMESTAMP_FILE=/run/wall/clock "
        "FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_NO_CACHE=1\n",
    )
    jump("+0")
    before = system.restarts()
    try:
        begin_anew(system, hung)
        ahead = hung.heal(lambda: jump("+1d"), within_s=5, bites_s=4)
        back = hung.heal(lambda: jump("-2d"), within_s=5, bites_s=4)
    finally:
        system.drop_in("clock", "")
        system.run(f"systemctl restart --no-block {UNIT}")
    tell("the clock jumps a day ahead", ahead)
    tell("the clock jumps three days back", back)

    assert ahead == back == Healing(0.0, 0.0)
    assert system.restarts() <= before + 1
