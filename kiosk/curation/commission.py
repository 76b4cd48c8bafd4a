"""What a curator asks for, checked before any long work, and the folder the work is done in."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

import kiosk
from kiosk.cache import cache_folder
from kiosk.errors import ConfigError, KioskError, PackError, PictureError
from kiosk.portraits.meta import CanvasPlace, Label, PackMeta


@dataclass(frozen=True, slots=True)
class Commission:
    """What a curator asks for."""

    image: Path
    id: str
    minutes: float = 10.0
    label: Label = field(default_factory=Label)
    rights: str = ""
    required_statement: str = ""
    homepage: str = ""
    face: int | None = None
    points: Path | None = None  # places of the face's parts, by hand
    seed: int = 0
    provenance: str = ""
    replace: bool = False  # an older pack of this id
    also: Path | None = None  # a folder of further pictures of the sitter
    strict: bool = False  # all of them must be of use


def check_commission(commission: Commission, portraits: Path) -> None:
    """Refuse what would only fail at the end, when the pack is written.

    Raises:
        ConfigError: the id or the rights are not what a pack allows, or the id is taken.
        PackError: nothing can be written where the packs are.
    """
    try:
        place = CanvasPlace(left=0, top=0, side=64)  # not known yet
        PackMeta(id=commission.id, rights=commission.rights, canvas=place)
    except ValidationError as error:
        raise ConfigError("; ".join(map(_explain, error.errors()))) from error
    if (portraits / commission.id).exists() and not commission.replace:
        raise ConfigError(
            f"{commission.id} hangs in {portraits} already; choose another --id, "
            "or give --replace to put the new one in its place"
        )
    there = portraits
    while not there.exists():
        there = there.parent
    try:
        with tempfile.TemporaryDirectory(prefix=".trial-", dir=there):
            pass
    except OSError as error:
        raise PackError(f"{portraits}: cannot be written: {error.strerror}") from error


@contextmanager
def workshop(commission: Commission) -> Iterator[Path]:
    """A folder for the work; the same commission finds it again after an interruption.

    Another version of the program does not: its puppet may draw otherwise. The folder is removed
    when the work is done.

    Raises:
        PictureError: the folder cannot be written.
    """
    content = hashlib.sha256(commission.image.read_bytes())
    for module in sorted(Path(kiosk.__file__).parent.rglob("*.py")):
        content.update(module.read_bytes())
    for further in sorted(commission.also.rglob("*")) if commission.also else ():
        content.update(f"{further.name} {further.stat().st_size}".encode())
    if commission.points is not None:
        content.update(commission.points.read_bytes())
    wish = [commission.id, commission.minutes, commission.seed, commission.face]
    content.update(json.dumps(wish).encode())
    folder = cache_folder() / f"{commission.id}-{content.hexdigest()[:12]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
    except KioskError:
        raise
    except OSError as error:
        raise PictureError(
            f"{folder}: {error.strerror}; make room there and start again"
        ) from error
    shutil.rmtree(folder, ignore_errors=True)


def check_room(folder: Path, needed: int) -> None:
    """Refuse to begin what would fill the disk: a full one ends a process without a word.

    Raises:
        PictureError: `folder` has not `needed` bytes left, those in it already counted.
    """
    needed -= sum(path.stat().st_blocks * 512 for path in folder.rglob("*"))
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise PictureError(
            f"{folder}: {free / 1e9:.1f} GB are free and {needed / 1e9:.1f} GB are needed; "
            "make room there, or ask for fewer --minutes"
        )


def _explain(fault: object) -> str:
    assert isinstance(fault, dict)
    option, given = fault["loc"][0], fault["input"]
    if option == "id":
        return f"--id is {given!r}; use a-z, 0-9 and hyphens, 64 at most, no hyphen first"
    return f"--{option} is {given!r}; {str(fault['msg']).removeprefix('Value error, ')}"
