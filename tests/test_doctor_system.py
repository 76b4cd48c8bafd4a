"""What the doctor says of made-up machines: packs, disk, clock, service, kiosk, permissions."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.config import (
    Config,
    ConsoleSettings,
    PortraitSettings,
)
from kiosk.doctor.clock import examine_clock
from kiosk.doctor.disk import examine_disk
from kiosk.doctor.finding import Finding
from kiosk.doctor.machine import Machine, Running
from kiosk.doctor.packs import examine_packs
from kiosk.doctor.permissions import examine_permissions
from kiosk.doctor.service import ASKED, examine_kiosk, examine_service
from tests.packs import write_small_pack
from tests.patients import RUNNING, STATUS, bare_machine, commands, place, read

MIDSUMMER = 1782000000.0  # in 2026


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return bare_machine(tmp_path)


@pytest.fixture
def hung(machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)
    folder = tmp_path / "packs"
    for name in ("mona", "girl"):
        write_small_pack(folder, name)
    portraits = PortraitSettings(folder=folder, portrait="mona")
    return replace(machine, config=Config(portraits=portraits))


def test_packs_that_are_whole_are_counted(hung: Machine) -> None:
    assert read(examine_packs(hung)) == {"packs": ("ok", "2 whole, mona among them")}


def test_a_damaged_pack_and_one_that_is_not_there_are_faults(hung: Machine) -> None:
    portraits = hung.config.portraits
    (portraits.folder / "girl" / "matte.png").write_bytes(b"")
    wanted = portraits.model_copy(update={"playlist": ("girl", "monk")})
    found = list(examine_packs(replace(hung, config=Config(portraits=wanted))))

    assert [each.verdict.value for each in found] == ["fault", "fault"]
    assert found[0].words.startswith("girl: ")
    assert found[1].words.startswith("monk: named in [portraits], and not in ")
    assert found[1].todo.endswith("mona")


def test_of_a_gallery_every_portrait_must_be_there(hung: Machine) -> None:
    def found(*gallery: str) -> list[Finding]:
        portraits = PortraitSettings(folder=hung.config.portraits.folder, gallery=gallery)
        return list(examine_packs(replace(hung, config=Config(portraits=portraits))))

    (well,) = found("mona", "girl")
    assert well.words == "2 whole, mona, girl among them"
    (ill,) = found("mona", "monk")
    assert ill.words.startswith("monk: named in [portraits]")


@pytest.mark.parametrize(("room", "verdict"), [(50e3, "ok"), (900, "warning"), (100, "fault")])
def test_room_on_the_disk_is_judged(machine: Machine, room: float, verdict: str) -> None:
    found = read(examine_disk(machine, lambda _: room))

    assert found["disk"][0] == verdict


def test_what_may_not_be_written_is_named(machine: Machine) -> None:
    machine = replace(machine, may=lambda path, mode: mode != os.W_OK)
    found = list(examine_disk(machine, lambda _: 50e3))

    assert [each.verdict.value for each in found] == ["ok", "warning"]
    assert "ann may not write to cache (" in found[1].words


def test_a_read_only_system_is_no_fault(machine: Machine) -> None:
    place(machine, "/proc/mounts", "proc /proc proc rw 0 0\n/dev/sda1 / ext4 ro,noatime 0 0\n")
    found = list(examine_disk(machine, lambda _: 50e3))

    assert [each.verdict.value for each in found] == ["ok", "ok"]
    assert "read-only" in found[1].words


@pytest.mark.parametrize(
    ("now", "told", "verdict"),
    [
        (MIDSUMMER, {"timedatectl": "yes"}, "ok"),
        (MIDSUMMER, {"timedatectl": "no"}, "warning"),
        (MIDSUMMER, {}, "warning"),
        (3600.0, {"timedatectl": "yes"}, "fault"),
    ],
)
def test_the_clock_is_right_and_kept_so(
    machine: Machine, now: float, told: dict[str, str], verdict: str
) -> None:
    found = read(examine_clock(replace(machine, run=commands(**told)), lambda: now))

    assert found["clock"][0] == verdict


def test_without_timedatectl_systemds_own_mark_will_do(machine: Machine) -> None:
    place(machine, "/run/systemd/timesync/synchronized")

    assert read(examine_clock(machine, lambda: MIDSUMMER))["clock"][0] == "ok"


def with_units(machine: Machine, **units: Sequence[str]) -> Machine:
    """systemd, with units in such states."""
    place(machine, "/run/systemd/system/x")

    def run(command: Sequence[str]) -> str:
        name = command[2].removesuffix(".service").replace("-", "_")
        told = units.get(name, ("not-found", "", "inactive", "0", "infinity"))
        return "\n".join(f"{key}={value}" for key, value in zip(ASKED, told, strict=True))

    return replace(machine, run=run)


GOOD = ("loaded", "enabled", "active", "0", "20s")


@pytest.mark.parametrize(
    ("units", "verdict", "words"),
    [
        ({"kiosk": GOOD}, "ok", "kiosk.service is active; its watchdog is on"),
        ({"kiosk_cage": GOOD}, "ok", "kiosk-cage.service is active; its watchdog is on"),
        ({"kiosk": (*GOOD[:3], "4", "20s")}, "ok", "begun anew 4 times"),
        ({"kiosk": (*GOOD[:4], "infinity")}, "warning", "its watchdog is off"),
        ({"kiosk": ("loaded", "enabled", "failed", "20", "20s")}, "fault", "is failed"),
        ({"kiosk": ("loaded", "enabled", "inactive", "0", "20s")}, "fault", "is inactive"),
        ({"kiosk": ("loaded", "disabled", "inactive", "0", "20s")}, "warning", "does not start"),
        ({}, "warning", "it is not installed"),
        (
            {"kiosk": GOOD, "kiosk_cage": ("loaded", "disabled", "inactive", "0", "0")},
            "ok",
            "active",
        ),
    ],
)
def test_the_service_is_told(
    machine: Machine, units: dict[str, Sequence[str]], verdict: str, words: str
) -> None:
    found = read(examine_service(with_units(machine, **units)))

    assert found["service"][0] == verdict
    assert words in found["service"][1]


def test_without_systemd_nothing_starts_it_anew(machine: Machine) -> None:
    assert read(examine_service(machine))["service"][0] == "warning"


def test_a_kiosk_that_runs_speaks_for_itself(machine: Machine) -> None:
    well = read(examine_kiosk(replace(machine, running=RUNNING)))
    assert well["kiosk"] == ("ok", "it runs; mona hangs on cpu, 30 frames/s, latency 51 ms")
    ill = Running(STATUS | {"faults": ["camera has not been heard of"]}, lambda: None)
    assert read(examine_kiosk(replace(machine, running=ill)))["kiosk"][0] == "fault"
    assert read(examine_kiosk(machine))["kiosk"] == ("warning", "none runs here")
    assert read(examine_kiosk(replace(machine, silent="it hangs")))["kiosk"] == (
        "fault",
        "it hangs",
    )


@pytest.mark.parametrize(
    ("closed", "verdict", "words"),
    [
        ((), "ok", "ann may use what devices there are"),
        (("renderD128",), "warning", "closed to ann: the devices of render"),
        (("video0", "pcmC0D0p"), "fault", "closed to ann: the devices of video, audio"),
    ],
)
def test_devices_that_are_closed_are_told_by_group(
    machine: Machine, closed: tuple[str, ...], verdict: str, words: str
) -> None:
    for device in ("video0", "dri/renderD128", "snd/pcmC0D0p"):
        place(machine, f"/dev/{device}")
    machine = replace(machine, may=lambda path, _: path.name not in closed)

    assert read(examine_permissions(machine)) == {"permissions": (verdict, words)}


def test_a_place_where_no_socket_can_be_left_is_a_fault(machine: Machine, tmp_path: Path) -> None:
    def with_socket(path: str) -> Machine:
        return replace(machine, config=Config(console=ConsoleSettings(socket=path)))

    long = read(examine_permissions(with_socket("/run/" + "x" * 110)))
    assert "too long for a socket" in long["permissions"][1]
    other = replace(with_socket(f"{tmp_path}/k.sock"), may=lambda path, _: path != tmp_path)
    assert "ann cannot leave a socket" in read(examine_permissions(other))["permissions"][1]
