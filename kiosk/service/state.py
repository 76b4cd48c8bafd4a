"""The folder in which the service keeps what outlives a restart; systemd names it."""

from collections.abc import Mapping
from pathlib import Path


def state_folder(environment: Mapping[str, str]) -> Path | None:
    """The folder; None where there is no service."""
    state = environment.get("STATE_DIRECTORY", "")
    return Path(state.split(":")[0]) if state else None


def state_file(name: str, environment: Mapping[str, str]) -> Path | None:
    """A file in it; None where there is no service."""
    folder = state_folder(environment)
    return None if folder is None else folder / name
