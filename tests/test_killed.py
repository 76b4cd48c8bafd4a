"""An import that is killed at any moment: the old or the new portrait hangs, whole."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.places import PROJECT
from kiosk.portraits.manifest import verify_manifest, write_manifest
from kiosk.portraits.pack import load_meta, load_pack
from kiosk.portraits.parcel import export_pack
from kiosk.portraits.swap import previous_of
from kiosk.sitter import try_portrait

SHIPPED = PROJECT / "assets" / "portraits" / "personne"
KILLS = 50
VERSIONS = ("first", "second")

# imports what it is told to, each time in a child that has nothing left to load, and kills that
# after so many seconds if there are any; says 0 when it had ended well before
IMPORTER = """
import os, signal, sys, time
from pathlib import Path
import torch
from kiosk.portraits.pack import load_pack
from kiosk.portraits.parcel import import_pack
from kiosk.sitter import try_portrait
torch.set_num_threads(1)  # threads do not survive a fork
gallery = Path(sys.argv[1])
try_portrait(load_pack(Path(sys.argv[2])))
for line in sys.stdin:
    seconds, file = line.split()
    child = os.fork()
    if child == 0:
        import_pack(Path(file), gallery, replace=True, trial=try_portrait)
        os._exit(0)
    if float(seconds):
        time.sleep(float(seconds))
        os.kill(child, signal.SIGKILL)
    print(os.waitpid(child, 0)[1], flush=True)
"""


class Importer:
    """The process that forks for each import."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def hang(self, file: Path, kill_after_s: float = 0) -> bool:
        """Import a file, or be killed in the midst of it; whether it was done before."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{kill_after_s} {file}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline()) == 0


@contextmanager
def importer(gallery: Path) -> Iterator[Importer]:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-c", IMPORTER, str(gallery), str(SHIPPED)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        yield Importer(process)


@pytest.fixture(scope="module")
def parcels(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two versions of a portrait that ships, each as one file."""
    home = tmp_path_factory.mktemp("parcels")
    meta = load_meta(SHIPPED)
    files = []
    for version in VERSIONS:
        folder = home / version / "personne"
        shutil.copytree(SHIPPED, folder)
        changed = meta.model_copy(update={"required_statement": version})
        (folder / "pack.toml").write_text(changed.to_toml(), encoding="utf-8")
        write_manifest(folder)
        files.append(home / f"{version}.portrait")
        export_pack(folder, files[-1])
    return files


def version_of(folder: Path) -> str:
    """Of a pack that is whole."""
    return load_pack(folder).meta.required_statement


def test_fifty_killed_imports_leave_a_whole_portrait_and_the_next_one_works(
    parcels: list[Path], tmp_path: Path
) -> None:
    chance = random.Random(0)
    folder = tmp_path / "personne"
    with importer(tmp_path) as atelier:
        for file in parcels:
            began = time.monotonic()
            assert atelier.hang(file)
            usual_s = time.monotonic() - began
        hangs, killed, changed = VERSIONS[1], 0, 0
        for number in range(KILLS):
            file = parcels[number % 2]
            killed += not atelier.hang(file, chance.uniform(0.01, 1.3) * usual_s)
            now = version_of(folder)
            assert now in (hangs, file.stem)
            changed += now != hangs
            hangs = now
            verify_manifest(previous_of(folder))
            if number % 10 == 9:
                began = time.monotonic()
                assert atelier.hang(file)
                usual_s = time.monotonic() - began  # by now the machine may be slower
                hangs = file.stem
                assert version_of(folder) == hangs
                assert {path.name for path in tmp_path.iterdir()} == {"personne", ".previous"}

    assert killed > KILLS / 2
    assert changed
    try_portrait(load_pack(folder))
