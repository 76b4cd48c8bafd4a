"""A file that appears whole or not at all, also when the power is cut."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

MODE = 0o644


def write_whole(path: Path, text: str, *, like: Path | None = None) -> None:
    """Put a text in a file's place, in UTF-8; its folder is made.

    Args:
        path: the file.
        text: all of it.
        like: another file, whose owner and rights it gets as far as we may give them.

    Raises:
        OSError: it cannot be written; what was there is there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=".partial-", delete=False
    ) as file:
        partial = Path(file.name)
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            stat = like.stat() if like is not None else None
            partial.chmod(MODE if stat is None else stat.st_mode & 0o777)
            if stat is not None:
                with suppress(PermissionError):
                    os.chown(partial, stat.st_uid, stat.st_gid)
            partial.replace(path)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
