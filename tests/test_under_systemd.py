"""The kiosk as a service: what its manager hears, and a misspelt setting that ends nothing."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk.places import PROJECT
from kiosk.service.last_good import NAME

CONFIG = f'[portraits]\nfolder = "{PROJECT}/assets/portraits"\n[console]\nsocket = "kiosk.sock"\n'
RUN = ["run", "--offscreen", "--camera", "demo", "--size", "180x320", "--seconds", "3"]


@pytest.fixture
def service(tmp_path: Path) -> dict[str, str]:
    """The environment that systemd gives."""
    (tmp_path / "state").mkdir()
    (tmp_path / "config.toml").write_text(CONFIG)
    return {
        **os.environ,
        "NOTIFY_SOCKET": str(tmp_path / "notify"),
        "WATCHDOG_USEC": "1500000",
        "STATE_DIRECTORY": str(tmp_path / "state"),
        "PYTHONPATH": str(PROJECT),
    }


def run(folder: Path, environment: dict[str, str]) -> tuple[int, str, list[str]]:
    """Exit code, what was logged, and what the manager was told."""
    log = folder / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, log.open("w") as said:
        Path(environment["NOTIFY_SOCKET"]).unlink(missing_ok=True)
        manager.bind(environment["NOTIFY_SOCKET"])
        manager.settimeout(0.01)
        kiosk = subprocess.Popen(
            [sys.executable, "-m", "kiosk", *RUN],
            cwd=folder, env=environment, stderr=said,
        )  # fmt: skip
        told: list[str] = []
        give_up_at = time.monotonic() + 120
        while kiosk.poll() is None or told[-1:] != ["STOPPING=1"]:
            assert time.monotonic() < give_up_at
            try:
                told.append(manager.recv(4096).decode())
            except TimeoutError:
                if kiosk.poll() is not None:
                    break
        return kiosk.wait(), log.read_text(), told


def test_a_service_tells_of_its_life_and_outlives_a_misspelt_setting(
    tmp_path: Path, service: dict[str, str]
) -> None:
    code, _, told = run(tmp_path, service)
    assert code == 0
    assert "READY=1" in told[0]
    assert told[1:-1].count("WATCHDOG=1") >= 3  # every half second of some seconds
    assert told[-1] == "STOPPING=1"
    assert (tmp_path / "state" / NAME).is_file()

    (tmp_path / "config.toml").write_text(CONFIG + "[camera]\ncolour = 3\n")
    code, said, told = run(tmp_path, service)

    assert code == 0
    assert "READY=1" in told[0]
    assert "camera.colour is no setting" in said
    assert "the settings with which it last hung are used" in said


def test_whoever_types_a_wrong_setting_is_told(tmp_path: Path, service: dict[str, str]) -> None:
    (tmp_path / "config.toml").write_text("[camera]\ncolour = 3\n")
    code, said, told = run(tmp_path, {**service, "STATE_DIRECTORY": ""})

    assert code == 2
    assert "camera.colour is no setting" in said
    assert told == []
