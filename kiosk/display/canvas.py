"""The artwork on its wall, and the layers composed over its canvas, in a shader.

Comes in: a `Pack`, then `Layers`. Goes out: the picture of the whole screen, in a framebuffer of
our own. The still artwork is drawn once; a frame redraws the canvas's rectangle and nothing else,
so no pixel outside it can change. Windows and contexts are `window.py`'s and `offscreen.py`'s. The
plain twin of the shader is `compose.py`.
"""

import math

import cv2
import numpy as np

from kiosk.display.graphics import Program, Target, Texture, largest_texture, make_texture
from kiosk.display.maps import NOUGHT, UNIT, Maps
from kiosk.display.moving import Span, find_spans
from kiosk.display.note import draw_note, place_note
from kiosk.display.placement import Placement, Rectangle, overlap, place_artwork, unite
from kiosk.display.settings import DisplaySettings
from kiosk.display.shaders import MOVING, NOTE, STILL
from kiosk.display.texels import (
    PARTING_PX,
    STILL_PX,
    figure_picture,
    plate_picture,
    resample_moving,
    resample_still,
)
from kiosk.messages import Bytes, Layers
from kiosk.portraits.pack import CanvasPlace, Pack

LEAST_PX = 0.06  # flow under this, after the shader has calmed it, cannot be seen: not drawn


class Canvas:
    """One portrait on a screen of one size. Its context must be current in every call."""

    def __init__(self, pack: Pack, size: tuple[int, int], settings: DisplaySettings) -> None:
        height, width = pack.artwork.shape[:2]
        self.portrait_id, self._pack = pack.meta.id, pack
        self.placement = place_artwork(
            (width, height), size, canvas=pack.meta.canvas, margin=settings.margin
        )
        self._picture = Target(*size)
        self._rgba = np.zeros((size[1], size[0], 4), np.uint8)
        self._still_program = Program(STILL, ("artwork",))
        self._moving_program = Program(MOVING, ("artwork", "plate", "field", "paint"))
        self._note_program = Program(NOTE, ("ink",))
        self._hang(pack, settings)
        self._maps: Maps | None = None
        # what the last frame moved, band by band; None: all is still
        self._moved: list[Rectangle] | None = None

    def draw(self, layers: Layers | None) -> None:
        """Composes one frame; without layers the canvas is the still artwork.

        Layers of another portrait, late after a change, are not drawn.
        """
        if layers is None:
            if self._moved is not None:
                self._draw_rest()
        elif layers.portrait_id == self.portrait_id:
            self._draw_moving(layers)

    def read(self) -> Bytes:
        """The picture of the whole screen: (height, width, 3) uint8 RGB, top row first."""
        self._picture.read(self._rgba)
        return np.asarray(cv2.cvtColor(self._rgba, cv2.COLOR_RGBA2RGB), np.uint8)

    def finish(self) -> None:
        """Waits until the picture is composed: OpenGL works ahead."""
        self._picture.finish()

    def present(self, width: int, height: int) -> None:
        """Copies the picture to the window, of that many pixels."""
        self._picture.present(width, height)

    def delete(self) -> None:
        """Gives the graphics card's memory back."""
        for texture in (self._artwork, self._plate, self._rest, self._note):
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
        self._draw_whole(plate_picture(pack), self.placement.canvas)
        self._plate = self._copy_canvas()
        figure = figure_picture(pack)
        self._draw_whole(figure, self.placement.picture)
        self._rest = self._copy_canvas()
        texels = resample_moving(figure, self.placement, largest=largest_texture())
        self._artwork = make_texture(texels.image)
        unit_px = pack.meta.canvas.side * self.placement.scale / 2
        self._moving_program.set(
            {
                "texels": texels.from_screen(self.placement),
                "canvas": _canvas_from_screen(self.placement, pack.meta.canvas),
                "reach": texels.reach(pack.meta.canvas),
                "corner": self.placement.canvas[:2],
                "slope": pack.meta.light.slope,
                "word": (65535 / UNIT, -NOUGHT / UNIT),  # of the field's texture, 0 to 1
                "calm": ((STILL_PX / unit_px) ** 2, (PARTING_PX / unit_px) ** 2),
            }
        )
        self._unit_px = unit_px
        self._hang_note(settings)

    def _draw_whole(self, image: Bytes, area: Rectangle) -> None:
        """Draws ``image``, (H, W, 4), of the artwork's size, in its place; only ``area`` of it."""
        texels = resample_still(image, self.placement, largest=largest_texture())
        texture = make_texture(texels.image)
        self._still_program.set({"texels": texels.from_screen(self.placement)})
        self._still_program.draw(self._picture, [area], {"artwork": texture})
        texture.delete()

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

    def _draw_rest(self) -> None:
        left, top, width, height = self.placement.canvas
        self._still_program.set({"texels": (1 / width, 1 / height, -left / width, -top / height)})
        self._still_program.draw(self._picture, [self.placement.canvas], {"artwork": self._rest})
        self._draw_note(overlap(self._note_area, self.placement.canvas))
        self._moved = None

    def _draw_moving(self, layers: Layers) -> None:
        if self._maps is None or not self._maps.fit(layers):
            if self._maps is not None:
                self._maps.delete()
            self._maps = Maps(layers, self._pack)
        moving = self._maps.upload(layers, least=LEAST_PX / self._unit_px)
        textures = {
            "artwork": self._artwork,
            "plate": self._plate,
            "field": self._maps.field,
            "paint": self._maps.paint,
        }
        areas = self._find_areas(find_spans(moving))
        self._moving_program.draw(self._picture, areas, textures)
        for area in areas:
            self._draw_note(overlap(self._note_area, area))

    def _find_areas(self, spans: list[Span]) -> list[Rectangle]:
        """Pixels to draw, band by band: what moves now, and what moved in the last frame."""
        now = [self._place(span) for span in spans]
        before = now if self._moved is None else self._moved
        self._moved = now
        areas = (unite(area, old) for area, old in zip(now, before, strict=True))
        return [area for area in areas if area[2] and area[3]]

    def _place(self, span: Span) -> Rectangle:
        """The pixels of a band's span, and one to the left and right."""
        left, top, width, height = self.placement.canvas
        rows = [round(edge * height) for edge in span[1::2]]
        if span[0] == span[2]:
            return left, top + rows[0], 0, rows[1] - rows[0]
        columns = math.floor(span[0] * width) - 1, math.ceil(span[2] * width) + 1
        size = columns[1] - columns[0], rows[1] - rows[0]
        return overlap((left + columns[0], top + rows[0], *size), self.placement.canvas)

    def _draw_note(self, area: Rectangle) -> None:
        if area[2] and area[3]:
            self._note_program.blend(self._picture, [area], {"ink": self._note})


def _canvas_from_screen(
    placement: Placement, place: CanvasPlace
) -> tuple[float, float, float, float]:
    """Scale x, scale y, offset x, offset y: of a screen pixel to 0 to 1 across the canvas."""
    scale = 1 / (placement.scale * place.side)
    left = placement.left + place.left * placement.scale
    top = placement.top + place.top * placement.scale
    return scale, scale, -left * scale, -top * scale
