"""The same picture without a screen: for recordings, tests and machines that have none.

Comes in: a `Pack`, then `Layers`. Goes out: pictures as arrays. Recordings carry the note on
generated movement in their metadata; none is drawn unless the settings given here ask for it, so
that outside the canvas every pixel is the still artwork.
"""

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from typing_extensions import Self

from kiosk.display.context import OffscreenContext
from kiosk.display.hanging import Hanging
from kiosk.display.placement import Placement
from kiosk.display.settings import DisplaySettings
from kiosk.messages import Bytes, Layers
from kiosk.portraits.pack import Pack

if TYPE_CHECKING:
    from kiosk.display.wall import Wall

SILENT = DisplaySettings(disclosure="", label=False)


class OffscreenGround:
    """A picture of any size that several portraits share; see `kiosk.display.panels`.

    Raises:
        DisplayError: neither EGL nor Xvfb can be had; says what to install.
    """

    closed = overlaid = seen = False

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self._context = OffscreenContext()

    def make_current(self) -> None:
        """What is drawn from now on is drawn here."""
        self._context.make_current()

    def listen(self) -> None:
        """Nobody stands before it who could ask for anything."""

    def flip(self) -> None:
        """Nobody sees it."""

    def doze(self, dark: bool) -> None:
        """There is nothing that could sleep."""

    def close(self) -> None:
        """Gives the context back."""
        self._context.close()


class OffscreenScreen:
    """A screen of any size that nobody looks at. One thread makes, uses and closes it.

    Raises:
        DisplayError: neither EGL nor Xvfb can be had; says what to install.
    """

    closed = False  # nobody can close it but we

    def __init__(
        self,
        pack: Pack,
        size: tuple[int, int],
        settings: DisplaySettings = SILENT,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._size = size
        self._settings = settings
        self._context = OffscreenContext()
        self._wall = self._make_wall(pack)

    @property
    def placement(self) -> Placement:
        """Where picture and canvas are on the screen."""
        return self._wall.placement

    def prepare(self, pack: Pack) -> Hanging:
        """Makes a portrait ready to be hung; any thread may call it."""
        return Hanging.prepare(pack, self._size, self._settings, largest=self._largest)

    def hang(self, hanging: Hanging) -> None:
        """Shows another portrait, which fades in."""
        self._context.make_current()
        self._wall.hang(hanging)

    def show(self, layers: Layers | None) -> None:
        """Composes one frame, to the end; without layers, the still artwork."""
        self._context.make_current()
        self._wall.draw(layers)
        self._wall.finish()

    @property
    def overlaid(self) -> bool:
        """Nobody stands before it who could ask for one."""
        return False

    def lay(self, overlay: Bytes | None) -> None:
        """Lays an overlay over the picture; None takes it away."""
        self._context.make_current()
        self._wall.lay(overlay)

    def caption(self, text: str) -> None:
        """Shows what is to be read; an empty text takes it away."""
        self._context.make_current()
        self._wall.caption(text)

    def darken(self, dark: bool) -> None:
        """Is black on purpose, or shows the picture again."""
        self._wall.dark = dark

    def read(self) -> Bytes:
        """The picture: (height, width, 3) uint8 RGB, top row first."""
        self._context.make_current()
        return self._wall.read()

    def close(self) -> None:
        """Gives everything back."""
        self._context.make_current()
        self._wall.delete()
        self._context.close()

    def _make_wall(self, pack: Pack) -> "Wall":
        # these import OpenGL, which needs the context's choice
        from kiosk.display.graphics import largest_texture
        from kiosk.display.wall import Wall

        self._context.make_current()
        self._largest = largest_texture()
        return Wall(self.prepare(pack), self._clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
