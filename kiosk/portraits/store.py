"""The packs on this machine: found, opened, rolled back, removed.

Comes in: folders that hold packs. Goes out: the folder of each pack, or the first pack that is
whole; a damaged one is refused by name in the log and the next is shown.
"""

import logging
from collections.abc import Iterable
from pathlib import Path

from kiosk.config import PortraitSettings
from kiosk.errors import PackError
from kiosk.portraits.changes import change, tidy
from kiosk.portraits.manifest import MANIFEST
from kiosk.portraits.override import override_of
from kiosk.portraits.pack import Pack, load_pack
from kiosk.portraits.programme import PROGRAMME
from kiosk.portraits.swap import previous_of, rollback

logger = logging.getLogger(__name__)


def choose_pack(settings: PortraitSettings) -> Pack:
    """The portrait that hangs; when its pack is damaged, the next one that is whole.

    What a change that was killed has left behind is cleared away.

    Raises:
        PackError: no portrait of that name is there, or none is whole.
    """
    tidy(settings.folder)
    named = find_pack(settings.portrait, [settings.folder])
    others = [folder for folder in find_packs([settings.folder]) if folder != named]
    return open_first_good([named, *others])


def choose_gallery(settings: PortraitSettings) -> list[Pack]:
    """The portraits that hang side by side; one that is damaged or missing is left out.

    What a change that was killed has left behind is cleared away.

    Raises:
        PackError: none is whole.
    """
    tidy(settings.folder)
    if (settings.folder / PROGRAMME).is_file():
        logger.warning("%s waits: in a gallery nobody takes turns", PROGRAMME)
    packs, faults = [], []
    for each in settings.gallery:
        try:
            packs.append(load_pack(find_pack(each, [settings.folder])))
        except PackError as error:
            logger.error("portrait refused: %s", error)
            faults.append(str(error))
    if not packs:
        raise PackError("no portrait can be shown: " + "; ".join(faults))
    return packs


def find_packs(folders: Iterable[Path]) -> list[Path]:
    """The folder of every pack within ``folders``, by name; the first of a name wins.

    A folder that is not there holds no packs. Nothing is opened but the list of names.
    """
    found: dict[str, Path] = {}
    for folder in folders:
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                # what begins with a dot is a pack being written
                if not path.name.startswith(".") and (path / "pack.toml").is_file():
                    found.setdefault(path.name, path)
    return [found[name] for name in sorted(found)]


def find_pack(portrait_id: str, folders: Iterable[Path]) -> Path:
    """The folder of one pack; raises `PackError` that names those there are."""
    packs = find_packs(folders)
    for path in packs:
        if path.name == portrait_id:
            return path
    names = ", ".join(path.name for path in packs) or "none; make one with `kiosk portraits add`"
    raise PackError(f"{portrait_id}: there is no such portrait; there are: {names}")


def open_first_good(folders: Iterable[Path], *, check_weights: bool = True) -> Pack:
    """The first pack among ``folders`` (each one pack's) that is whole.

    Raises:
        PackError: none is; says why for each.
    """
    faults = []
    for folder in folders:
        try:
            return load_pack(folder, check_weights=check_weights)
        except PackError as error:
            logger.error("portrait refused: %s", error)
            faults.append(str(error))
    raise PackError("no portrait can be shown: " + ("; ".join(faults) or "there are no packs"))


def mark_of(folder: Path) -> tuple[int, int] | None:
    """Another one whenever another pack has taken a folder's place; None while none is there."""
    try:
        return folder.stat().st_ino, (folder / MANIFEST).stat().st_mtime_ns
    except OSError:
        return None


def roll_back(folder: Path) -> None:
    """Hang the pack before, if it is whole; once more brings the newer one back.

    Raises:
        PackError: there is none, it is damaged, or it cannot be done.
    """
    try:
        with change(folder.parent):
            if previous_of(folder).exists():
                load_pack(previous_of(folder))
            rollback(folder)
    except OSError as error:
        raise PackError(f"{folder.name}: cannot be rolled back: {error.strerror}") from error


def remove_pack(folder: Path) -> None:
    """Removes a pack with its version before and what staff changed: gone in one rename each.

    Raises:
        PackError: it is no pack, or it cannot be removed.
    """
    if not (folder / "pack.toml").is_file():
        raise PackError(f"{folder.name}: there is no pack in {folder.parent}")
    try:
        with change(folder.parent) as place:
            folder.rename(place / folder.name)
            if previous_of(folder).exists():
                previous_of(folder).rename(place / f"{folder.name}-before")
            override_of(folder).unlink(missing_ok=True)
    except OSError as error:
        raise PackError(f"{folder.name}: it cannot be removed: {error.strerror}") from error
