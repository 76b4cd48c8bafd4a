"""Where a service keeps what can be made again, on a system whose /var/cache cannot be written to.

Libraries have caches of their own (numba, Mesa, fontconfig, matplotlib) and look for them in the
environment when they are imported; so this comes before them.
"""

import logging
import os
from collections.abc import MutableMapping
from pathlib import Path

from kiosk.service.state import state_folder

logger = logging.getLogger(__name__)


def settle_caches(environment: MutableMapping[str, str] = os.environ) -> None:
    """Send all of them to the service's own folder, if only that can be written to.

    Args:
        environment: of the process; changed.
    """
    state = state_folder(environment)
    told = environment.get("XDG_CACHE_HOME", "")
    if state is None or not told or _can_keep(Path(told)):
        return
    instead = state / "cache"
    if not _can_keep(instead):
        return  # each library goes on without
    environment["XDG_CACHE_HOME"] = str(instead)
    environment["NUMBA_CACHE_DIR"] = str(instead / "numba")
    logger.info("%s: cannot be written to; %s is used", told, instead)


def _can_keep(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)
