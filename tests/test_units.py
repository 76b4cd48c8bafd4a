"""The kiosk's units: systemd takes them without a word, and they are shut in."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.config import load_config
from kiosk.errors import ServiceError
from kiosk.places import DOCS, PROJECT, UNITS, environment
from kiosk.service.install import PLACES, UNSEEN, carry_out, install, pieces, steps, unseen

OURS = sorted(path.name for path in UNITS.glob("kiosk*.service") if "@" not in path.name)
EVERY = sorted(path.name for kind in ("service", "timer") for path in UNITS.glob(f"*.{kind}"))
NODE_EXPORTER = "/var/lib/prometheus/node-exporter"
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


def test_all_is_written_for_this_machines_program_and_user(tmp_path: Path) -> None:
    written = install(Path("/srv/portrait"), "gallery", root=tmp_path)
    texts = {path.name: path.read_text() for path in written}

    assert len(written) == len([p for p in UNITS.iterdir() if p.name.endswith(tuple(PLACES))]) + 1
    assert " /usr/bin/xinit /srv/portrait/bin/python -m kiosk run" in texts["kiosk.service"]
    assert not any("/opt/tableau-vivant" in text for text in texts.values())
    assert "User=gallery" in texts["kiosk.service"]
    assert "User=kiosk" not in texts["kiosk.service"]
    assert (tmp_path / "etc/sysusers.d/kiosk.conf").read_text().count("gallery") == 6
    assert f"Documentation=file://{DOCS}/operations.md" in texts["kiosk.service"]
    assert (DOCS / "operations.md").is_file()
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

    for piece in pieces(environment(), "kiosk", root=tmp_path):
        assert str(piece.path) in said
    assert f"{environment()}/bin/python -m kiosk run" in said
    assert "systemctl enable --now" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("unit", EVERY)
def test_a_unit_writes_to_no_other_place_than_its_own(unit: str) -> None:
    text = (UNITS / unit).read_text()
    places = {
        place for line in re.findall(r"^ReadWritePaths=(.*)$", text, re.M) for place in line.split()
    }

    assert places <= {"/var/lib/kiosk", "-/var/cache/kiosk", "-/run/kiosk", NODE_EXPORTER}
    assert "CacheDirectory=" not in text  # where it cannot be had, the service would not start


def test_the_settings_of_a_service_lie_in_etc_and_name_what_may_be_written(tmp_path: Path) -> None:
    install(PROJECT, "kiosk", root=tmp_path)
    path = tmp_path / "etc/tableau-vivant/config.toml"
    config = load_config(path)

    assert config.portraits.folder == Path("/var/lib/kiosk/portraits")
    assert config.generator.engines == Path("/var/cache/kiosk/engines")
    assert path.read_text().count("#") == (PROJECT / "config.toml").read_text().count("#")


def test_settings_that_are_there_stay(tmp_path: Path) -> None:
    path = tmp_path / "etc/tableau-vivant/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text("# ours\n")

    assert path not in install(PROJECT, "kiosk", root=tmp_path)
    assert path.read_text() == "# ours\n"


def test_the_units_name_the_link_that_an_update_turns(tmp_path: Path) -> None:
    first, second = tmp_path / "0.1.0", tmp_path / "0.2.0"
    first.mkdir()
    second.mkdir()
    assert environment(first) == first

    (tmp_path / "current").symlink_to("0.1.0")
    assert environment(first) == tmp_path / "current"
    assert environment(second) == second  # not the one that is in use


def test_what_the_units_cannot_see_is_told() -> None:
    assert unseen(Path("/opt/tableau-vivant/current"), Path("/usr")) is None
    for hidden in UNSEEN:
        assert unseen(Path("/opt/x"), Path(hidden) / "python") == Path(hidden) / "python"


def test_where_it_may_not_write_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "etc").write_text("no folder")
    assert main(["install-service", "--root", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_what_is_to_be_done_is_done_in_turn_until_something_fails() -> None:
    lines = carry_out(["true", "echo no such unit >&2; exit 5", "never"])

    assert next(lines) == "true"
    assert next(lines).startswith("echo")
    with pytest.raises(ServiceError, match=r"failed \(no such unit\); mend that"):
        next(lines)


def test_another_system_is_not_switched_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["install-service", "--enable", "--root", str(tmp_path)]) == 2
    assert "--enable is for the system that runs" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_what_the_screen_needs_is_installed_where_it_is_not() -> None:
    assert steps("other", lambda _: None)[0] == "apt-get install --yes cage xwayland"
    assert "apt-get" not in " ".join(steps("nvidia", lambda name: f"/usr/bin/{name}"))
