"""A pack's folder in place of another, in one step that power may cut at any moment.

The one before is kept, so that a change can be taken back; it, too, is whole at any moment. Who
calls holds the packs' folder alone, see `changes.py`. Linux exchanges two folders in one call
(renameat2); where a file system cannot, two renames follow each other.
"""

import ctypes
import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

from kiosk.errors import PackError

PREVIOUS = ".previous"  # beside the packs: the one before, of each
ASIDE = ".aside"  # ends the name of a folder that is on its way
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)


def install(staging: Path, folder: Path) -> None:
    """Put a whole pack in its place; what hung there is kept as the one before.

    Args:
        staging: the new pack's folder, on the same file system, in a place that is cleared away
            should this be cut short.
        folder: where it shall lie.

    Raises:
        OSError: it cannot be done; what was there is there.
    """
    flush(staging)
    if not folder.exists():
        staging.rename(folder)
    else:
        exchange(staging, folder)
        _keep(staging, previous_of(folder))
    _flush_one(folder.parent)


def rollback(folder: Path) -> None:
    """Hang the pack before; once more brings the newer one back.

    Raises:
        PackError: there is none.
    """
    previous = previous_of(folder)
    if not previous.exists():
        raise PackError(f"{folder.name}: there is no version before this one")
    try:
        exchange(previous, folder)
        _flush_one(folder.parent)
    except OSError as error:
        raise PackError(f"{folder.name}: cannot be rolled back: {error.strerror}") from error


def previous_of(folder: Path) -> Path:
    """Where the pack before lies."""
    return folder.parent / PREVIOUS / folder.name


def exchange(one: Path, other: Path) -> None:
    """Let two folders change names; each is whole under one name or the other at any moment."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        rename = library.renameat2
    except (OSError, AttributeError):  # another C library
        _exchange_in_steps(one, other)
        return
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return
    number = ctypes.get_errno()
    if number not in _CANNOT:
        raise OSError(number, os.strerror(number), str(one), None, str(other))
    _exchange_in_steps(one, other)


def _exchange_in_steps(one: Path, other: Path) -> None:
    aside = one.with_name(one.name + ASIDE)
    other.rename(aside)
    try:
        one.rename(other)
    except BaseException:  # Ctrl-C, too, must not take the old one along
        aside.rename(other)
        raise
    aside.rename(one)


def _keep(old: Path, previous: Path) -> None:
    """What was kept until now leaves its place whole, and is taken apart elsewhere."""
    previous.parent.mkdir(exist_ok=True)
    if previous.exists():
        exchange(old, previous)
        shutil.rmtree(old)
    else:
        old.rename(previous)


def flush(folder: Path) -> None:
    """Bytes reach the disk before a rename does, or a power cut leaves an empty pack."""
    for path in (*folder.rglob("*"), folder):
        _flush_one(path)


def _flush_one(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # a folder, on some file systems
            os.fsync(handle)
    finally:
        os.close(handle)
