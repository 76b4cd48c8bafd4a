"""``manifest-sha256.txt``: one BagIt line for each file of a pack; ``sha256sum -c`` reads it."""

import hashlib
from pathlib import Path

from kiosk.errors import PackError

MANIFEST = "manifest-sha256.txt"


def write_manifest(folder: Path) -> None:
    """Writes the sums of every file in ``folder``."""
    lines = [f"{_sum(folder / name)}  {name}\n" for name in _names(folder)]
    (folder / MANIFEST).write_text("".join(lines), encoding="utf-8", newline="\n")


def verify_manifest(folder: Path) -> None:
    """Raises `PackError` on the first file that is missing, changed or not in the manifest."""
    sums = read_manifest(folder)
    for name in _names(folder):
        if name not in sums:
            raise PackError(
                f"{folder.name}: {name} is not in {MANIFEST}; remove it or make it anew"
            )
    for name, expected in sums.items():
        if not _is_there(folder / name):
            raise PackError(f"{folder.name}: {name} is missing; install the pack again")
        if _sum(folder / name) != expected:
            raise PackError(f"{folder.name}: {name} is damaged or was changed (its sum is wrong)")


def read_manifest(folder: Path) -> dict[str, str]:
    """Sums by file name; only names inside the pack's own folder are accepted."""
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{folder.name}: {MANIFEST} cannot be read: {error}") from error
    sums: dict[str, str] = {}
    for line in text.splitlines():
        digest, _, name = line.partition("  ")
        inside = name and not name.startswith("/") and ".." not in Path(name).parts
        if len(digest) != 64 or not inside or name in sums:
            raise PackError(f"{folder.name}: {MANIFEST} has a line that makes no sense: {line!r}")
        sums[name] = digest.lower()
    return sums


def _names(folder: Path) -> list[str]:
    """Files of the pack, hidden ones (a file manager's, an editor's) and the signature aside."""
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    hidden = (path for path in paths if not any(part.startswith(".") for part in path.parts))
    names = [path.as_posix() for path in hidden]
    return [name for name in names if not name.startswith(MANIFEST)]


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # no file can have such a name
        return False


def _sum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
