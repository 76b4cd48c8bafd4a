"""What staff have changed about a portrait, over its pack: labels, gains and limits.

A pack is signed and summed, so it is never written to. The changes lie beside the packs, in
`.overrides/<id>.toml`, with the keys of ``pack.toml``; they stay when a new version of the pack is
installed, and taking them away brings back what the pack says.
"""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.errors import PackError
from kiosk.portraits.meta import Gains, Label, Limits, PackMeta, Record, read_toml
from kiosk.portraits.toml import mark_of_file, write_toml

OVERRIDES = ".overrides"  # beside the packs

logger = logging.getLogger(__name__)


class Override(Record):
    """The changes; None leaves what the pack says."""

    label: Label | None = None
    gains: Gains | None = None
    limits: Limits | None = None

    def over(self, meta: PackMeta) -> PackMeta:
        """A pack's record with these changes; what a table does not name stays as it is."""
        changed = {
            table: getattr(meta, table).model_copy(update=dict(_named(value)))
            for table, value in self
            if value is not None
        }
        return meta.model_copy(update=changed)

    def changed(self, further: "Override") -> "Override":
        """These changes and further ones over them."""
        mine, theirs = self.record(), further.record()
        tables = {**mine, **theirs}
        both = {name: {**mine.get(name, {}), **theirs.get(name, {})} for name in tables}
        return Override.model_validate(both)

    def record(self) -> dict[str, Any]:
        """What was named, as it may be written."""
        return self.model_dump(exclude_none=True, exclude_unset=True)


def _named(table: Record) -> Iterator[tuple[str, Any]]:
    return ((key, getattr(table, key)) for key in table.model_fields_set)


def overridden(meta: PackMeta, folder: Path) -> PackMeta:
    """A pack's record with what staff have changed; changes that are damaged are told, not made."""
    try:
        return read_override(folder).over(meta)
    except PackError as error:
        logger.error("what was changed about %s is left out: %s", meta.id, error)
        return meta


def read_override(folder: Path) -> Override:
    """What staff have changed about the pack in a folder.

    Raises:
        PackError: it cannot be read.
    """
    path = override_of(folder)
    name = f"{OVERRIDES}/{path.name}"
    record = read_toml(path, name=name)
    return Override() if record is None else Override.from_record(record, name=name)


def write_override(folder: Path, override: Override) -> None:
    """Keep changes, in one step; none at all takes the file away.

    Raises:
        PackError: they cannot be written.
    """
    path = override_of(folder)
    record = override.record()
    try:
        if record:
            write_toml(path, record)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise PackError(f"{path}: cannot be written: {error.strerror}") from error


def mark_of_override(folder: Path) -> int | None:
    """Another one whenever the changes are others; None without any."""
    return mark_of_file(override_of(folder))


def override_of(folder: Path) -> Path:
    """Where the changes to a pack lie."""
    return folder.parent / OVERRIDES / f"{folder.name}.toml"
