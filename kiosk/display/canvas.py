"""The artwork on its wall, and the layers composed over its canvas, in a shader.

Comes in: a `Hanging`, then `Layers`. Goes out: the picture of the whole screen, in a framebuffer of
our own. The still artwork is drawn once; a frame redraws the canvas's rectangle and nothing else,
so no pixel outside it can change. Which canvas is seen is `wall.py`'s, windows and contexts are
`window.py`'s and `offscreen.py`'s. The plain twin of the shader is `compose.py`.
"""

import math
from dataclasses import replace

from kiosk.display.framing import framed, paint_wall
from kiosk.display.graphics import Program, Target, Texture, make_texture
from kiosk.display.hanging import Hanging
from kiosk.display.label import place_labels
from kiosk.display.maps import NOUGHT, UNIT, Maps
from kiosk.display.moving import Span, find_spans
from kiosk.display.parallax import slide_of
from kiosk.display.placement import Placement, Rectangle, overlap, unite
from kiosk.display.shaders import MOVING, NOTE, SLIDING, STILL
from kiosk.display.texels import PARTING_PX, STILL_PX, Texels
from kiosk.messages import Bytes, Layers
from kiosk.portraits.pack import CanvasPlace

LEAST_PX = 0.06  # flow under this, after the shader has calmed it, cannot be seen: not drawn


class Canvas:
    """One portrait on a screen of one size. Its context must be current in every call."""

    def __init__(self, hanging: Hanging) -> None:
        self.portrait_id, self._pack = hanging.pack.meta.id, hanging.pack
        self.placement = hanging.placement
        self.picture = Target(*hanging.size)
        self._still_program = Program(STILL, ("artwork",))
        self._parallax = hanging.settings.parallax
        moving = SLIDING if self._parallax else MOVING
        self._moving_program = Program(moving, ("artwork", "plate", "field", "paint"))
        self._note_program = Program(NOTE, ("ink",))
        self._hang(hanging)
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

    def delete(self) -> None:
        """Gives the graphics card's memory back."""
        for texture in (self._artwork, self._plate, self._rest, self._note):
            texture.delete()
        for program in (self._still_program, self._moving_program, self._note_program):
            program.delete()
        if self._maps is not None:
            self._maps.delete()
        self.picture.delete()

    def _hang(self, hanging: Hanging) -> None:
        """Uploads what never changes, and draws the wall and the still artwork."""
        rgba = paint_wall(hanging.settings, hanging.size, self.placement)
        self.picture.texture.upload(rgba)
        self._draw_whole(hanging.plate, self.placement.canvas)
        self._plate = self._copy_canvas(rgba)
        self._draw_whole(hanging.still, self.placement.picture)
        self._rest = self._copy_canvas(rgba)
        self._artwork = make_texture(hanging.moving.image)
        place = self._pack.meta.canvas
        unit_px = place.side * self.placement.scale / 2
        self._moving_program.set(
            {
                "texels": hanging.moving.from_screen(self.placement),
                "canvas": _canvas_from_screen(self.placement, place),
                "reach": hanging.moving.reach(place),
                "corner": self.placement.canvas[:2],
                "slope": self._pack.meta.light.slope,
                "word": (65535 / UNIT, -NOUGHT / UNIT),  # of the field's texture, 0 to 1
                "calm": ((STILL_PX / unit_px) ** 2, (PARTING_PX / unit_px) ** 2),
            }
        )
        self._unit_px = unit_px
        self._hang_label(hanging)

    def _draw_whole(self, texels: Texels, area: Rectangle) -> None:
        """Draws a picture of the artwork's size in its place; only ``area`` of it."""
        texture = make_texture(texels.image)
        self._still_program.set({"texels": texels.from_screen(self.placement)})
        self._still_program.draw(self.picture, [area], {"artwork": texture})
        texture.delete()

    def _hang_label(self, hanging: Hanging) -> None:
        taken = framed(hanging.settings, hanging.size, self.placement.picture)
        around = replace(self.placement, picture=taken)
        note, self._note_area = place_labels(hanging.labels, hanging.size, around)
        self._note = make_texture(note)
        self._note_program.set({"corner": self._note_area[:2]})
        self._draw_note(self._note_area)

    def _copy_canvas(self, rgba: Bytes) -> Texture:
        """The canvas's pixels as they are now, in a texture of their own.

        ``rgba``, (height, width, 4), is overwritten.
        """
        left, top, width, height = self.placement.canvas
        self.picture.read(rgba)
        return make_texture(rgba[top : top + height, left : left + width], smooth=False)

    def _draw_rest(self) -> None:
        left, top, width, height = self.placement.canvas
        self._still_program.set({"texels": (1 / width, 1 / height, -left / width, -top / height)})
        self._still_program.draw(self.picture, [self.placement.canvas], {"artwork": self._rest})
        self._draw_note(overlap(self._note_area, self.placement.canvas))
        self._moved = None

    def _draw_moving(self, layers: Layers) -> None:
        if self._maps is None or not self._maps.fit(layers):
            if self._maps is not None:
                self._maps.delete()
            self._maps = Maps(layers, self._pack)
        slide = slide_of(layers, self._parallax) if self._parallax else None
        if slide is not None:
            self._moving_program.set({"slide": slide})
        moving = self._maps.upload(layers, least=LEAST_PX / self._unit_px, slide=slide)
        textures = {
            "artwork": self._artwork,
            "plate": self._plate,
            "field": self._maps.field,
            "paint": self._maps.paint,
        }
        areas = self._find_areas(find_spans(moving))
        self._moving_program.draw(self.picture, areas, textures)
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
            self._note_program.blend(self.picture, [area], {"ink": self._note})


def _canvas_from_screen(
    placement: Placement, place: CanvasPlace
) -> tuple[float, float, float, float]:
    """Scale x, scale y, offset x, offset y: of a screen pixel to 0 to 1 across the canvas."""
    scale = 1 / (placement.scale * place.side)
    left = placement.left + place.left * placement.scale
    top = placement.top + place.top * placement.scale
    return scale, scale, -left * scale, -top * scale
