"""A pack changed in one step: a copy is changed, checked, and takes its place."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.errors import PackError
from kiosk.portraits.changes import change
from kiosk.portraits.manifest import verify_manifest, write_manifest
from kiosk.portraits.meta import PackMeta
from kiosk.portraits.pack import load_pack
from kiosk.portraits.swap import install


@contextmanager
def amend(folder: Path) -> Iterator[Path]:
    """A copy of a pack, which takes its place when the block ends well.

    What hung before is kept for `rollback`. A signature vouched for what was, and goes.

    Raises:
        PackError: the pack is not whole, before or after, or cannot be written; nothing changes.
    """
    try:
        with change(folder.parent) as place:
            verify_manifest(folder)
            staging = place / folder.name
            shutil.copytree(folder, staging, ignore=shutil.ignore_patterns(".*", "*.minisig"))
            yield staging
            write_manifest(staging)
            load_pack(staging)
            install(staging, folder)
    except OSError as error:
        raise PackError(f"{folder.name}: {folder} cannot be written: {error.strerror}") from error


def note_source(folder: Path, file: str, source: str | None) -> None:
    """Write into ``pack.toml`` where a file is from; None takes away what it says of it."""
    path = folder / "pack.toml"
    meta = PackMeta.from_toml(path.read_text(encoding="utf-8"), name=folder.name)
    provenance = {name: words for name, words in meta.provenance.items() if name != file}
    if source is not None:
        provenance[file] = source
    meta = meta.model_copy(update={"provenance": provenance})
    path.write_text(meta.to_toml(), encoding="utf-8", newline="\n")
