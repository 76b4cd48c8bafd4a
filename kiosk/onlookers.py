"""Who else sees what the screen shows: watchers, every new picture; staff, one when they ask."""

from collections.abc import Callable

from kiosk.control.peephole import Peephole, Readable
from kiosk.messages import Bytes, Layers

Watcher = Callable[[Bytes, Layers], None]


class Onlookers:
    """One screen's; a picture is read only where somebody looks."""

    def __init__(self) -> None:
        self._watchers: list[Watcher] = []
        self._peephole = Peephole()

    def watch(self, watcher: Watcher) -> None:
        """Have every composed picture shown to ``watcher`` too, with the layers it came from."""
        self._watchers.append(watcher)

    def look(self, timeout_s: float) -> Bytes | None:
        """What the screen shows: (H, W, 3) RGB; None when it cannot be had in time."""
        return self._peephole.look(timeout_s)

    def serve(self, screen: Readable, layers: Layers | None) -> None:
        """Let them see; in the thread that owns the screen.

        Args:
            screen: the whole of it.
            layers: what was composed anew, the newest; None: nothing was.
        """
        if layers is not None and self._watchers:
            image = screen.read()
            for watcher in self._watchers:
                watcher(image, layers)
        self._peephole.serve(screen)
