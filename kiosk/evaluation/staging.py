"""A report's folder, built beside its place and moved there when it is whole."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.display.credentials import Seal, leave
from kiosk.errors import KioskError

PAGE = "index.html"


@contextmanager
def staged(folder: Path, seal: Seal = leave) -> Iterator[Path]:
    """A place to build a report in; without an error, its files go to their own.

    Args:
        folder: where they go; what lies there under other names stays.
        seal: signs pictures and clips before.

    Raises:
        KioskError: the folder cannot be written.
    """
    parent = folder.resolve().parent
    if folder.exists() and not folder.is_dir():
        raise KioskError(f"{folder}: is a file; name a folder for the report")
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".report-", dir=parent) as place:
            yield Path(place)
            seal(Path(place))
            _move(Path(place), folder)
    except OSError as error:
        reason = error.strerror or error
        raise KioskError(f"{folder}: the report cannot be written ({reason})") from error


def _move(source: Path, target: Path) -> None:
    """Every file to its place; the page last, so that it never names what is not there."""
    paths = sorted(source.rglob("*"), key=lambda path: path.name == PAGE)
    for path in paths:
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)
