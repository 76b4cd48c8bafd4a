"""A portrait made ready for a screen: its pictures resampled, its label drawn. No OpenGL.

Comes in: a `Pack` and a screen's size. Goes out: what `canvas.py` uploads. It takes a third of a
second, so any thread may do it while another portrait still hangs.
"""

from dataclasses import dataclass

from kiosk.display.framing import frame_px
from kiosk.display.label import draw_labels
from kiosk.display.placement import Placement, place_artwork
from kiosk.display.settings import DisplaySettings
from kiosk.display.texels import (
    Texels,
    figure_picture,
    plate_picture,
    resample_moving,
    resample_still,
)
from kiosk.messages import Bytes
from kiosk.portraits.pack import Pack


@dataclass(frozen=True, slots=True, eq=False)
class Hanging:
    """One portrait on a screen of one size."""

    pack: Pack
    size: tuple[int, int]  # of the screen: width, height
    settings: DisplaySettings
    placement: Placement
    plate: Texels  # fetched at pixel centres: the artwork without the sitter
    still: Texels  # the same: the artwork as it hangs
    moving: Texels  # fetched anywhere in the canvas
    labels: list[Bytes]  # (h, w, 4) each: label with note, then what needs less room

    @classmethod
    def prepare(
        cls, pack: Pack, size: tuple[int, int], settings: DisplaySettings, *, largest: int
    ) -> "Hanging":
        """Resample a pack for a screen.

        Args:
            pack: the portrait.
            size: width and height in pixels.
            settings: the table ``[display]``.
            largest: the longest side of a texture that the driver takes.
        """
        height, width = pack.artwork.shape[:2]
        margin = settings.margin + sum(frame_px(settings, size)) / min(size)
        placement = place_artwork((width, height), size, canvas=pack.meta.canvas, margin=margin)
        figure = figure_picture(pack)
        return cls(
            pack=pack,
            size=size,
            settings=settings,
            placement=placement,
            plate=resample_still(plate_picture(pack), placement, largest=largest),
            still=resample_still(figure, placement, largest=largest),
            moving=resample_moving(figure, placement, largest=largest),
            labels=draw_labels(pack.meta, settings, size),
        )
