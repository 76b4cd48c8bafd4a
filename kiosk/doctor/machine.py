"""The machine as the examinations see it: its files, its commands, and the kiosk that runs on it.

All that they ask comes through here, so that the tests can make up a machine of their own.
"""

import getpass
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from kiosk.config import Config
from kiosk.control.client import Client
from kiosk.control.view import View
from kiosk.errors import ControlError

PATIENCE_S = 2.0  # with another program


@dataclass(frozen=True)
class Running:
    """The kiosk that runs here."""

    status: Mapping[str, Any]  # the keys are those of `kiosk.control.status.Status`
    view: Callable[[], View | None]  # what its camera sees, in figures


def run_command(command: Sequence[str]) -> str | None:
    """What a program prints; None where it is not there, fails, or takes too long."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
            errors="replace",
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def user_name() -> str:
    """Whoever asks; their number where they have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


@dataclass(frozen=True)
class Machine:
    """One machine, and its settings."""

    config: Config = field(default_factory=Config)
    running: Running | None = None
    silent: str = ""  # why a kiosk that runs does not answer
    root: Path = Path("/")
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    run: Callable[[Sequence[str]], str | None] = run_command
    may: Callable[[Path, int], bool] = os.access  # as `os.access`
    user: str = field(default_factory=user_name)

    def at(self, path: str | Path) -> Path:
        """An absolute path of this machine."""
        return self.root / str(path).lstrip("/")

    def text(self, path: str | Path) -> str:
        """What a file says; nothing where it cannot be read."""
        try:
            return self.at(path).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return ""


def find_kiosk(place: Path) -> tuple[Running | None, str]:
    """The kiosk that answers at a socket.

    Returns:
        It, or None; and why one that runs does not answer.
    """
    client = Client(place)
    try:
        return Running(client.status(), client.view), ""
    except ControlError as error:
        late = isinstance(error.__cause__, httpx.TimeoutException)
        return None, f"the kiosk at {place} does not answer" if late else ""
    except OSError as error:
        return None, f"the kiosk at {place} cannot be asked ({error.strerror})"
