"""``[display]``: the screen, the wall around the picture and the note on it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kiosk.hours import TimeOfDay
from kiosk.languages import Language

AUTO = "auto"
COLOUR_OR_NONE = r"^(#[0-9a-fA-F]{6})?$"
Share = Annotated[float, Field(ge=0.05, le=1)]


class DisplaySettings(BaseModel):
    """How the picture is shown. Frozen; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fullscreen: bool = True
    screen: int = Field(0, ge=0, le=15)  # which of several
    width: int = Field(720, ge=64, le=8192)  # of the window, or of the picture off screen
    height: int = Field(1280, ge=64, le=8192)
    wall: str = Field("#14110f", pattern=r"^#[0-9a-fA-F]{6}$")
    margin: float = Field(0.0, ge=0, le=0.3)  # wall left free, of the screen's shorter side
    frame: str = Field("", pattern=COLOUR_OR_NONE)  # its colour; "": no frame
    frame_width: float = Field(0.05, ge=0.005, le=0.2)  # of the screen's shorter side
    mat: str = Field("", pattern=COLOUR_OR_NONE)  # between frame and picture
    mat_width: float = Field(0.04, ge=0.005, le=0.2)
    # how far figure and ground part as the visitor steps aside, of the canvas's side
    parallax: float = Field(0.0, ge=0, le=0.02)
    language: Language = "en"  # the visitors'
    label: bool = True  # title, artist, date, rights, where the wall has room
    disclosure: str = Field(AUTO, max_length=120)  # the note on generated movement; "": none
    lettering: float = Field(1.0, ge=0.5, le=4)  # the size of both
    high_contrast: bool = False  # white on black
    max_fps: float = Field(60.0, ge=5, le=240)
    vsync: bool = True
    shift_px: int = Field(0, ge=0, le=8)  # how far the picture wanders, against burn-in
    brightness: tuple[tuple[TimeOfDay, Share], ...] = ()  # (HH:MM, light), each until the next
    crossfade_s: float = Field(0.8, ge=0, le=10)  # when one portrait gives way to another
    credentials: str = ""  # a PEM file that signs what is recorded; "": nothing is signed

    @property
    def wall_rgb(self) -> tuple[int, int, int]:
        """The wall's colour as three numbers from 0 to 255."""
        return rgb_of(self.wall)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the window, or of the picture off screen, in pixels."""
        return self.width, self.height


def rgb_of(colour: str) -> tuple[int, int, int]:
    """``#14110f`` as three numbers from 0 to 255."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue
