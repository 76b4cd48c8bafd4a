"""Where a kiosk's socket lies, and at which one staff ask."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.control.place import socket_path, socket_to_ask


def test_the_socket_lies_where_systemd_or_the_users_session_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    assert socket_path("auto") == Path("/run/user/7/tableau-vivant/kiosk.sock")
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/kiosk:/run/other")
    assert socket_path("auto") == Path("/run/kiosk/kiosk.sock")
    assert socket_path("/x/y.sock") == Path("/x/y.sock")
    monkeypatch.delenv("RUNTIME_DIRECTORY")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert socket_path("auto").parent.name == f"tableau-vivant-{os.getuid()}"


@contextmanager
def listening(place: Path) -> Iterator[None]:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        server.listen()
        yield


def test_staff_who_ask_find_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    own, service = tmp_path / "tableau-vivant" / "kiosk.sock", tmp_path / "service.sock"
    monkeypatch.setattr("kiosk.control.place.SERVICE_SOCKET", service)
    assert socket_to_ask("auto") == own

    with listening(service):
        assert socket_to_ask("auto") == service
        assert socket_to_ask("/x/y.sock") == Path("/x/y.sock")

        own.parent.mkdir()
        with listening(own):
            assert socket_to_ask("auto") == own
        assert own.exists()  # as a kiosk leaves it that was killed
        assert socket_to_ask("auto") == service
