"""Whether the screen is dark on purpose, kept across restarts in the service's state folder."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path

logger = logging.getLogger(__name__)

NAME = "dark"


def remember(dark: bool, environment: Mapping[str, str] = os.environ) -> None:
    """Note it; without a service nothing is noted."""
    file = _file(environment)
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
    file = _file(environment)
    return file is not None and file.exists()


def _file(environment: Mapping[str, str]) -> Path | None:
    state = environment.get("STATE_DIRECTORY", "")
    return Path(state.split(":")[0]) / NAME if state else None
