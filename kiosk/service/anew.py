"""Whether the process may end so that a new one begins: once a day, and only as a service.

When that last was is noted in the service's state folder, for it must outlive the process.
"""

import logging
import os
import time
from collections.abc import Callable, Mapping

from kiosk.service.state import state_file

logger = logging.getLogger(__name__)

NAME = "begun-anew"
ONCE_S = 24 * 3600.0


def may_begin_anew(
    environment: Mapping[str, str] = os.environ, now: Callable[[], float] = time.time
) -> bool:
    """Whether somebody would begin it again, and it is a day since the last time."""
    file = state_file(NAME, environment)
    if file is None:
        return False
    try:
        return abs(now() - file.stat().st_mtime) >= ONCE_S  # a clock may have been set back
    except FileNotFoundError:
        return True
    except OSError:
        return False


def note_beginning(
    environment: Mapping[str, str] = os.environ, now: Callable[[], float] = time.time
) -> bool:
    """Note that it ends now; False where that cannot be, and it must not end."""
    file = state_file(NAME, environment)
    if file is None:
        return False
    try:
        file.touch()
        os.utime(file, (now(), now()))
    except OSError as error:
        logger.warning("%s: cannot be written: %s", file, error.strerror)
        return False
    return True
