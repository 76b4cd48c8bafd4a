"""What systemd and udev are given for USB sticks: understood by them, and narrow."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.places import PROJECT

UNITS = PROJECT / "systemd"
MOST_EXPOSED = 25  # tenths of systemd's own figure, 0 to 100
PAIR = re.compile(r'[A-Z_]+(\{[A-Z_]+\})?(==|!=|\+=|=)"[^"]*"')

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here"
)


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The service, its program in a place where there is one."""
    text = (UNITS / "kiosk-usb@.service").read_text(encoding="utf-8")
    path = tmp_path / "kiosk-usb@.service"
    path.write_text(text.replace("/opt/tableau-vivant/current/bin/python", "/bin/true"))
    return path


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@needs_systemd
def test_systemd_understands_every_line(unit: Path) -> None:
    found = analyze("verify", str(unit))

    assert found.stderr == ""  # of an unknown key it only warns
    assert found.returncode == 0


@needs_systemd
def test_systemd_calls_the_service_narrow(unit: Path) -> None:
    found = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(unit))

    assert found.returncode == 0, found.stdout


def test_a_stick_is_mounted_read_only_and_runs_nothing(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")

    assert "-o ro,nosuid,nodev,noexec /dev/%i" in text
    assert "PrivateMounts=yes" in text
    assert "--reuid=kiosk" in text
    assert "MemoryDenyWriteExecute=" not in text  # numba and PyTorch compile


def rules() -> list[str]:
    text = (UNITS / "99-kiosk-usb.rules").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_the_rule_starts_the_service_for_file_systems_on_usb_alone() -> None:
    (rule,) = rules()
    pairs = rule.split(", ")

    assert all(PAIR.fullmatch(pair) for pair in pairs)
    assert {'SUBSYSTEM=="block"', 'ENV{ID_BUS}=="usb"', 'ENV{ID_FS_USAGE}=="filesystem"'} < {*pairs}
    assert 'ENV{SYSTEMD_WANTS}+="kiosk-usb@%k.service"' in pairs


def test_udev_understands_the_rule() -> None:
    udevadm = shutil.which("udevadm")
    if udevadm is None or "verify" not in subprocess.run(
        [udevadm, "--help"], capture_output=True, text=True, check=False
    ).stdout:  # fmt: skip
        pytest.skip("there is no udevadm that verifies rules here")
    command = [udevadm, "verify", "--resolve-names=never", str(UNITS / "99-kiosk-usb.rules")]
    found = subprocess.run(command, capture_output=True, text=True, check=False)

    assert found.returncode == 0, found.stderr
