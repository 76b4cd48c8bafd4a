"""The folder for what can be made or fetched again."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """The user's, as the XDG base directory specification has it; it need not exist."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tableau-vivant"
