"""Settings as an older version wrote them, understood by this one.

Comes in: the tables of a `config.toml`. Goes out: the same as this version writes them, and a line
for each thing that was otherwise. `CHANGES` is all there is to know; whoever renames or removes a
setting adds a line to it.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

Key = tuple[str, str]  # table, setting


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that was written otherwise before.

    Args:
        since: the first version that writes it the new way.
        was: the old way.
        now: the new way; None: it is gone.
        why: what whoever used it should know.
    """

    since: str
    was: Key
    now: Key | None
    why: str = ""

    @property
    def words(self) -> str:
        """The same for people."""
        old = ".".join(self.was)
        if self.now is None:
            told = f"{old} is gone since {self.since}"
        else:
            told = f"{old} is called {'.'.join(self.now)} since {self.since}"
        return f"{told}: {self.why}" if self.why else told


CHANGES = (
    Change("0.1.0", ("portraits", "verify"), None, "every pack is compared with its sums"),
)  # fmt: skip


def modernize(
    tables: Mapping[str, Any], changes: Sequence[Change] = CHANGES
) -> tuple[Mapping[str, Any], list[str]]:
    """A copy in which nothing is written the old way, and what was; see `rewrite`.

    Args:
        tables: of `config.toml`.
        changes: oldest first.
    """
    fresh = {
        name: dict(table) if isinstance(table, Mapping) else table for name, table in tables.items()
    }
    return fresh, rewrite(fresh, changes)


def rewrite(tables: MutableMapping[str, Any], changes: Sequence[Change] = CHANGES) -> list[str]:
    """Write in place what is written the old way; a new setting that is there already stays.

    Args:
        tables: of `config.toml`, in whatever keeps them.
        changes: oldest first, so that what was renamed twice arrives.

    Returns:
        A line for each.
    """
    remarks = []
    for change in changes:
        name, setting = change.was
        table = tables.get(name)
        if not isinstance(table, MutableMapping) or setting not in table:
            continue
        value = table.pop(setting)
        if change.now is not None:
            into, called = change.now
            if into not in tables:
                tables[into] = {}
            tables[into].setdefault(called, value)
        if not table:
            del tables[name]  # a table of its own may be gone, too
        remarks.append(change.words)
    return remarks
