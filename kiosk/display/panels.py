"""One screen divided into panels, in each of which a portrait hangs; on the main thread.

Comes in: packs, then `Layers`, panel by panel. Goes out: one picture of them all, presented at
once. A panel is a `Screen` that is presented with the others; the operator's overlay lies over the
first. How the screen is divided is `grid.py`'s.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from kiosk.display.grid import divide_screen
from kiosk.display.hanging import Hanging
from kiosk.display.placement import Rectangle
from kiosk.display.settings import DisplaySettings
from kiosk.messages import Bytes, Layers
from kiosk.portraits.pack import Pack

if TYPE_CHECKING:
    from kiosk.display.wall import Wall

LEAST_MARGIN = 0.04  # of a panel's shorter side: there is always some wall between two pictures


class Ground(Protocol):
    """What the panels are on: a window, or a picture in memory."""

    closed: bool
    overlaid: bool
    seen: bool  # whether what is composed is to be seen; else it is but waited for

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, now."""

    def make_current(self) -> None:
        """What is drawn from now on is drawn here."""

    def listen(self) -> None:
        """Heed what was asked of it: to close, to have another size, to be overlaid."""

    def flip(self) -> None:
        """Show what was drawn."""

    def doze(self, dark: bool) -> None:
        """Let the screen itself sleep, or wake it."""

    def close(self) -> None:
        """Give it back."""


class Panels:
    """The whole screen.

    Args:
        packs: the portraits that hang at first.
        settings: the table ``[display]``.
        ground: is given back with the panels.
    """

    def __init__(self, packs: Sequence[Pack], settings: DisplaySettings, ground: Ground) -> None:
        margin = max(settings.margin, LEAST_MARGIN)
        parted = settings.model_copy(update={"margin": margin})
        self._ground = ground
        self._size = ground.size
        areas = divide_screen(self._size, len(packs))
        self.panels = [
            Panel(pack, parted, area, ground=ground, first=area is areas[0])
            for pack, area in zip(packs, areas, strict=True)
        ]

    @property
    def closed(self) -> bool:
        """Whether someone has closed it."""
        return self._ground.closed

    @property
    def places(self) -> list[float]:
        """The middle of each panel, as a share of the screen's width."""
        areas = [panel.area for panel in self.panels]
        return [(left + width / 2) / self._size[0] for left, _, width, _ in areas]

    def present(self) -> None:
        """Handles events, and shows at once what the panels have composed."""
        self._ground.make_current()
        self._ground.listen()
        if self.closed or not self._ground.seen:
            return
        size = self._ground.size
        if size != self._size and min(size) > 0:
            self._size = size
            areas = divide_screen(size, len(self.panels))
            for panel, area in zip(self.panels, areas, strict=True):
                panel.move(area)
        for panel in self.panels:
            panel.present(self._size[1])
        self._ground.flip()

    def read(self) -> Bytes:
        """The picture: (height, width, 3) uint8 RGB, top row first."""
        width, height = self._size
        picture = np.empty((height, width, 3), np.uint8)
        for panel in self.panels:
            left, top, width, height = panel.area
            picture[top : top + height, left : left + width] = panel.read()
        return picture

    def close(self) -> None:
        """Gives everything back."""
        for panel in self.panels:
            panel.close()
        self._ground.close()


class Panel:
    """A part of a screen, as a screen of its own: see `kiosk.display.screen.Screen`.

    Args:
        pack: the portrait that hangs at first.
        settings: the table ``[display]``.
        area: pixels of the whole screen.
        ground: of the whole screen.
        first: whether the operator's overlay is this panel's.
    """

    def __init__(
        self,
        pack: Pack,
        settings: DisplaySettings,
        area: Rectangle,
        *,
        ground: Ground,
        first: bool,
    ) -> None:
        self.area = area
        self._pack, self._settings = pack, settings
        self._ground, self._first = ground, first
        self._shown: Layers | None = None  # what is composed
        self._wall = self._make_wall()

    @property
    def closed(self) -> bool:
        """Whether someone has closed the whole screen."""
        return self._ground.closed

    @property
    def overlaid(self) -> bool:
        """Whether the operator wants their overlay here."""
        return self._first and self._ground.overlaid

    def prepare(self, pack: Pack) -> Hanging:
        """Makes a portrait ready to be hung; any thread may call it."""
        return Hanging.prepare(pack, self.area[2:], self._settings, largest=self._largest)

    def hang(self, hanging: Hanging) -> None:
        """Shows another portrait, which fades in."""
        self._ground.make_current()
        self._pack, self._shown = hanging.pack, None
        if hanging.size == self.area[2:]:
            self._wall.hang(hanging)
        else:  # the window was resized meanwhile
            self._renew_wall()

    def show(self, layers: Layers | None) -> None:
        """Composes one frame; what is composed already need not be again."""
        if layers is self._shown and not self._wall.fades:
            return
        self._ground.make_current()
        self._wall.draw(layers)
        self._shown = layers
        if not self._ground.seen:
            self._wall.finish()

    def lay(self, overlay: Bytes | None) -> None:
        """Lays the operator's overlay over the picture; None takes it away."""
        self._ground.make_current()
        self._wall.lay(overlay)

    def caption(self, text: str) -> None:
        """Shows what is to be read; an empty text takes it away."""
        self._ground.make_current()
        self._wall.caption(text)

    def darken(self, dark: bool) -> None:
        """Is black on purpose, or shows the picture again; all panels are asked at once."""
        self._wall.dark = dark
        self._ground.doze(dark)

    def read(self) -> Bytes:
        """The panel's picture: (height, width, 3) uint8 RGB, top row first."""
        self._ground.make_current()
        return self._wall.read()

    def move(self, area: Rectangle) -> None:
        """Hangs the portrait in another part of the screen."""
        resized, self.area = area[2:] != self.area[2:], area
        if resized:
            self._renew_wall()

    def present(self, screen_height: int) -> None:
        """Copies the picture to its place in the window, which has so many rows of pixels."""
        self._wall.present(self.area, screen_height)

    def close(self) -> None:
        """Gives the wall back; the ground is the screen's."""
        self._ground.make_current()
        self._wall.delete()

    def _make_wall(self) -> "Wall":
        # these import OpenGL, which needs the ground's choice
        from kiosk.display.graphics import largest_texture
        from kiosk.display.wall import Wall

        self._ground.make_current()
        self._largest = largest_texture()
        self._shown = None
        return Wall(self.prepare(self._pack))

    def _renew_wall(self) -> None:
        """The panel has another size."""
        old, self._wall = self._wall, self._make_wall()
        old.delete()
