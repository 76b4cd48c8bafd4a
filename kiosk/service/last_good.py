"""The settings with which the portrait last hung: used when somebody has misspelt the newest.

Kept in the service's own state folder, which systemd names; without a service nothing is kept, and
a wrong setting ends the command, as whoever typed it expects.
"""

import json
import logging
import os
from collections.abc import Mapping

from kiosk.config import Config, parse_known
from kiosk.errors import ConfigError
from kiosk.files import write_whole
from kiosk.service.state import state_file

logger = logging.getLogger(__name__)

NAME = "last-good.json"


def keep(config: Config, environment: Mapping[str, str] = os.environ) -> None:
    """Keep settings that have proved good; the file is whole at any moment."""
    file = state_file(NAME, environment)
    if file is None:
        return
    try:
        write_whole(file, config.model_dump_json())
    except OSError as error:
        logger.warning("%s: the settings cannot be kept: %s", file, error.strerror)


def last_good(environment: Mapping[str, str] = os.environ) -> Config | None:
    """What was kept, if it is there: as much as means something to this version."""
    file = state_file(NAME, environment)
    if file is None:
        return None
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(kept, dict):
            raise ConfigError("it is no table")
        return parse_known(kept, name=file.name)
    except (OSError, ValueError, ConfigError) as error:
        logger.warning("%s: no settings of before can be had: %s", file, error)
        return None
