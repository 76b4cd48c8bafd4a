"""The folder in which the service keeps what outlives a restart; systemd names it."""

from collections.abc import Mapping
from pathlib import Path


def state_file(name: str, environment: Mapping[str, str]) -> Path | None:
    """A file in it; None where there is no service."""
    state = environment.get("STATE_DIRECTORY", "")
    return Path(state.split(":")[0]) / name if state else None
