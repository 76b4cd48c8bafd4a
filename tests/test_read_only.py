"""A kiosk on a read-only system: what it needs lies in /var/lib, or is done without."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest

from kiosk.places import PROJECT, UNITS


def can_lock() -> bool:
    """Whether this may mount, for itself alone."""
    try:
        done = subprocess.run(
            ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"],
            capture_output=True, check=False,
        )  # fmt: skip
    except OSError:
        return False
    return done.returncode == 0


pytestmark = pytest.mark.skipif(not can_lock(), reason="only root may lock a system, in Linux")

# in a mount namespace of its own: the machine sees nothing of it. $1: folders that may be written
# besides /var/lib and /run; $2: whether /var/lib may
LOCKED = """
set -eu
mount --make-rprivate /
mount -t tmpfs none /run && mount -t tmpfs none /var/lib && mount -t tmpfs none /var/cache
mkdir /run/etc /run/kiosk /var/lib/kiosk /var/cache/kiosk
cp --archive /etc/. /run/etc && mount --bind /run/etc /etc && rm -rf /etc/tableau-vivant
mountpoint -q /etc
"$PYTHON" -m kiosk install-service >/dev/null
for folder in $1 "$PROJECT"; do mount --bind "$folder" "$folder"; done
mounts=$(cat /proc/self/mountinfo)
echo "$mounts" | while read -r _ _ _ _ point _; do
  case " $1 /run /var/lib " in *" $point "*) continue;; esac
  case $point in /proc*|/sys*|/dev*) continue;; esac
  mount -o remount,bind,ro "$point" 2>/dev/null || true  # one that another hides
done
[ "$2" = yes ] || mount -o remount,bind,ro /var/lib
for folder in / /etc /usr /home "$PROJECT" $HIDDEN; do
  if touch "$folder/.written" 2>/dev/null; then
    rm "$folder/.written"; echo "$folder may be written" >&2; exit 3
  fi
done
cd /var/lib/kiosk
timeout --kill-after=5 120 "$PYTHON" -m kiosk run --offscreen --camera demo --size 180x320 \\
  --seconds 15 --report /run/kiosk/report.json >&2
cat /run/kiosk/report.json
find /var/lib/kiosk /var/cache/kiosk -maxdepth 2
"""


@dataclass(frozen=True)
class Run:
    """What came of one."""

    figures: dict[str, float]
    left: set[str]  # files in /var/lib/kiosk and /var/cache/kiosk
    said: str


def run_locked(*, writable: tuple[str, ...], state: bool = True) -> Run:
    unit = (UNITS / "kiosk.service").read_text(encoding="utf-8")
    (given,) = re.findall(r"^Environment=(.*)$", unit, re.MULTILINE)
    environment = {
        **os.environ,
        **dict(pair.split("=", 1) for pair in given.split()),
        "STATE_DIRECTORY": "/var/lib/kiosk",
        "RUNTIME_DIRECTORY": "/run/kiosk",
        "PYTHON": sys.executable,
        "PYTHONPATH": str(PROJECT),
        "PROJECT": str(PROJECT),
        "HIDDEN": " ".join({"/tmp", "/var/cache"} - {*writable}),
    }
    environment.pop("TMPDIR", None)
    script = ["sh", "-c", LOCKED, "sh", " ".join(writable), "yes" if state else "no"]
    done = subprocess.run(
        ["unshare", "--mount", *script],
        env=environment, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told, _, left = done.stdout.partition("\n}\n")
    return Run(json.loads(told + "}"), set(left.splitlines()), done.stderr)


def test_on_a_read_only_system_the_portrait_moves() -> None:
    run = run_locked(writable=("/tmp", "/var/cache"))

    assert run.figures["fps"] > 5
    assert {"/var/lib/kiosk/portraits/hopper", "/var/lib/kiosk/last-good.json"} <= run.left
    assert "/var/cache/kiosk/numba" in run.left
    assert "ERROR" not in run.said


def test_where_only_var_lib_may_be_written_it_moves_too() -> None:
    run = run_locked(writable=())

    assert run.figures["fps"] > 5
    assert {"/var/lib/kiosk/portraits/hopper", "/var/lib/kiosk/last-good.json"} <= run.left
    assert "/var/lib/kiosk/cache" in run.left
    assert "/var/cache/kiosk/numba" not in run.left
    assert "cannot be kept" not in run.said
    assert "ERROR" not in run.said


def test_where_nothing_outlives_a_restart_the_portraits_that_ship_hang() -> None:
    run = run_locked(writable=("/tmp",), state=False)

    assert run.figures["fps"] > 5
    assert run.left == {"/var/lib/kiosk", "/var/cache/kiosk"}
    assert "cannot be filled" in run.said
    assert run.said.count("what is compiled cannot be kept") == 1
