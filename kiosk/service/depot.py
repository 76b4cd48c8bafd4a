"""The service's own folder of portraits, filled with those that ship when there is nothing in it.

So it is on the first day, and after a disk was changed: a program that lies in a read-only system
cannot have its portraits changed where they came with it.
"""

import logging
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from kiosk.places import PORTRAITS
from kiosk.portraits.swap import flush
from kiosk.service.state import state_folder

logger = logging.getLogger(__name__)

FRESH = ".portraits.new"  # beside the folder


def fill(
    folder: Path, *, source: Path = PORTRAITS, environment: Mapping[str, str] = os.environ
) -> Path:
    """Put the portraits that ship in a folder, if it is the service's and empty.

    It is whole or empty at any moment.

    Args:
        folder: of portraits.
        source: those that ship, with what lies beside them.
        environment: of the process; names the service's folder.

    Returns:
        Where the portraits lie: in the folder, or, where it cannot be filled, still in the source.
    """
    state = state_folder(environment)
    if state is None or not folder.is_relative_to(state):
        return folder
    fresh = folder.with_name(FRESH)
    try:
        if folder.exists() and any(folder.iterdir()):
            return folder
        shutil.rmtree(fresh, ignore_errors=True)  # a power cut's
        shutil.copytree(source, fresh)
        for path in (fresh, *fresh.rglob("*")):  # from a system that nobody may write to
            path.chmod(path.stat().st_mode | (0o700 if path.is_dir() else 0o600))
        flush(fresh)
        fresh.replace(folder)
    except (OSError, shutil.Error) as error:
        logger.error("%s: cannot be filled (%s); %s is used", folder, error, source)
        return source
    logger.info("%s: was empty; the portraits that ship were put there", folder)
    return folder
