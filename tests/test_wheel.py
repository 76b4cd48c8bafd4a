"""A wheel holds all that a kiosk needs, and runs from any folder."""

import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.places import DOCS, PROJECT

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed"
)
SHIPPED = "kiosk/shipped"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=PROJECT, check=True, capture_output=True)
    (path,) = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it is installed: unpacked, and the checkout out of sight."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    return folder


def kiosk(site: Path, cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site), "XDG_CACHE_HOME": str(site / "cache")}
    command = [sys.executable, "-m", "kiosk", *arguments]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def project_files() -> Iterator[tuple[str, str]]:
    """What must be in it, by its names in the project and in the wheel."""
    for folder, where in (("kiosk", ""), *((name, f"{SHIPPED}/") for name in SHIPS)):
        for path in (PROJECT / folder).rglob("*"):
            name = path.relative_to(PROJECT).as_posix()
            if path.is_file() and "__pycache__" not in name and "/." not in name:
                yield name, where + name
    yield "config.toml", f"{SHIPPED}/config.toml"


SHIPS = ("assets/demo", "assets/portraits", "docs", "systemd")


def test_everything_is_in_it_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
        wanted = {inside for _, inside in project_files()}
        listed = {name for name in names if ".dist-info/" not in name}

        assert listed - wanted == set()
        assert wanted - listed <= {  # portraits of the checkout's own, which git ignores
            name for name in wanted if name.startswith(f"{SHIPPED}/assets/portraits/")
        }
        for outside, inside in project_files():
            if inside in names:
                assert packed.read(inside) == (PROJECT / outside).read_bytes()
    assert {
        f"{SHIPPED}/assets/portraits/{each}/pack.toml" for each in ("hopper", "personne")
    } <= names


def test_it_lists_its_portraits_from_an_empty_folder(site: Path, tmp_path: Path) -> None:
    told = kiosk(site, tmp_path, "portraits", "list")

    assert told.returncode == 0, told.stderr
    assert "hopper" in told.stdout
    assert "personne" in told.stdout


def test_it_says_how_it_becomes_a_service(site: Path, tmp_path: Path) -> None:
    told = kiosk(site, tmp_path, "install-service", "--dry-run", "--root", str(tmp_path))

    assert told.returncode == 0, told.stderr
    assert f"{tmp_path}/etc/systemd/system/kiosk.service:" in told.stdout
    assert f"{tmp_path}/etc/tableau-vivant/config.toml:" in told.stdout
    assert f"{sys.prefix}/bin/python -m kiosk run" in told.stdout
    (docs,) = set(re.findall(r"Documentation=file://(\S+/operations.md)", told.stdout))
    assert Path(docs) == site / SHIPPED / "docs/operations.md"
    assert Path(docs).is_file()


def test_its_demo_runs(site: Path, tmp_path: Path) -> None:
    size = ("--size", "180x320", "--seconds", "4", "--offscreen")
    told = kiosk(site, tmp_path, "demo", *size)

    assert told.returncode == 0, told.stderr
    assert (tmp_path / "out" / "demo.mp4").stat().st_size > 10_000


def test_the_docs_name_the_packages_that_the_makefile_installs() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    wanted = re.findall(r"^APT := (.*)$", makefile, re.MULTILINE)[0].split()
    lines = (DOCS / "operations.md").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    (told,) = [line for line in lines if "apt install python3-venv" in line]

    assert set(wanted) <= set(told.split())
