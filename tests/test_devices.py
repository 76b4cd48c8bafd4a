"""Which cameras there are, which one is used, and why one does not open."""

import errno
import os
import struct
from pathlib import Path

import pytest

from kiosk.camera import devices
from kiosk.camera.devices import (
    Device,
    ask_device,
    find_cameras,
    find_holders,
    held_by,
    is_taken,
    why_closed,
)
from kiosk.camera.port import TRIES, Port
from kiosk.config import CameraSettings
from tests.fakes import FakeCapture


def answer(can: int, node_can: int, monkeypatch: pytest.MonkeyPatch, error: int = 0) -> None:
    def ioctl(_: int, request: int, record: bytearray) -> int:
        if error:
            raise OSError(error, "")
        if request == devices.WHAT_IT_CAN:
            record[16:22], record[48:53] = b"HD Pro", b"usb-1"
            struct.pack_into("=II", record, devices.CAN_AT, can, node_can)
        return 0

    monkeypatch.setattr(devices.fcntl, "ioctl", ioctl)


@pytest.mark.parametrize(
    ("can", "node_can", "camera"),
    [
        (0x84A00001, 0x04200001, True),  # a webcam's pictures
        (0x84A00001, 0x04A00000, False),  # and what it tells of them
        (0x84208000, 0x04208000, False),  # a codec
        (0x00000001, 0x00000000, True),  # an old driver, which tells of itself alone
    ],
)
def test_a_camera_is_told_from_what_is_none(
    can: int, node_can: int, camera: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "video0"
    path.touch()
    answer(can, node_can, monkeypatch)

    found = Device(str(path), "HD Pro", "usb-1") if camera else None
    assert ask_device(path) == found


def test_what_does_not_answer_is_no_camera(tmp_path: Path) -> None:
    (tmp_path / "video0").write_text("a file")

    assert find_cameras(tmp_path) == []
    assert not is_taken(tmp_path / "video0")
    assert not is_taken(tmp_path / "video1")


def test_of_a_camera_with_several_devices_the_first_counts(tmp_path: Path) -> None:
    for number in (0, 2, 10):
        (tmp_path / f"video{number}").touch()
    places = {"video0": "usb-1", "video2": "usb-1", "video10": "usb-2"}
    found = find_cameras(tmp_path, lambda path: Device(path.name, "", places[path.name]))

    assert [each.path for each in found] == ["video0", "video10"]


def test_who_holds_a_device_is_found_by_its_open_files(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    device.touch()
    for number, name, target in ((12, "cheese", device), (13, "bash", tmp_path / "other")):
        files = tmp_path / "proc" / str(number) / "fd"
        files.mkdir(parents=True)
        (files / "3").symlink_to(target)
        (files.parent / "comm").write_text(f"{name}\n")

    assert find_holders(device, tmp_path / "proc") == ["cheese, 12"]
    assert held_by(device, tmp_path / "proc") == "is held by another program (cheese, 12)"
    assert held_by(tmp_path / "video9", tmp_path / "proc") == ""


def test_a_device_that_is_busy_is_held_though_nobody_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "video0").touch()
    answer(0, 0, monkeypatch, error=errno.EBUSY)

    assert held_by(tmp_path / "video0", tmp_path) == "is held by another program"


def test_why_a_device_does_not_open_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "video0"
    assert why_closed(path) == f"there is no {path}"

    path.touch()
    assert why_closed(path, may=lambda *_: False) == f"the user may not use {path}"
    assert why_closed(path, held=lambda _: "is held") == f"{path} is held"
    assert why_closed(path, held=lambda _: "") == f"{path} is there, and cannot be opened"


def test_a_device_that_systemd_keeps_from_the_service_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "video0").touch()

    def refuse(*_: object) -> int:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr("kiosk.camera.devices.os.open", refuse)

    assert "restart the service" in why_closed(tmp_path / "video0", held=lambda _: "")


def port_of(there: dict[str, FakeCapture], others: list[Device], source: str = "63") -> Port:
    """Number 63 is on no machine that the tests run on."""
    return Port(
        CameraSettings(source=source),
        opener=lambda settings: there.get(settings.source),
        others=lambda: others,
        why=lambda path: f"there is no {path}",
    )


def test_a_camera_that_comes_back_under_another_number_is_used_and_it_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    there = {"/dev/video64": FakeCapture(5)}
    port = port_of(there, [Device("/dev/video64", "HD Pro", "usb-1")])

    opened = [port.open() for _ in range(TRIES)]
    assert opened == [None] * (TRIES - 1) + [there["/dev/video64"]]
    assert port.told.startswith("camera 63 is not there; /dev/video64 (HD Pro) is used")
    assert len(caplog.records) == 1

    there["63"] = FakeCapture(5)
    assert port.open() is there["63"]
    assert port.told == ""


@pytest.mark.parametrize(
    ("source", "count"),
    [("63", 0), ("63", 2), ("/dev/v4l/by-id/usb-mine-index0", 1)],
)
def test_which_other_camera_is_meant_is_never_guessed(source: str, count: int) -> None:
    others = [Device(f"/dev/video{64 + n}", "another", f"usb-{n}") for n in range(count)]
    port = port_of({other.path: FakeCapture(5) for other in others}, others, source)

    assert [port.open() for _ in range(10)] == [None] * 10
    assert port.told.startswith("there is no /dev/")
