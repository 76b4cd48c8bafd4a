"""What systemd is told: ready once something is shown, alive while something is."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.service.notify import Notifier
from tests.fakes import ManualClock


@pytest.fixture(params=["file", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A service manager's socket and its name."""
    name = str(tmp_path / "notify") if request.param == "file" else f"@kiosk-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("\0" + name[1:] if name[0] == "@" else name)
        listening.setblocking(False)
        yield listening, name


def told(listening: socket.socket) -> list[str]:
    lines = []
    while True:
        try:
            lines.append(listening.recv(4096).decode())
        except BlockingIOError:
            return lines


def test_the_first_picture_means_ready_and_later_ones_alive(
    manager: tuple[socket.socket, str],
) -> None:
    listening, name = manager
    clock = ManualClock(0.0)
    notifier = Notifier(clock, {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "30000000"})
    assert told(listening) == []

    for _ in range(60 * 30):
        notifier.shown()
        clock.wait(1 / 60)
    ready, *alive = told(listening)

    assert "READY=1" in ready.splitlines()
    assert alive == ["WATCHDOG=1"] * 2  # every ten seconds: a third of what is allowed


def test_without_pictures_it_falls_silent(manager: tuple[socket.socket, str]) -> None:
    listening, name = manager
    clock = ManualClock(0.0)
    notifier = Notifier(clock, {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "30000000"})
    notifier.shown()
    told(listening)
    clock.wait(60.0)

    assert told(listening) == []


def test_its_end_is_told(manager: tuple[socket.socket, str]) -> None:
    listening, name = manager
    Notifier(ManualClock(0.0), {"NOTIFY_SOCKET": name}).stops()

    assert told(listening) == ["STOPPING=1"]


@pytest.mark.parametrize(
    "environment", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all", "WATCHDOG_USEC": "1"}]
)
def test_without_a_manager_nothing_happens(environment: dict[str, str]) -> None:
    clock = ManualClock(0.0)
    notifier = Notifier(clock, environment)
    for _ in range(3):
        notifier.shown()
        clock.wait(1.0)
    notifier.stops()
