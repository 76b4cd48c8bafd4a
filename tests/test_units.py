"""The kiosk's units: systemd takes them without a word, and they are shut in."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.config import PROJECT
from kiosk.service.install import PLACES, install, pieces

UNITS = PROJECT / "systemd"
OURS = sorted(path.name for path in UNITS.glob("kiosk*.service") if "@" not in path.name)
EVERY = sorted(path.name for kind in ("service", "timer") for path in UNITS.glob(f"*.{kind}"))
EXPOSURE = 20  # tenths; the bar
analyze = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


@analyze
@pytest.mark.parametrize("unit", EVERY)
def test_systemd_takes_a_unit_without_a_word(unit: str) -> None:
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", UNITS / unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = (told.stdout + told.stderr).splitlines()

    # the programs lie elsewhere on this machine
    assert [line for line in lines if "is not executable" not in line] == []


@analyze
@pytest.mark.parametrize("unit", [name for name in OURS if name != "kiosk-reboot.service"])
def test_a_unit_is_shut_in(unit: str) -> None:
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager",
         f"--threshold={EXPOSURE}", UNITS / unit],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert told.returncode == 0, told.stdout.splitlines()[-1]


@pytest.mark.parametrize("unit", ["kiosk.service", "kiosk-cage.service"])
def test_no_memory_of_a_visitor_reaches_a_disk(unit: str) -> None:
    lines = (UNITS / unit).read_text().splitlines()

    assert {"LimitCORE=0", "MemorySwapMax=0", "PrivateNetwork=yes"} <= set(lines)


@pytest.mark.parametrize("unit", ["kiosk.service", "kiosk-cage.service"])
def test_no_museum_day_ends_in_failed(unit: str) -> None:
    text = (UNITS / unit).read_text()

    assert "Restart=always" in text
    assert "OnFailure=kiosk-recover.service" in text
    assert "Type=notify" in text
    assert int(re.findall(r"WatchdogSec=(\d+)", text)[0]) <= 30
    recover = (UNITS / "kiosk-recover.service").read_text()
    assert "systemctl reset-failed $unit; systemctl --no-block start $unit" in recover


def test_all_is_written_for_this_machines_folder_and_user(tmp_path: Path) -> None:
    written = install(Path("/srv/portrait"), "gallery", root=tmp_path)
    texts = {path.name: path.read_text() for path in written}

    assert len(written) == len([p for p in UNITS.iterdir() if p.name.endswith(tuple(PLACES))])
    assert not any("/opt/tableau-vivant" in text for text in texts.values())
    assert "User=gallery" in texts["kiosk.service"]
    assert "User=kiosk" not in texts["kiosk.service"]
    assert (tmp_path / "etc/sysusers.d/kiosk.conf").read_text().count("gallery") == 6
    assert "OnFailure=kiosk-recover.service" in texts["kiosk.service"]  # a unit's name


def test_what_is_in_its_place_is_left_alone(tmp_path: Path) -> None:
    install(PROJECT, "kiosk", root=tmp_path)

    assert install(PROJECT, "kiosk", root=tmp_path) == []
    assert not list(tmp_path.rglob("*.new"))


def test_a_dry_run_shows_everything_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["install-service", "--dry-run", "--root", str(tmp_path)]) == 0
    said = capsys.readouterr().out

    for piece in pieces(PROJECT, "kiosk", root=tmp_path):
        assert str(piece.path) in said
    assert "systemctl enable --now" in said
    assert list(tmp_path.iterdir()) == []


def test_where_it_may_not_write_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "etc").write_text("no folder")
    assert main(["install-service", "--root", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err
