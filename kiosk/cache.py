"""The folder for what can be made or fetched again."""

import logging
import os
import shutil
from pathlib import Path

logger = logging.getLogger(__name__)

ROOM = 64 << 20  # bytes that must be free for the graphics driver to keep what it compiles


def cache_folder() -> Path:
    """The user's, as the XDG base directory specification has it; it need not exist."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tableau-vivant"


def heed_a_full_disk() -> None:
    """Keep Mesa from its cache where that has no room; before its first context.

    It maps the cache's index into memory, and the process dies of SIGBUS when that cannot grow.
    """
    folder = cache_folder().parent
    while not folder.exists():
        folder = folder.parent
    if shutil.disk_usage(folder).free < ROOM:
        logger.warning("%s is nearly full: shaders are compiled at each start", folder)
        os.environ["MESA_SHADER_CACHE_DISABLE"] = "true"
