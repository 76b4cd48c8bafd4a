"""What a portrait can perform: motion, sound and captions, in files beside its picture.

    performances/greeting.fr.safetensors    the motion, see `recording.py`
    performances/greeting.fr.ogg            the sound; need not be there
    performances/greeting.fr.vtt            the captions, WebVTT; need not be there

A name and a language make one performance. ``greeting`` is said to whoever comes, all others are
stories. They are read with the pack; sounds stay as they lie in their files.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import PackError
from kiosk.languages import TAG
from kiosk.portraits.captions import Cue, read_captions, write_captions
from kiosk.portraits.recording import Recording, from_bytes, to_bytes

FOLDER = "performances"
GREETING = "greeting"
AMBIENCE = "ambience.ogg"
NAME = r"[a-z0-9][a-z0-9-]{0,63}"
FILE = re.compile(rf"(?P<name>{NAME})\.(?P<language>{TAG})\.(?P<kind>safetensors|ogg|vtt)")
MOST = 64  # in one pack
MOST_BYTES = 32 << 20  # of one file


@dataclass(frozen=True, slots=True, eq=False)
class Performance:
    """One piece in one language."""

    name: str
    language: str
    recording: Recording
    sound: bytes | None = None  # an OGG file, 48 kHz
    cues: tuple[Cue, ...] = ()

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return max([self.recording.duration_s, *(cue.end_s for cue in self.cues)])


def read_performances(folder: Path) -> tuple[Performance, ...]:
    """All of a pack's, by name and language.

    Raises:
        PackError: a file is damaged, or does not belong there.
    """
    found: dict[tuple[str, str], dict[str, Path]] = {}
    for path in files_of(folder):
        match = FILE.fullmatch(path.name)
        if match is None:
            raise PackError(f"{folder.name}: {FOLDER}/{path.name} belongs to no performance")
        found.setdefault((match["name"], match["language"]), {})[match["kind"]] = path
    if len(found) > MOST:
        raise PackError(f"{folder.name}: has {len(found)} performances; {MOST} is the most")
    return tuple(_read_one(folder, *key, files) for key, files in found.items())


def read_ambience(folder: Path) -> bytes | None:
    """The sound around a portrait, as it lies in its file; None where there is none.

    Raises:
        PackError: it cannot be read.
    """
    path = folder / AMBIENCE
    return _read(path, f"{folder.name}: ambience") if path.is_file() else None


def write_performance(folder: Path, performance: Performance) -> None:
    """Write one into a pack's folder, in the place of what it had of that name and language."""
    remove_performance(folder, performance.name, performance.language)
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    stem = f"{performance.name}.{performance.language}"
    (place / f"{stem}.safetensors").write_bytes(to_bytes(performance.recording))
    if performance.sound is not None:
        (place / f"{stem}.ogg").write_bytes(performance.sound)
    if performance.cues:
        (place / f"{stem}.vtt").write_bytes(write_captions(performance.cues))


def remove_performance(folder: Path, name: str, language: str) -> bool:
    """Take one away; whether it was there."""
    files = [path for path in files_of(folder) if path.stem == f"{name}.{language}"]
    for path in files:
        path.unlink()
    return bool(files)


def files_of(folder: Path) -> list[Path]:
    """The files of a pack's performances; hidden ones, an editor's, are not the pack's."""
    place = folder / FOLDER
    paths: Iterable[Path] = sorted(place.iterdir()) if place.is_dir() else ()
    return [path for path in paths if not path.name.startswith(".")]


def _read_one(folder: Path, name: str, language: str, files: dict[str, Path]) -> Performance:
    where = f"{folder.name}: {FOLDER}/{name}.{language}"
    if "safetensors" not in files:
        raise PackError(f"{where}.safetensors is missing; record it again")
    content = {kind: _read(path, where) for kind, path in files.items()}
    try:
        recording = from_bytes(content["safetensors"])
    except ValueError as error:
        raise PackError(f"{where}.safetensors {error}") from error
    cues = read_captions(content["vtt"], name=f"{where}.vtt") if "vtt" in content else ()
    return Performance(
        name=name,
        language=language,
        recording=recording,
        sound=content.get("ogg"),
        cues=cues,
    )


def _read(path: Path, where: str) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise PackError(f"{where}{path.suffix} is larger than {MOST_BYTES >> 20} MB")
        return path.read_bytes()
    except OSError as error:
        raise PackError(f"{where}{path.suffix} cannot be read: {error.strerror}") from error
