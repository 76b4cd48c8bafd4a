"""The window on the screen, and its events; on the main thread.

Comes in: a `Pack`, then `Layers`. Goes out: light. The pointer is hidden; ESC or the window's own
button sets `closed`, O calls the operator's overlay and sends it away; a new size hangs the
portrait anew. What is drawn is `canvas.py`'s.
"""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING

from typing_extensions import Self

from kiosk.cache import heed_a_full_disk
from kiosk.display.context import open_window
from kiosk.display.hanging import Hanging
from kiosk.display.settings import DisplaySettings
from kiosk.errors import DisplayError
from kiosk.messages import Bytes, Layers
from kiosk.portraits.pack import Pack

if TYPE_CHECKING:
    from kiosk.display.wall import Wall

CAPTION, OVERLAY_KEY = "Tableau vivant", "o"
SLOW_S = 2.0
ADVICE = "start it from a desktop or under xinit, set DISPLAY, or use --offscreen"


class Window:
    """A window, or the whole screen, and what is asked of it.

    Raises:
        DisplayError: there is no screen; says what to do.
    """

    seen = True

    def __init__(self, settings: DisplaySettings) -> None:
        if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
            raise DisplayError(f"there is no screen (DISPLAY is not set); {ADVICE}")
        heed_a_full_disk()
        self.closed = self.overlaid = False
        options = _window_options(settings)
        try:
            self._window = open_window(**options)
        except DisplayError as error:
            raise DisplayError(f"{error}; {ADVICE}") from error
        self._window.set_mouse_visible(False)
        self._window.push_handlers(on_close=self._close_soon, on_text=self._hear)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, now."""
        width, height = self._window.get_framebuffer_size()
        return width, height

    def make_current(self) -> None:
        """What is drawn from now on is drawn here."""
        self._window.switch_to()

    def listen(self) -> None:
        """Handles events."""
        self._window.dispatch_events()

    def flip(self) -> None:
        """Shows what was drawn; waits for the screen where vsync is on."""
        self._window.flip()

    def doze(self, dark: bool) -> None:
        """Lets the screen itself sleep, or wakes it, where X can (DPMS); black it is anyhow."""
        if shutil.which("xset") is None:
            return
        # forcing switches X's own times on, after which a screen would sleep by day
        orders = (["dpms", "force", "off"],) if dark else (["dpms", "force", "on"], ["-dpms"])
        with suppress(OSError, subprocess.SubprocessError):
            for order in orders:
                subprocess.run(["xset", *order], timeout=SLOW_S, check=False, capture_output=True)

    def close(self) -> None:
        """Gives it back."""
        self.closed = True
        self.make_current()
        self._window.close()

    def _hear(self, text: str) -> None:
        """A key was pressed."""
        if text.lower() == OVERLAY_KEY:
            self.overlaid = not self.overlaid

    def _close_soon(self) -> bool:
        """Leaves the window open until `close`: the context is still needed to tidy up."""
        self.closed = True
        return True


class WindowScreen:
    """A portrait in a window or on the whole screen.

    Raises:
        DisplayError: there is no screen; says what to do.
    """

    def __init__(self, pack: Pack, settings: DisplaySettings) -> None:
        self._pack = pack
        self._settings = settings
        self._window = Window(settings)
        self._wall = self._make_wall()

    @property
    def closed(self) -> bool:
        """Whether someone has closed it."""
        return self._window.closed

    @property
    def overlaid(self) -> bool:
        """Whether the operator wants their overlay."""
        return self._window.overlaid

    def prepare(self, pack: Pack) -> Hanging:
        """Makes a portrait ready to be hung; any thread may call it."""
        return Hanging.prepare(pack, self._size, self._settings, largest=self._largest)

    def hang(self, hanging: Hanging) -> None:
        """Shows another portrait, which fades in."""
        self._window.make_current()
        self._pack = hanging.pack
        if hanging.size == self._size:
            self._wall.hang(hanging)
        else:  # the window was resized meanwhile
            self._renew_wall()

    def show(self, layers: Layers | None) -> None:
        """Handles events, composes one frame and flips; waits for the screen where vsync is on."""
        self._window.make_current()
        self._window.listen()
        if self.closed:
            return
        size = self._window.size
        if size != self._size and min(size) > 0:
            self._renew_wall()
        self._wall.draw(layers)
        self._wall.present((0, 0, *self._size), self._size[1])
        self._window.flip()

    def lay(self, overlay: Bytes | None) -> None:
        """Lays the operator's overlay over the picture; None takes it away."""
        self._window.make_current()
        self._wall.lay(overlay)

    def caption(self, text: str) -> None:
        """Shows what is to be read; an empty text takes it away."""
        self._window.make_current()
        self._wall.caption(text)

    def darken(self, dark: bool) -> None:
        """Is black on purpose, or shows the picture again."""
        self._wall.dark = dark
        self._window.doze(dark)

    def read(self) -> Bytes:
        """The picture: (height, width, 3) uint8 RGB, top row first."""
        self._window.make_current()
        return self._wall.read()

    def close(self) -> None:
        """Gives everything back."""
        self._window.make_current()
        self._wall.delete()
        self._window.close()

    def _make_wall(self) -> "Wall":
        # these import OpenGL, which needs the window's choice
        from kiosk.display.graphics import largest_texture
        from kiosk.display.wall import Wall

        self._window.make_current()
        self._size = self._window.size
        self._largest = largest_texture()
        return Wall(self.prepare(self._pack))

    def _renew_wall(self) -> None:
        """The window has another size."""
        old, self._wall = self._wall, self._make_wall()
        self._wall.dark = old.dark
        old.delete()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _window_options(settings: DisplaySettings) -> dict[str, object]:
    import pyglet

    try:
        screens = pyglet.display.get_display().get_screens()
    except Exception as error:  # X's own kinds
        raise DisplayError(f"the screen cannot be reached; {ADVICE}") from error
    if settings.screen >= len(screens):
        raise DisplayError(f"display.screen is {settings.screen}; use 0 to {len(screens) - 1}")
    options: dict[str, object] = {
        "caption": CAPTION,
        "screen": screens[settings.screen],
        "vsync": settings.vsync,
    }
    if settings.fullscreen:
        return options | {"fullscreen": True}  # a size with it would switch the video mode
    return options | {"width": settings.width, "height": settings.height, "resizable": True}
