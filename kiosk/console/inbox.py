"""What curators have sent: pictures and packs, each in a folder of its own until its work is done.

A folder holds the file, or the address of a museum's manifest; the points placed by hand; what a
look at it has shown. It is named by chance, so that nobody can guess one.
"""

import json
import re
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.errors import PictureError
from kiosk.portraits.toml import write_toml

RECORD, FILE, POINTS = "record.json", "file", "points.toml"
LOOK, PREVIEW = "look.json", "preview.png"
KEY = re.compile(r"[0-9a-f]{16}")
KEPT_S = 14 * 86400.0
PICTURES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp")


@dataclass(frozen=True, slots=True)
class Sent:
    """One thing that was sent."""

    folder: Path
    name: str  # of the file as the curator has it, or the manifest's address
    canvas: int | None = None  # which picture of the manifest, from 1; None: it is a file

    @property
    def key(self) -> str:
        """Its name in the inbox."""
        return self.folder.name

    @property
    def file(self) -> Path:
        """Where its bytes go; its name is the curator's, but for what may not stand in one."""
        # letters of any alphabet become underscores: a name's length is limited in bytes
        bare = re.sub(r"[^A-Za-z0-9_.-]+", "_", Path(self.name).name)[-80:].lstrip("-.")
        return self.folder / FILE / bare

    @property
    def title(self) -> str:
        """What the picture may be called, by the name of its file."""
        words = re.split(r"[\W_]+", Path(self.name).stem) if self.canvas is None else []
        return " ".join(word[:1].upper() + word[1:] for word in words if word)

    @property
    def points(self) -> Path | None:
        """The points placed by hand, if there are any."""
        path = self.folder / POINTS
        return path if path.exists() else None

    @property
    def preview(self) -> Path:
        """Where the look's preview goes."""
        return self.folder / PREVIEW

    @property
    def picture(self) -> Path:
        """The picture itself; of a museum's, once it has been looked at."""
        return self.file if self.canvas is None else Path(self.look().get("picture", ""))

    def look(self) -> dict[str, Any]:
        """What the look has told; nothing before it."""
        try:
            return dict(json.loads((self.folder / LOOK).read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}

    def keep_look(self, told: dict[str, Any]) -> None:
        """Keep what a look has told; one that was stopped has told nothing."""
        if told.get("stopped") or not self.folder.exists():
            return
        (self.folder / LOOK).write_text(json.dumps(told), encoding="utf-8")

    def place(self, points: dict[str, tuple[float, float]]) -> None:
        """Keep points placed by hand; none takes them away."""
        if points:
            write_toml(self.folder / POINTS, {name: list(place) for name, place in points.items()})
        else:
            (self.folder / POINTS).unlink(missing_ok=True)

    def options(self) -> list[str]:
        """How it is named on our command line."""
        museums = [f"--iiif={self.name}", f"--canvas={self.canvas}"]
        chosen = [str(self.file)] if self.canvas is None else museums
        return [*chosen, *([f"--points={self.points}"] if self.points else [])]


class Inbox:
    """The folder they lie in.

    Args:
        root: it; made when it is needed.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def begin_file(self, name: str, suffixes: tuple[str, ...] = PICTURES) -> Sent:
        """A folder for a file that comes.

        Raises:
            PictureError: it is none of these by its name.
        """
        if Path(name).suffix.lower() not in suffixes:
            raise PictureError(
                f"{name[:80] or 'a file'}: its name must end in {', '.join(suffixes)}"
            )
        sent = self._begin({"name": name[-200:]})
        sent.file.parent.mkdir()
        return sent

    def begin_manifest(self, address: str, canvas: int) -> Sent:
        """A folder for a picture in a museum's catalogue.

        Raises:
            PictureError: this is no address, or no number.
        """
        if not re.match(r"https?://\S+$", address) or canvas < 1:
            raise PictureError(
                "give the address of a IIIF manifest, https://..., and a number from 1"
            )
        return self._begin({"name": address, "canvas": canvas})

    def get(self, key: str) -> Sent:
        """One of them; raises `PictureError` if it is not there any more."""
        folder = self._root / key
        if not KEY.fullmatch(key) or not (folder / RECORD).exists():
            raise PictureError("this picture is not here any more; send it again")
        return Sent(folder, **json.loads((folder / RECORD).read_text(encoding="utf-8")))

    def remove(self, sent: Sent) -> None:
        """Take one away."""
        shutil.rmtree(sent.folder, ignore_errors=True)

    def _begin(self, record: dict[str, Any]) -> Sent:
        for old in self._root.glob("*"):
            with suppress(OSError):  # another one may be taking it away
                if KEY.fullmatch(old.name) and time.time() - old.stat().st_mtime > KEPT_S:
                    shutil.rmtree(old, ignore_errors=True)
        folder = self._root / secrets.token_hex(8)
        folder.mkdir(mode=0o700, parents=True)
        (folder / RECORD).write_text(json.dumps(record), encoding="utf-8")
        return self.get(folder.name)
