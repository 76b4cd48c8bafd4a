"""The artwork on its wall, and the layers composed over its canvas, in a shader.

Comes in: a `Pack`, then `Layers`. Goes out: the picture of the whole screen, in a framebuffer of
our own. The still artwork is drawn once; a frame redraws the canvas's rectangle and nothing else,
so no pixel outside it can change. Windows and contexts are `window.py`'s and `offscreen.py`'s. The
plain twin of the shader is `compose.py`.
"""

import cv2
import numpy as np

from kiosk.display.graphics import Program, Target, Texture, largest_texture, make_texture
from kiosk.display.maps import Maps
from kiosk.display.note import draw_note, place_note
from kiosk.display.placement import Placement, Rectangle, overlap, place_artwork
from kiosk.display.settings import DisplaySettings
from kiosk.display.shaders import MOVING, NOTE, STILL
from kiosk.display.texels import figure_picture, plate_picture, resample
from kiosk.messages import Bytes, Layers
from kiosk.portraits.pack import CanvasPlace, Pack


class Canvas:
    """One portrait on a screen of one size. Its context must be current in every call."""

    def __init__(self, pack: Pack, size: tuple[int, int], settings: DisplaySettings) -> None:
        height, width = pack.artwork.shape[:2]
        self.portrait_id = pack.meta.id
        self.placement = place_artwork(
            (width, height), size, canvas=pack.meta.canvas, margin=settings.margin
        )
        self._place = pack.meta.canvas
        self._picture = Target(*size)
        self._rgba = np.zeros((size[1], size[0], 4), np.uint8)
        self._still_program = Program(STILL, ("artwork",))
        self._moving_program = Program(MOVING, ("artwork", "plate", "flow", "paint"))
        self._note_program = Program(NOTE, ("ink",))
        self._hang(pack, settings)
        self._maps: Maps | None = None
        self._moved = False

    def draw(self, layers: Layers | None) -> None:
        """Composes one frame; without layers the canvas is the still artwork.

        Layers of another portrait, late after a change, are not drawn.
        """
        if layers is None:
            if self._moved:
                self._draw_still(self.placement.canvas)
        elif layers.portrait_id == self.portrait_id:
            self._draw_moving(layers)
        else:
            return
        self._draw_note(overlap(self._note_area, self.placement.canvas))
        self._moved = layers is not None

    def read(self) -> Bytes:
        """The picture of the whole screen: (height, width, 3) uint8 RGB, top row first."""
        self._picture.read(self._rgba)
        return np.asarray(cv2.cvtColor(self._rgba, cv2.COLOR_RGBA2RGB), np.uint8)

    def present(self, width: int, height: int) -> None:
        """Copies the picture to the window, of that many pixels."""
        self._picture.present(width, height)

    def delete(self) -> None:
        """Gives the graphics card's memory back."""
        for texture in (self._artwork, self._plate, self._note):
            texture.delete()
        for program in (self._still_program, self._moving_program, self._note_program):
            program.delete()
        if self._maps is not None:
            self._maps.delete()
        self._picture.delete()

    def _hang(self, pack: Pack, settings: DisplaySettings) -> None:
        """Uploads what never changes, and draws the wall and the still artwork."""
        self._rgba[:, :] = (*settings.wall_rgb, 255)
        self._picture.texture.upload(self._rgba)
        largest = largest_texture()
        plate = resample(plate_picture(pack), self.placement, largest=largest)
        self._artwork = make_texture(plate.image)
        self._still_program.set({"texels": plate.from_screen(self.placement)})
        self._draw_still(self.placement.canvas)
        self._plate = self._copy_canvas()
        self._artwork.delete()
        figure = resample(figure_picture(pack), self.placement, largest=largest)
        self._artwork = make_texture(figure.image)
        self._still_program.set({"texels": figure.from_screen(self.placement)})
        self._draw_still(self.placement.picture)
        self._moving_program.set(
            {
                "texels": figure.from_screen(self.placement),
                "canvas": _canvas_from_screen(self.placement, self._place),
                "reach": figure.reach(self._place),
                "corner": self.placement.canvas[:2],
            }
        )
        self._hang_note(settings)

    def _hang_note(self, settings: DisplaySettings) -> None:
        note = draw_note(settings.disclosure, self._picture.size)
        self._note = make_texture(note)
        self._note_area = place_note(note.shape, self._picture.size, self.placement)
        self._note_program.set({"corner": self._note_area[:2]})
        self._draw_note(self._note_area)

    def _copy_canvas(self) -> Texture:
        """The canvas's pixels as they are now, in a texture of their own."""
        left, top, width, height = self.placement.canvas
        self._picture.read(self._rgba)
        return make_texture(self._rgba[top : top + height, left : left + width], smooth=False)

    def _draw_still(self, area: Rectangle) -> None:
        self._still_program.draw(self._picture, area, {"artwork": self._artwork})

    def _draw_moving(self, layers: Layers) -> None:
        if self._maps is None or not self._maps.fit(layers):
            if self._maps is not None:
                self._maps.delete()
            self._maps = Maps(layers)
        self._maps.upload(layers)
        textures = {
            "artwork": self._artwork,
            "plate": self._plate,
            "flow": self._maps.flow,
            "paint": self._maps.paint,
        }
        self._moving_program.draw(self._picture, self.placement.canvas, textures)

    def _draw_note(self, area: Rectangle) -> None:
        if area[2] and area[3]:
            self._note_program.blend(self._picture, area, {"ink": self._note})


def _canvas_from_screen(
    placement: Placement, place: CanvasPlace
) -> tuple[float, float, float, float]:
    """Scale x, scale y, offset x, offset y: of a screen pixel to 0 to 1 across the canvas."""
    scale = 1 / (placement.scale * place.side)
    left = placement.left + place.left * placement.scale
    top = placement.top + place.top * placement.scale
    return scale, scale, -left * scale, -top * scale
