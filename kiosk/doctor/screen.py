"""The display: the screen, its size, and what draws on it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kiosk.doctor.finding import Finding, fault, good, warning
from kiosk.doctor.machine import Machine
from kiosk.errors import DisplayError

WHAT = "display"
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "software rasterizer")


@dataclass(frozen=True, slots=True)
class Display:
    """What can be drawn on from here."""

    screens: tuple[tuple[int, int], ...]  # pixels of each; none without an X server
    renderer: str  # what OpenGL calls itself


def look_at_display(has_screen: bool) -> Display:
    """Open a window that nobody sees, and ask.

    Raises:
        DisplayError: there is nothing to draw on.
    """
    from kiosk.display.context import OffscreenContext, open_window

    if not has_screen:
        context = OffscreenContext()
        try:
            return Display((), _renderer())
        finally:
            context.close()
    window = open_window(width=16, height=16, visible=False)
    try:
        screens = window.display.get_screens()
        return Display(tuple((each.width, each.height) for each in screens), _renderer())
    finally:
        window.close()


def _renderer() -> str:
    from pyglet import gl

    return str(gl.gl_info.get_renderer())


def examine_display(
    machine: Machine, look: Callable[[bool], Display] = look_at_display
) -> Iterator[Finding]:
    """Whether the portrait can be shown, how large, and how fast."""
    has_screen = bool(machine.env.get("DISPLAY"))
    try:
        display = look(has_screen)
    except DisplayError as error:
        yield fault(WHAT, str(error), "see docs/operations.md; kiosk run --offscreen needs none")
        return
    yield _screen(machine, display, has_screen)
    if any(name in display.renderer.lower() for name in SOFTWARE):
        yield warning(
            WHAT,
            f"{display.renderer}: the processor draws",
            "install the graphics card's driver; its user must be in the group render",
        )
    else:
        yield good(WHAT, f"{display.renderer} draws")


def _screen(machine: Machine, display: Display, has_screen: bool) -> Finding:
    if not has_screen:
        words = "no screen can be seen from here: DISPLAY is not set"
        if machine.running is not None:
            return good(WHAT, f"{words}; the kiosk that runs has its own")
        return warning(WHAT, words, "ask within the kiosk's session, or with DISPLAY=:0")
    wanted, count = machine.config.display.screen, len(display.screens)
    if wanted >= count:
        words = f"[display] screen is {wanted}, and there are {count}"
        return fault(WHAT, words, "plug it in and switch it on, or name another")
    width, height = display.screens[wanted]
    return good(WHAT, f"screen {wanted}, {width} x {height}")
