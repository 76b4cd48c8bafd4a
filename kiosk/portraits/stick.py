"""Portraits brought on a USB stick: every file of its folder `portraits`, tried one by one.

Comes in: where the stick is mounted, and what the settings allow. Goes out: a line for each file.
A stick is anybody's: no link is followed, the files are few, and what is not hung is told.
"""

import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.config import PortraitSettings
from kiosk.errors import ConfigError, PackError
from kiosk.portraits.manifest import MANIFEST, verify_manifest
from kiosk.portraits.parcel import MOST_TEXT_BYTES, SUFFIX, Trial, import_pack
from kiosk.portraits.store import find_packs

FOLDER = "portraits"
MOST_PARCELS = 32
NAME = re.compile(r"\w[\w .()-]{0,99}")  # of what is printed and logged


@dataclass(frozen=True)
class Delivery:
    """What became of one file."""

    line: str
    refused: bool = False


def import_stick(stick: Path, settings: PortraitSettings, trial: Trial) -> Iterator[Delivery]:
    """Import every portrait there is, in place of an older one where there is one.

    Args:
        stick: where it is mounted.
        settings: the table ``[portraits]``.
        trial: see `import_pack`.

    Raises:
        ConfigError: sticks are not allowed here.
        PackError: the stick cannot be read.
    """
    if not settings.usb:
        raise ConfigError("portraits.usb is false: nothing is taken from sticks; set it to true")
    files = find_parcels(stick)
    for file in files[:MOST_PARCELS]:
        yield _import_one(file, settings, trial)
    if len(files) > MOST_PARCELS:
        told = f"{len(files)} portraits are there; the first {MOST_PARCELS} were looked at"
        yield Delivery(told, refused=True)


def find_parcels(stick: Path) -> list[Path]:
    """The files of portraits on a stick, by name; hidden ones and links are none.

    Raises:
        PackError: the stick cannot be read.
    """
    try:
        if (stick / FOLDER).is_symlink():
            return []
        with os.scandir(stick / FOLDER) as entries:
            names = [each.name for each in entries if each.is_file(follow_symlinks=False)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise PackError(f"{stick}: cannot be read ({error.strerror})") from error
    wanted = (name for name in names if name.endswith(SUFFIX) and not name.startswith("."))
    return [stick / FOLDER / name for name in sorted(wanted)]


def _import_one(file: Path, settings: PortraitSettings, trial: Trial) -> Delivery:
    if not NAME.fullmatch(file.name):
        return Delivery(f"{file.name!r} is refused: give it a plain name", refused=True)
    if hung := _hangs_as(file, settings.folder):
        return Delivery(f"{file.name}: hangs already, as {hung}")
    try:
        folder = import_pack(
            file, settings.folder, replace=True, trial=trial, keys=settings.trusted
        )
    except PackError as error:
        return Delivery(str(error), refused=True)
    return Delivery(f"{file.name}: hangs as {folder.name}")


def _hangs_as(file: Path, portraits: Path) -> str | None:
    """The id under which this very pack hangs, whole: a stick may stay where it is for weeks."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open(MANIFEST) as stream:
            sums = stream.read(MOST_TEXT_BYTES)
        for folder in find_packs([portraits]):
            if sums == (folder / MANIFEST).read_bytes():
                verify_manifest(folder)
                return folder.name
    except (OSError, KeyError, PackError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError):
        pass  # importing it tells what is wrong
    return None
