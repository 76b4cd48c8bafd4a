"""How the figures reach Prometheus: units that systemd understands, their command as it runs."""

import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.control.server import serve_staff
from kiosk.places import PROJECT
from tests.test_control import FakeKiosk
from tests.test_usb_units import MOST_EXPOSED, analyze, needs_systemd

SERVICE = PROJECT / "systemd" / "kiosk-metrics.service"
TIMER = SERVICE.with_suffix(".timer")

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")


def leave_figures(folder: Path, socket: Path) -> int:
    """Run the unit's own command, there; its exit code."""
    lines = SERVICE.read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith("ExecStart=/bin/sh -c '")]
    script = line.partition("'")[2].removesuffix("'").replace("/run/kiosk/kiosk.sock", str(socket))
    command = ["/bin/sh", "-c", script]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


@needs_systemd
def test_systemd_understands_every_line() -> None:
    found = analyze("verify", str(SERVICE), str(TIMER))

    assert (found.stderr, found.returncode) == ("", 0)


@needs_systemd
def test_systemd_calls_the_service_narrow() -> None:
    found = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(SERVICE))

    assert found.returncode == 0, found.stdout


@needs_curl
def test_the_figures_lie_where_node_exporter_looks_until_the_kiosk_has_gone(
    tmp_path: Path,
) -> None:
    folder, socket = tmp_path / "textfile", tmp_path / "kiosk.sock"
    folder.mkdir()
    with serve_staff(FakeKiosk(), socket):
        assert leave_figures(folder, socket) == 0
        assert [file.name for file in folder.iterdir()] == ["kiosk.prom"]
        assert "kiosk_healthy 1\n" in (folder / "kiosk.prom").read_text(encoding="utf-8")
    assert leave_figures(folder, socket) == 1
    assert list(folder.iterdir()) == []
