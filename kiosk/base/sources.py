"""Who the base learns from: a folder of people, in films, frames and loose pictures.

Two layouts may be mixed: VoxCeleb2's, a folder for each person (`id/video/*.mp4`, or folders of
frames in place of films), and loose files, each of which is somebody of their own.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kiosk.camera.capture import count_pictures, read_pictures
from kiosk.curation.further import FILMS
from kiosk.curation.scan import read_artwork
from kiosk.errors import TrainingError
from kiosk.messages import Bytes

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"}


@dataclass(frozen=True, slots=True)
class Source:
    """One person's files."""

    name: str
    files: tuple[Path, ...]

    @property
    def key(self) -> str:
        """The name, and what changes when the files do; good for a file's name."""
        content = "".join(f"{path.name} {path.stat().st_size}\n" for path in self.files)
        plain = "".join(letter if letter.isalnum() else "-" for letter in self.name)
        return f"{plain}-{hashlib.sha256((self.name + content).encode()).hexdigest()[:8]}"

    def pictures(self, most: int) -> Iterator[Bytes]:
        """At most so many pictures of the person, evenly spread over files and films.

        Raises:
            PictureError, CameraError: a file cannot be read.
        """
        films = [path for path in self.files if path.suffix.lower() in FILMS]
        stills = [path for path in self.files if path not in films]
        for number in _spread(len(stills), most):
            yield read_artwork(stills[number])
        for path in films[:most]:
            wanted = set(_spread(count_pictures(path), max(1, most // len(films))))
            for number, (_, image) in enumerate(read_pictures(path)):
                if number in wanted:
                    yield image


def find_sources(folder: Path) -> list[Source]:
    """All people of a folder, by name.

    Raises:
        TrainingError: there is no such folder, or neither picture nor film in it.
    """
    if not folder.is_dir():
        raise TrainingError(f"{folder}: there is no such folder; check its name")
    found = []
    for entry in sorted(folder.iterdir()):
        files = tuple(sorted(filter(_is_usable, entry.rglob("*") if entry.is_dir() else [entry])))
        if files:
            found.append(Source(entry.name, files))
    if not found:
        raise TrainingError(
            f"{folder}: holds neither pictures nor films; give a folder of them, "
            "or one folder of them for each person"
        )
    return found


def _is_usable(path: Path) -> bool:
    known = path.suffix.lower() in FILMS | PICTURES
    return known and path.is_file() and not path.name.startswith(".")


def _spread(count: int, most: int) -> list[int]:
    """At most so many numbers below `count`, evenly spread."""
    most = min(count, most)
    return [int(number) for number in (np.arange(most) + 0.5) / max(most, 1) * count]
