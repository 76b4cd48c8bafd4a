"""``kiosk demo``: a portrait follows a visitor who is nobody; needs neither camera nor screen."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console

from kiosk.cli.options import (
    ConfigPath,
    PortraitId,
    Seconds,
    Size,
    Tables,
    check_writable,
    read_config,
    read_size,
)

if TYPE_CHECKING:
    from kiosk.config import Config
    from kiosk.messages import Bytes, Layers

CLIP_S = 16.0
PAIRS = 6


def demo(
    config: ConfigPath = None,
    portrait: PortraitId = None,
    size: Size = None,
    seconds: Seconds = None,
    out: Annotated[Path, typer.Option(help="Where files go without a screen.")] = Path("out"),
    offscreen: Annotated[bool, typer.Option("--offscreen", help="Files even so.")] = False,
) -> None:
    """Show a portrait that follows the demo visitor: in a window, or as files without a screen."""
    changes: Tables = {
        "camera": {"source": "demo"},
        "portraits": {"portrait": portrait, "playlist": (), "gallery": ()},
        "display": {"fullscreen": False, **read_size(size)},
    }
    settings = read_config(config, changes)
    if has_screen() and not offscreen:
        from kiosk.cli.run import show_portrait

        show_portrait(settings, offscreen=False, seconds=seconds)
    else:
        make_files(settings, out=out, seconds=seconds or CLIP_S)


def has_screen() -> bool:
    """Whether a window could be opened here."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY"))


def make_files(config: "Config", *, out: Path, seconds: float) -> None:
    """Record the portrait, with a sheet of stills: the visitor above, the portrait below.

    Args:
        config: names portrait, size and clip.
        out: the folder that ``demo.mp4`` and ``demo.png`` are written to.
        seconds: length of the recording.
    """
    from kiosk.app import Road
    from kiosk.camera.source import clip_frame
    from kiosk.cli.run import record_road
    from kiosk.config import speechless
    from kiosk.display.credentials import open_seal
    from kiosk.display.screen import open_screen
    from kiosk.display.sheet import contact_sheet
    from kiosk.portraits.store import choose_pack

    clip, sheet = out / "demo.mp4", out / "demo.png"
    check_writable(clip)
    seal = open_seal(config.display.credentials)
    pack = choose_pack(config.portraits)
    road = Road(speechless(config), pack)
    witness = Witness(seconds)
    road.watch(witness)
    with ExitStack() as stack:
        screen = stack.enter_context(open_screen(pack, config.display, offscreen=True))
        stack.enter_context(road)
        record_road(road, clip, size=config.display.size, stack=stack)
        road.run(screen, seconds=seconds)
        fps = road.report().fps
    began = road.camera.began
    pairs = [(clip_frame(config.camera.source, at - began), image) for at, image in witness.stills]
    contact_sheet(pairs, sheet)
    for path in (clip, sheet):
        seal(path)
    Console().print(f"{fps:.0f} frames a second\nclip:   {clip}\nstills: {sheet}", highlight=False)


class Witness:
    """Keeps a few of the composed pictures, evenly spread over a run."""

    def __init__(self, seconds: float) -> None:
        # the first second belongs to the arrival
        self._due = list(np.linspace(min(1.5, seconds / 4), seconds * 0.95, PAIRS))
        self._began: float | None = None
        self.stills: list[tuple[float, Bytes]] = []  # capture time, (H, W, 3) uint8 RGB

    def __call__(self, image: "Bytes", layers: "Layers") -> None:
        """See one composed picture."""
        if self._began is None:
            self._began = layers.captured_at
        if self._due and layers.captured_at - self._began >= self._due[0]:
            del self._due[0]
            self.stills.append((layers.captured_at, image.copy()))
