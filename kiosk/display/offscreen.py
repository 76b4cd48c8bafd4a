"""The same picture without a screen: for recordings, tests and machines that have none.

Comes in: a `Pack`, then `Layers`. Goes out: pictures as arrays. Recordings carry the note on
generated movement in their metadata; none is drawn unless the settings given here ask for it, so
that outside the canvas every pixel is the still artwork.
"""

from types import TracebackType
from typing import TYPE_CHECKING

from typing_extensions import Self

from kiosk.display.context import OffscreenContext
from kiosk.display.placement import Placement
from kiosk.display.settings import DisplaySettings
from kiosk.messages import Bytes, Layers
from kiosk.portraits.pack import Pack

if TYPE_CHECKING:
    from kiosk.display.canvas import Canvas

SILENT = DisplaySettings(disclosure="")


class OffscreenScreen:
    """A screen of any size that nobody looks at. One thread makes, uses and closes it.

    Raises:
        DisplayError: neither EGL nor Xvfb can be had; says what to install.
    """

    closed = False  # nobody can close it but we

    def __init__(
        self, pack: Pack, size: tuple[int, int], settings: DisplaySettings = SILENT
    ) -> None:
        self._size = size
        self._settings = settings
        self._context = OffscreenContext()
        self._canvas = self._make_canvas(pack)

    @property
    def placement(self) -> Placement:
        """Where picture and canvas are on the screen."""
        return self._canvas.placement

    def hang(self, pack: Pack) -> None:
        """Shows another portrait, still."""
        old, self._canvas = self._canvas, self._make_canvas(pack)
        old.delete()

    def show(self, layers: Layers | None) -> None:
        """Composes one frame, to the end; without layers, the still artwork."""
        self._context.make_current()
        self._canvas.draw(layers)
        self._canvas.finish()

    def read(self) -> Bytes:
        """The picture: (height, width, 3) uint8 RGB, top row first."""
        self._context.make_current()
        return self._canvas.read()

    def close(self) -> None:
        """Gives everything back."""
        self._context.make_current()
        self._canvas.delete()
        self._context.close()

    def _make_canvas(self, pack: Pack) -> "Canvas":
        from kiosk.display.canvas import Canvas  # imports OpenGL, which needs the context's choice

        self._context.make_current()
        return Canvas(pack, self._size, self._settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
