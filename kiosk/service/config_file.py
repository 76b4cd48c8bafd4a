"""`config.toml` rewritten with its comments: for this version, or for its place in /etc.

Comes in: a file. Goes out: its new text and what was changed; `save` puts it in place of the old
one, which is kept beside it.
"""

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from kiosk.config import Config, load_config, parse_config
from kiosk.errors import ConfigError
from kiosk.files import write_whole
from kiosk.migration import rewrite

PATHS = (  # settings that are seen from where the file lies
    ("portraits", "keys"),
    ("console", "socket"),
    ("sound", "ambience"),
    ("display", "credentials"),
)


def migrated(path: Path) -> tuple[str, list[str]]:
    """The text of a file as this version writes it, and a line for each change.

    Raises:
        ConfigError: it cannot be read, or is wrong besides.
    """
    document = _read(path)
    remarks = rewrite(document)
    parse_config(document.unwrap(), name=path.name)
    return tomlkit.dumps(document), remarks


def moved(path: Path, *, folder: Path, engines: Path) -> str:
    """The text of a file for another place: portraits and engines where a service may write.

    Args:
        path: the file.
        folder: of portraits.
        engines: of what TensorRT compiles.

    Raises:
        ConfigError: it cannot be read, or is wrong.
    """
    document = _read(path)
    rewrite(document)
    config = load_config(path)
    for (table, setting), value in _places(config):
        if setting in document.get(table, {}):
            document[table][setting] = value
    for table, setting, place in (
        ("portraits", "folder", folder),
        ("generator", "engines", engines),
    ):
        if table not in document:
            document[table] = tomlkit.table()
        document[table][setting] = str(place)
    return tomlkit.dumps(document)


def save(path: Path, text: str) -> Path:
    """Put a new text in a file's place; what was there is kept beside it.

    Returns:
        Where the old one lies.

    Raises:
        ConfigError: it cannot be written; what was there is there.
    """
    kept = path.with_name(f"{path.name}.before-{version('tableau-vivant')}")
    try:
        if not kept.exists():  # the oldest is the one to go back to
            write_whole(kept, path.read_text(encoding="utf-8"), like=path)
        write_whole(path, text, like=path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
    return kept


def _read(path: Path) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, TOMLKitError) as error:
        raise ConfigError(f"{path.name}: is not TOML: {error}") from error


def _places(config: Config) -> Iterator[tuple[tuple[str, str], Any]]:
    """Those of `PATHS` as `load_config` has placed them, in TOML's kinds."""
    tables = config.model_dump(mode="json")
    for table, setting in PATHS:
        yield (table, setting), tables[table][setting]
