"""Whether the screen is dark on purpose, kept across restarts in the service's state folder."""

import logging
import os
from collections.abc import Mapping

from kiosk.service.state import state_file

logger = logging.getLogger(__name__)

NAME = "dark"


def remember(dark: bool, environment: Mapping[str, str] = os.environ) -> None:
    """Note it; without a service nothing is noted."""
    file = state_file(NAME, environment)
    if file is None:
        return
    try:
        if dark:
            file.touch()
        else:
            file.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("%s: cannot be written: %s", file, error.strerror)


def is_night(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether it was dark on purpose when the kiosk ended."""
    file = state_file(NAME, environment)
    return file is not None and file.exists()
