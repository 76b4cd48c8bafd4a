"""What lies between wall and visitor: light by the hour, a slow shift, the operator's overlay.

In goes the composed picture, out comes what is shown: itself, where none of this is wanted.
"""

from kiosk.display.graphics import Program, Target, Texture, make_texture
from kiosk.display.shaders import GLASS, NOTE
from kiosk.display.view import View
from kiosk.messages import Bytes


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
        self._overlay: Texture | None = None

    def lay(self, overlay: Bytes | None) -> None:
        """Lay an overlay, (h, w, 4), over the upper left corner; None takes it away."""
        if self._overlay is not None:
            self._overlay.delete()
        self._overlay = None if overlay is None else make_texture(overlay)

    def through(self, picture: Target, view: View) -> Target:
        """What is seen of a picture."""
        if view.plain and self._overlay is None:
            return picture
        if self._target is None:
            self._target = Target(*self._size)
        self._program.set({"shift": view.shift, "level": view.level})
        self._program.draw(self._target, [(0, 0, *self._size)], {"picture": picture.texture})
        if self._overlay is not None:
            height, width = self._overlay.shape[:2]
            area = (0, 0, min(width, self._size[0]), min(height, self._size[1]))
            self._ink.set({"corner": (0, 0)})
            self._ink.blend(self._target, [area], {"ink": self._overlay})
        return self._target

    def delete(self) -> None:
        """Gives the graphics card's memory back."""
        self.lay(None)
        if self._target is not None:
            self._target.delete()
        self._program.delete()
        self._ink.delete()
