"""A report that a curator can judge a portrait by: a folder with one page, pictures and films.

In go packs and their evaluations; out comes a folder that opens from a file, without scripts and
without a network. It is built beside its place and moved there when it is whole. It shows the
person in the clip: it is made only where someone asks for it.
"""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import numpy as np
from PIL import Image
from typing_extensions import Self

from kiosk.display.sheet import contact_sheet
from kiosk.errors import KioskError
from kiosk.evaluation.evaluate import Evaluation, Watcher
from kiosk.evaluation.highlights import FILM_NOTE, FILM_PX, Film, Highlights, side_by_side
from kiosk.evaluation.likeness import crop_of
from kiosk.evaluation.report_page import Chapter, Shot, write_page
from kiosk.messages import Bytes
from kiosk.portraits.pack import Pack

PAGE = "index.html"
QUALITY = 90  # of the JPEGs


@dataclass(slots=True)
class _Work:
    """What is gathered of one portrait while its clip plays."""

    folder: Path
    film: Film
    highlights: Highlights = field(default_factory=Highlights)


class ReportWriter:
    """A report being written; leaving its context without an error puts it in its place.

    Args:
        folder: where it goes; what lies there under other names stays.

    Raises:
        KioskError: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._chapters = folder, list[Chapter]()
        self._stack = ExitStack()
        self._staging = folder

    def watch(self, pack: Pack) -> list[Watcher]:
        """Begin with a portrait: who must see every moment of it."""
        folder = self._staging / pack.meta.id
        folder.mkdir(exist_ok=True)
        self._work = _Work(folder, Film(folder / "film.mp4"))
        self._stack.callback(self._work.film.close)
        return [self._work.film, self._work.highlights]

    def add(self, pack: Pack, found: Evaluation) -> None:
        """End with a portrait."""
        work = self._work
        work.film.close()
        contact_sheet(found.stills, work.folder / "sheet.png")
        _save(side_by_side(_small(crop_of(pack)), _small(found.rest)), work.folder / "rest.jpg")
        shots = []
        for number, highlight in enumerate(work.highlights.found):
            path = work.folder / f"moment-{number}.jpg"
            _save(highlight.picture, path)
            shots.append(Shot(f"{work.folder.name}/{path.name}", highlight.kind, highlight.at))
        training = dict(pack.meta.training)
        self._chapters.append(Chapter(_title(pack), found.figures(), shots, training))

    def __enter__(self) -> Self:
        parent = self._folder.resolve().parent
        try:
            if self._folder.exists() and not self._folder.is_dir():
                raise KioskError(f"{self._folder}: is a file; name a folder for the report")
            parent.mkdir(parents=True, exist_ok=True)
            place = tempfile.TemporaryDirectory(prefix=".report-", dir=parent)
        except OSError as error:
            raise _refusal(self._folder, error) from error
        self._staging = Path(self._stack.enter_context(place))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            if error is None and self._chapters:
                try:
                    (self._staging / PAGE).write_text(write_page(self._chapters), encoding="utf-8")
                    _move(self._staging, self._folder)
                except OSError as fault:
                    raise _refusal(self._folder, fault) from fault


def _move(source: Path, target: Path) -> None:
    """Every file to its place; the page last, so that it never names what is not there."""
    paths = sorted(source.rglob("*"), key=lambda path: path.name == PAGE)
    for path in paths:
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)


def _save(picture: Bytes, path: Path) -> None:
    Image.fromarray(picture).save(path, "JPEG", quality=QUALITY, comment=FILM_NOTE)


def _small(picture: Bytes) -> Bytes:
    image = Image.fromarray(picture)
    image.thumbnail((FILM_PX, FILM_PX))
    return np.asarray(image)


def _title(pack: Pack) -> str:
    titles = pack.meta.label.title
    return titles.get("en") or next(iter(titles.values()), pack.meta.id)


def _refusal(folder: Path, error: OSError) -> KioskError:
    return KioskError(f"{folder}: the report cannot be written ({error.strerror or error})")
