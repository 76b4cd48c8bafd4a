"""The disk: room, and whether what must be written can be."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from kiosk.cache import cache_folder
from kiosk.doctor.finding import Finding, fault, good, warning
from kiosk.doctor.machine import Machine

LITTLE_MB, TOO_LITTLE_MB = 1000, 200  # a new portrait takes some 20, what it is made of 200
WHAT = "disk"

FreeMb = Callable[[Path], float]


def free_mb(folder: Path) -> float:
    """Room where a folder lies."""
    return shutil.disk_usage(folder).free / 1e6


def examine_disk(machine: Machine, free: FreeMb = free_mb) -> Iterator[Finding]:
    """Whether there is room for portraits and engines, and leave to write there."""
    yield _room(machine, free)
    locked = [
        f"{what} ({folder})"
        for what, folder in _folders(machine)
        if not machine.may(_existing(folder), os.W_OK)
    ]
    if locked:
        yield warning(
            WHAT,
            f"{machine.user} may not write to {', '.join(locked)}",
            "chown them to the kiosk's user, or mount them to be written to; what hangs goes on",
        )
    elif _root_is_locked(machine):
        yield good(WHAT, "the system is read-only, and what must be written can be")


def _room(machine: Machine, free: FreeMb) -> Finding:
    room = {_existing(folder): free(_existing(folder)) for _, folder in _folders(machine)}
    folder = min(room, key=lambda each: room[each])
    told = f"{room[folder] / 1000:.1f} GB free at {folder}"
    todo = "kiosk engines clean; kiosk portraits remove ID; journalctl --vacuum-size=100M"
    if room[folder] < TOO_LITTLE_MB:
        return fault(WHAT, told, todo)
    return warning(WHAT, told, todo) if room[folder] < LITTLE_MB else good(WHAT, told)


def _folders(machine: Machine) -> tuple[tuple[str, Path], ...]:
    config = machine.config
    return (
        ("cache", cache_folder()),
        ("portraits", config.portraits.folder.absolute()),
        ("engines", config.generator.engines.absolute()),
    )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest around it that is there."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def _root_is_locked(machine: Machine) -> bool:
    mounts = (line.split() for line in machine.text("/proc/mounts").splitlines())
    return any(
        words[1] == "/" and "ro" in words[3].split(",") for words in mounts if len(words) > 3
    )
