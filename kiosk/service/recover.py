"""After a kiosk has ended again and again: what was changed last is taken back, one thing each.

Nothing is lost: what is cleared away can be made again, and a portrait's other version is kept.
"""

import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from kiosk.cache import cache_folder
from kiosk.config import Config
from kiosk.errors import KioskError, PackError
from kiosk.portraits.pack import load_pack
from kiosk.portraits.store import find_packs, roll_back
from kiosk.portraits.swap import previous_of
from kiosk.service.state import state_file

logger = logging.getLogger(__name__)

KEPT = "README.md"  # of the engines' folder
BEGUN = "begun"  # since the last recovery


def note_begun(environment: Mapping[str, str] = os.environ) -> None:
    """Note that the kiosk itself has begun: it is no X server or compositor that does not start."""
    if file := state_file(BEGUN, environment):
        with suppress(OSError):
            file.touch()


def recover(config: Config, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
    """Take back and clear away; yields a line for each thing done."""
    begun = state_file(BEGUN, environment)
    if begun is None or begun.exists():
        yield from _clear(config.generator.engines, "compiled engines")
        # a service has a cache of its own, with what libraries keep there, too
        caches = cache_folder() if begun is None else cache_folder().parent
        yield from _clear(caches, "what can be made again")
    else:
        yield "the kiosk itself has not begun: see to the screen, its cable and its driver"
    if begun is not None:
        with suppress(OSError):
            begun.unlink(missing_ok=True)
    for folder in find_packs([config.portraits.folder]):
        yield from _heal(folder)


def _clear(folder: Path, what: str) -> Iterator[str]:
    """Compiled anew, engines may load again: a driver was updated, a disk was full."""
    found = [path for path in folder.glob("*") if path.name != KEPT] if folder.is_dir() else []
    cleared = 0
    for path in found:
        try:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()
            cleared += 1
        except OSError as error:
            logger.warning("%s: cannot be cleared away: %s", path, error.strerror)
    if cleared:
        yield f"{folder}: {what}: cleared away, {cleared} in all"


def _heal(folder: Path) -> Iterator[str]:
    """A pack that is damaged gives way to its version before."""
    try:
        load_pack(folder)
    except PackError as fault:
        if not previous_of(folder).is_dir():
            yield f"{fault}; there is no version before it"
            return
        try:
            roll_back(folder)
        except KioskError as error:
            yield f"{fault}; {error}"
        else:
            yield f"{fault}; the version before hangs now"
