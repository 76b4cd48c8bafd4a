"""What numba keeps may be damaged, full or forbidden: the function works all the same."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from numba.core.caching import IndexDataCacheFile

from kiosk.places import PROJECT

PROGRAM = """
import logging
logging.basicConfig(format="%(message)s")
import tests.test_compiled as here
if here.FULL:
    here.fill_disk()
from kiosk.compiled import compiled
from tests.test_compiled import twice
print(compiled(twice)(21))
"""


FULL = "FULL" in os.environ


def fill_disk() -> None:
    """No file is written from now on."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    IndexDataCacheFile.save = refuse


def twice(number: int) -> int:
    return 2 * number


def say(folder: Path, **environment: str) -> tuple[str, str]:
    """What a process prints that uses a compiled function, and what it logs."""
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=PROJECT, capture_output=True, text=True, check=False,
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder), **environment},
    )  # fmt: skip
    return told.stdout.strip(), told.stderr


def kept(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_it_is_kept(tmp_path: Path) -> None:
    assert say(tmp_path / "kept") == ("42", "")
    assert {path.suffix for path in kept(tmp_path / "kept")} == {".nbi", ".nbc"}
    assert say(tmp_path / "kept") == ("42", "")


@pytest.mark.parametrize("kind", [".nbi", ".nbc"])
@pytest.mark.parametrize("content", [b"", b"\x8e" + b"\xff" * 8])
def test_damaged_it_is_made_anew(tmp_path: Path, kind: str, content: bytes) -> None:
    say(tmp_path / "kept")
    damaged = [path for path in kept(tmp_path / "kept") if path.suffix == kind]
    damaged[0].write_bytes(content)

    printed, logged = say(tmp_path / "kept")

    assert printed == "42"
    assert "what was compiled is damaged, and made anew" in logged
    assert say(tmp_path / "kept") == ("42", "")


def test_on_a_full_disk_it_is_made_each_time(tmp_path: Path) -> None:
    printed, logged = say(tmp_path / "kept", FULL="yes")

    assert printed == "42"
    assert logged.count("cannot be kept, and is compiled at each start") == 1
    assert kept(tmp_path / "kept") == []
