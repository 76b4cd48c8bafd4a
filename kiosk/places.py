"""Where things lie: what comes with the program, and, of an installed kiosk, all the rest.

Run from a checkout, settings, portraits and units lie in the project's folder; a wheel carries the
same folders in `kiosk/shipped`. Nothing here is written to but by `kiosk install-service`.
"""

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_SHIPPED = _PACKAGE / "shipped"

PROJECT = _SHIPPED if _SHIPPED.is_dir() else _PACKAGE.parent
DEMO_CLIP = PROJECT / "assets" / "demo" / "visitor.mp4"
PORTRAITS = PROJECT / "assets" / "portraits"
UNITS = PROJECT / "systemd"
DOCS = PROJECT / "docs"

CONFIG = "config.toml"
SETTINGS = Path("/etc/tableau-vivant")  # of a kiosk that is a service
STATE = Path("/var/lib/kiosk")
CACHE = Path("/var/cache/kiosk")


def environment(prefix: Path | None = None) -> Path:
    """The virtual environment that runs this, by a name that an update does not change.

    Args:
        prefix: the environment's own folder; None takes this process's.

    Returns:
        The link ``current`` beside it, where that leads here; else the folder itself.
    """
    here = Path(sys.prefix) if prefix is None else prefix
    current = here.with_name("current")
    return current if current.exists() and current.samefile(here) else here
