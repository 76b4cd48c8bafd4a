"""One change at a time in the folder of packs, each in a place of its own beside them.

Who changes something locks the folder itself; the system lets go of that when the process ends,
however it ends. So whatever lies in such a place when the lock is had was left by one that was
killed, and goes.
"""

import fcntl
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kiosk.portraits.swap import ASIDE, PREVIOUS, previous_of

logger = logging.getLogger(__name__)

PLACE = ".incoming-"


@contextmanager
def change(portraits: Path) -> Iterator[Path]:
    """A place in which to make a change ready; gone afterwards, with all that is left in it.

    Waits until nobody else changes anything.

    Args:
        portraits: the folder of packs; made if it is not there.

    Raises:
        OSError: it cannot be written.
    """
    portraits.mkdir(parents=True, exist_ok=True)
    with _alone(portraits):
        _tidy(portraits)
        with tempfile.TemporaryDirectory(prefix=PLACE, dir=portraits) as place:
            yield Path(place)


def tidy(portraits: Path) -> None:
    """Clear away what a killed change has left, unless one is under way or nothing may be written.

    Args:
        portraits: the folder of packs.
    """
    with suppress(OSError), _alone(portraits, patient=False):
        _tidy(portraits)


@contextmanager
def _alone(portraits: Path, *, patient: bool = True) -> Iterator[None]:
    """Hold the folder's lock; raises `BlockingIOError` when it is held and we are not patient."""
    handle = os.open(portraits, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not patient:
                raise
            logger.info("%s: another change is under way; this one waits for its end", portraits)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _tidy(portraits: Path) -> None:
    for aside in (*portraits.glob(f"{PLACE}*/*{ASIDE}"), *portraits.glob(f"{PREVIOUS}/*{ASIDE}")):
        _put_back(aside, portraits / aside.name.removesuffix(ASIDE))
    for left in portraits.glob(f"{PLACE}*"):
        logger.info("%s: cleared away what a killed change had left: %s", portraits, left.name)
        shutil.rmtree(left)


def _put_back(aside: Path, folder: Path) -> None:
    """A pack that was on its way when its exchange, in steps, was cut short."""
    for place in (folder, previous_of(folder)):
        if not place.exists():
            aside.rename(place)
            return
    shutil.rmtree(aside)
