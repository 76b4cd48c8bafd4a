"""What lies between wall and visitor: light by the hour, a slow shift, captions, an overlay.

In goes the composed picture, out comes what is shown: itself, where none of this is wanted.
"""

from dataclasses import dataclass

from kiosk.display.graphics import Program, Target, Texture, make_texture
from kiosk.display.placement import Rectangle, overlap
from kiosk.display.shaders import GLASS, NOTE
from kiosk.display.view import View
from kiosk.messages import Bytes


@dataclass(frozen=True, slots=True)
class _Laid:
    """Something over the picture."""

    ink: Texture
    corner: tuple[int, int]
    area: Rectangle  # pixels of the screen that it covers


class Glass:
    """One screen's.

    Args:
        size: width and height in pixels.
        wall: the colour of what a shift leaves free, 0 to 255 each.
    """

    def __init__(self, size: tuple[int, int], wall: tuple[int, int, int]) -> None:
        self._size = size
        self._program, self._ink = Program(GLASS, ("picture",)), Program(NOTE, ("ink",))
        self._program.set({"wall": tuple(value / 255 for value in wall), "size": size})
        self._target: Target | None = None
        self._laid: dict[str, _Laid] = {}

    def lay(self, name: str, ink: Bytes | None, corner: tuple[int, int] = (0, 0)) -> None:
        """Lay something over the picture, in the place of what had its name.

        Args:
            name: of what is laid.
            ink: (h, w, 4) RGBA; None takes it away.
            corner: its upper left one, in pixels.
        """
        if (before := self._laid.pop(name, None)) is not None:
            before.ink.delete()
        if ink is not None:
            height, width = ink.shape[:2]
            area = overlap((*corner, width, height), (0, 0, *self._size))
            self._laid[name] = _Laid(make_texture(ink), corner, area)

    def through(self, picture: Target, view: View) -> Target:
        """What is seen of a picture."""
        if view.plain and not self._laid:
            return picture
        if self._target is None:
            self._target = Target(*self._size)
        self._program.set({"shift": view.shift, "level": view.level})
        self._program.draw(self._target, [(0, 0, *self._size)], {"picture": picture.texture})
        for laid in self._laid.values():
            self._ink.set({"corner": laid.corner})
            self._ink.blend(self._target, [laid.area], {"ink": laid.ink})
        return self._target

    def delete(self) -> None:
        """Gives the graphics card's memory back."""
        for name in tuple(self._laid):
            self.lay(name, None)
        if self._target is not None:
            self._target.delete()
        self._program.delete()
        self._ink.delete()
