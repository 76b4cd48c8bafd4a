"""A report that a curator can judge a portrait by: a folder with one page, pictures and films.

In go packs and their evaluations; out comes a folder that opens from a file, without scripts and
without a network. It is built beside its place and moved there when it is whole. It shows the
person in the clip: it is made only where someone asks for it.
"""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

import numpy as np
from PIL import Image
from typing_extensions import Self

from kiosk.display.credentials import Seal, leave
from kiosk.display.generated import save_jpeg
from kiosk.display.sheet import contact_sheet
from kiosk.evaluation.evaluate import Evaluation, Watcher
from kiosk.evaluation.highlights import FILM_NOTE, FILM_PX, Film, Highlights, side_by_side
from kiosk.evaluation.likeness import crop_of
from kiosk.evaluation.report_page import Chapter, Shot, write_page
from kiosk.evaluation.staging import PAGE, staged
from kiosk.messages import Bytes
from kiosk.portraits.pack import Pack

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
        seal: signs its pictures and films.

    Raises:
        KioskError: the folder cannot be written.
    """

    def __init__(self, folder: Path, seal: Seal = leave) -> None:
        self._folder, self._seal, self._chapters = folder, seal, list[Chapter]()
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
        self._staging = self._stack.enter_context(staged(self._folder, self._seal))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            if error is not None:
                raise error  # through the stack: nothing goes to its place
            page = write_page(self._chapters)
            (self._staging / PAGE).write_text(page, encoding="utf-8")


def _save(picture: Bytes, path: Path) -> None:
    save_jpeg(picture, path, quality=QUALITY, comment=FILM_NOTE)


def _small(picture: Bytes) -> Bytes:
    image = Image.fromarray(picture)
    image.thumbnail((FILM_PX, FILM_PX))
    return np.asarray(image)


def _title(pack: Pack) -> str:
    titles = pack.meta.label.title
    return titles.get("en") or next(iter(titles.values()), pack.meta.id)
