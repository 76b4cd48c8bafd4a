"""TOML as this project writes it: short, in the order of the record, language maps on one line."""

import json
from pathlib import Path
from typing import Any

from kiosk.files import write_whole

INLINE = ("title", "artist", "date", "collection", "text")  # maps of languages


def to_toml(record: dict[str, Any]) -> str:
    """The text of a file that reads back as this record."""
    return "\n".join(_table_lines(record, path="")) + "\n"


def write_toml(path: Path, record: dict[str, Any]) -> None:
    """Write a file that appears whole or not at all, also when power is cut.

    Raises:
        OSError: it cannot be written; what was there is there.
    """
    write_whole(path, to_toml(record))


def mark_of_file(path: Path) -> int | None:
    """Another one whenever a file has been written anew; None while it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _table_lines(table: dict[str, Any], *, path: str) -> list[str]:
    """Plain values first, then the tables within, as TOML demands."""
    lines = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if _plain(key, value)]
    for key, value in table.items():
        if not _plain(key, value):
            inner = f"{path}.{_key(key)}" if path else _key(key)
            lines += ["", f"[{inner}]", *_table_lines(value, path=inner)]
    return lines


def _plain(key: str, value: object) -> bool:
    return not isinstance(value, dict) or key in INLINE


def _key(key: str) -> str:
    bare = key.replace("-", "a").replace("_", "a")
    return key if bare.isascii() and bare.isalnum() else _value(key)


def _value(value: object) -> str:
    if isinstance(value, dict):
        pairs = ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    # a JSON string is a TOML basic string but for DEL, which TOML wants escaped
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
