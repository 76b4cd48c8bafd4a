"""What a portrait is shown on, and the choice of it: a window, or a picture in memory."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Protocol

from kiosk.display.hanging import Hanging
from kiosk.display.settings import DisplaySettings
from kiosk.messages import Bytes, Layers
from kiosk.portraits.pack import Pack

if TYPE_CHECKING:
    from kiosk.display.panels import Panels


class Screen(Protocol):
    """What a portrait is shown on."""

    @property
    def closed(self) -> bool:
        """Whether someone has closed it."""

    def prepare(self, pack: Pack) -> Hanging:
        """Make a portrait ready to be hung; any thread may call it."""

    def hang(self, hanging: Hanging) -> None:
        """Show another portrait, which fades in."""

    def show(self, layers: Layers | None) -> None:
        """Compose and present; None shows the artwork as it hangs."""

    @property
    def overlaid(self) -> bool:
        """Whether the operator wants their overlay."""

    def lay(self, overlay: Bytes | None) -> None:
        """Lay the operator's overlay, (h, w, 4) RGBA, over the picture; None takes it away."""

    def caption(self, text: str) -> None:
        """Show what is to be read; an empty text takes it away."""

    def darken(self, dark: bool) -> None:
        """Be black, as a museum at night, or show the picture again."""

    def read(self) -> Bytes:
        """What was composed last, (H, W, 3) uint8 RGB."""

    def close(self) -> None:
        """Give the screen back."""


@contextmanager
def open_screen(pack: Pack, settings: DisplaySettings, *, offscreen: bool) -> Iterator[Screen]:
    """What the portrait is shown on: a window, or a picture in memory.

    Raises:
        DisplayError: neither can be had here; says what to install.
    """
    screen: Screen
    if offscreen:
        from kiosk.display.offscreen import OffscreenScreen

        screen = OffscreenScreen(pack, size=settings.size, settings=_unlabelled(settings))
    else:
        from kiosk.display.window import WindowScreen

        screen = WindowScreen(pack, settings=settings)
    with closing(screen):
        yield screen


@contextmanager
def open_panels(
    packs: Sequence[Pack], settings: DisplaySettings, *, offscreen: bool
) -> Iterator["Panels"]:
    """What several portraits are shown on, the same divided into panels.

    Raises:
        DisplayError: see `open_screen`.
    """
    from kiosk.display.panels import Panels

    if offscreen:
        from kiosk.display.offscreen import OffscreenGround

        panels = Panels(packs, _unlabelled(settings), OffscreenGround(settings.size))
    else:
        from kiosk.display.window import Window

        panels = Panels(packs, settings, Window(settings))
    with closing(panels):
        yield panels


def _unlabelled(settings: DisplaySettings) -> DisplaySettings:
    """A recording carries the note in its metadata, not in the picture."""
    return settings.model_copy(update={"disclosure": "", "label": False})
