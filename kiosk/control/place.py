"""Where a kiosk's socket lies."""

import os
import socket
import tempfile
from pathlib import Path

AUTO = "auto"
NAME = "kiosk.sock"
SERVICE_SOCKET = Path("/run/kiosk") / NAME  # of systemd/kiosk.service


def socket_to_ask(setting: str) -> Path:
    """The same for who asks: where nobody listens there, the service's, if somebody does there.

    Args:
        setting: as for `socket_path`.
    """
    own = socket_path(setting)
    service_only = setting == AUTO and not is_listened_at(own) and is_listened_at(SERVICE_SOCKET)
    return SERVICE_SOCKET if service_only else own


def is_listened_at(place: Path) -> bool:
    """Whether somebody does, also who may not be asked; a kiosk that was killed leaves its file."""
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(0)
        try:
            caller.connect(str(place))
        except (PermissionError, BlockingIOError):  # a stranger's; one that is busy
            return True
        except OSError:
            return False
    return True


def socket_path(setting: str) -> Path:
    """The socket of this machine's kiosk.

    Args:
        setting: a path; or "auto": the folder that systemd gives a service, or the user's own.
    """
    if setting != AUTO:
        return Path(setting)
    if given := os.environ.get("RUNTIME_DIRECTORY"):
        return Path(given.split(":")[0]) / NAME
    if own := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(own) / "tableau-vivant" / NAME
    return Path(tempfile.gettempdir()) / f"tableau-vivant-{os.getuid()}" / NAME
