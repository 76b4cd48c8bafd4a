"""Who changes portraits while a road shows them, and who watches what is hung.

Comes in: packs to copy. Each is exported in two versions; the one that hangs is imported anew,
rolled back, and now and then the other portrait is hung instead, each as soon as the one before
hangs. The packs that were copied stay as they are.
"""

import shutil
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.display.hanging import Hanging
from kiosk.display.screen import Screen
from kiosk.errors import PackError
from kiosk.messages import Bytes, Layers
from kiosk.portraits.manifest import write_manifest
from kiosk.portraits.meta import PackMeta
from kiosk.portraits.pack import Pack, load_meta
from kiosk.portraits.parcel import SUFFIX, export_pack, import_pack
from kiosk.portraits.store import roll_back

VERSIONS = ("one version", "another version")
OTHER = 5  # each so many-th time the other portrait is hung
PATIENCE_S = 60.0  # what does not hang within this never will


class Depot:
    """Copies of packs, and files from which to import other versions of them.

    Args:
        home: an empty folder.
        folders: of packs that are whole.
    """

    def __init__(self, home: Path, folders: Sequence[Path]) -> None:
        self.packs, self._files = home / "packs", home / "files"
        self._files.mkdir()
        self.folders = [self.packs / folder.name for folder in folders]
        for folder, copy in zip(folders, self.folders, strict=True):
            shutil.copytree(folder, copy)
            meta = load_meta(copy)
            for version in VERSIONS:
                told = meta.model_copy(update={"required_statement": version})
                (copy / "pack.toml").write_text(told.to_toml(), encoding="utf-8")
                write_manifest(copy)
                export_pack(copy, self._file(folder.name, version))
            self.install(folder.name, VERSIONS[0])  # so that there is one before

    def install(self, portrait: str, version: str) -> None:
        """Import a version of a portrait."""
        file = self._file(portrait, version)
        import_pack(file, self.packs, replace=True, trial=lambda _: None)

    def _file(self, portrait: str, version: str) -> Path:
        return self._files / f"{portrait} {version}{SUFFIX}"


class WatchedScreen:
    """A screen that notes when pictures come and which portraits are hung."""

    def __init__(self, screen: Screen, clock: Callable[[], float] = time.monotonic) -> None:
        self._screen, self._clock = screen, clock
        self._last: Layers | None = None
        self._changed = threading.Condition()
        self._hung: list[PackMeta] = []
        self.shown_at: list[float] = []  # when each picture that moves was composed
        self.closed = False

    @property
    def hung(self) -> int:
        """How many portraits have been hung."""
        return len(self._hung)

    def wait_for_pictures(self, seconds: float) -> bool:
        """Whether a picture that moves comes in time."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self.shown_at), seconds)

    def wait_for(self, meta: PackMeta, *, after: int, seconds: float) -> bool:
        """Whether a pack is hung in time, as one after the first `after`."""
        with self._changed:
            return self._changed.wait_for(lambda: meta in self._hung[after:], seconds)

    def prepare(self, pack: Pack) -> Hanging:
        """See `Screen`."""
        return self._screen.prepare(pack)

    def hang(self, hanging: Hanging) -> None:
        """See `Screen`."""
        self._screen.hang(hanging)
        with self._changed:
            self._hung.append(hanging.pack.meta)
            self._changed.notify_all()

    def show(self, layers: Layers | None) -> None:
        """See `Screen`."""
        self._screen.show(layers)
        if layers is None or layers is self._last:
            return
        self._last = layers
        with self._changed:
            self.shown_at.append(self._clock())
            self._changed.notify_all()

    @property
    def overlaid(self) -> bool:
        """See `Screen`."""
        return self._screen.overlaid

    def lay(self, overlay: Bytes | None) -> None:
        """See `Screen`."""
        self._screen.lay(overlay)

    def caption(self, text: str) -> None:
        """See `Screen`."""
        self._screen.caption(text)

    def darken(self, dark: bool) -> None:
        """See `Screen`."""
        self._screen.darken(dark)

    def read(self) -> Bytes:
        """See `Screen`."""
        return self._screen.read()

    def close(self) -> None:
        """See `Screen`."""
        self._screen.close()


class Swapper(threading.Thread):
    """Changes what hangs so many times, then closes the screen.

    Args:
        depot: two packs; the first one hangs.
        hang: has a pack's folder hung.
        screen: what they hang on.
        count: of changes.
        after_each: called with the number of changes done.
    """

    def __init__(
        self,
        depot: Depot,
        hang: Callable[[Path], None],
        screen: WatchedScreen,
        *,
        count: int,
        after_each: Callable[[int], None],
    ) -> None:
        super().__init__(name="swapper", daemon=True)
        self._depot, self._hang, self._screen = depot, hang, screen
        self._count, self._after_each = count, after_each
        self.failures: list[str] = []

    def run(self) -> None:
        """Change after change."""
        try:
            if not self._screen.wait_for_pictures(PATIENCE_S):
                self.failures.append("no picture ever came")
                return
            for number in range(self._count):
                self._change(number)
                self._after_each(number + 1)
        finally:
            self._screen.closed = True

    def _change(self, number: int) -> None:
        hung = self._screen.hung
        try:
            folder = self._begin(number)
            meta = load_meta(folder)
        except PackError as error:
            self.failures.append(str(error))
            return
        if not self._screen.wait_for(meta, after=hung, seconds=PATIENCE_S):
            self.failures.append(f"{folder.name}: change {number + 1} was never hung")

    def _begin(self, number: int) -> Path:
        """The folder whose portrait is to hang."""
        turn, kind = divmod(number, OTHER)
        folder = self._depot.folders[turn % 2]
        if kind == 0 and turn:
            self._hang(folder)
        elif kind % 2:
            self._depot.install(folder.name, VERSIONS[number // 2 % 2])
        else:
            roll_back(folder)
        return folder
