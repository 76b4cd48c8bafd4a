"""``kiosk run``: the whole road, from the camera to the screen."""

import json
import logging
from contextlib import ExitStack, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.options import (
    CameraSource,
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
    from kiosk.app import Road
    from kiosk.config import Config
    from kiosk.health import Report

logger = logging.getLogger(__name__)


def run(
    config: ConfigPath = None,
    portrait: PortraitId = None,
    camera: CameraSource = None,
    windowed: Annotated[bool, typer.Option("--windowed", help="A window of its own.")] = False,
    offscreen: Annotated[bool, typer.Option("--offscreen", help="Draw without a screen.")] = False,
    size: Size = None,
    seconds: Seconds = None,
    record: Annotated[
        Path | None, typer.Option("--record", help="Write an MP4; draws without a screen.")
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", help="Write figures as JSON.")] = None,
) -> None:
    """Hang a portrait and let it follow whoever stands before the camera."""
    changes: Tables = {
        "camera": {"source": camera},
        "portraits": {"portrait": portrait},
        "display": {"fullscreen": False if windowed else None, **read_size(size)},
    }
    settings = read_config(config, changes)
    for path in (record, report):
        check_writable(path)
    offscreen = offscreen or record is not None
    figures = show_portrait(
        settings, offscreen=offscreen, seconds=seconds, record=record, staff=True
    )
    if report is not None:
        report.write_text(json.dumps(asdict(figures), indent=2) + "\n", encoding="utf-8")


def show_portrait(
    config: "Config",
    *,
    offscreen: bool,
    seconds: float | None,
    record: Path | None = None,
    staff: bool = False,
) -> "Report":
    """Run the road to its end and say how it fared; with ``staff``, answer them meanwhile.

    Raises:
        KioskError: it cannot even start.
    """
    from kiosk.app import Road
    from kiosk.control.place import socket_path
    from kiosk.control.server import serve_staff
    from kiosk.display.credentials import leave, open_seal
    from kiosk.display.screen import open_screen
    from kiosk.portraits.store import choose_pack

    if not logger.isEnabledFor(logging.DEBUG):  # --debug says more than any setting
        logging.getLogger("kiosk").setLevel(config.log.level.upper())
    if offscreen:  # nobody is there to listen
        sound = config.sound.model_copy(update={"enabled": False})
        config = config.model_copy(update={"sound": sound})
    seal = leave if record is None else open_seal(config.display.credentials)
    pack = choose_pack(config.portraits)
    road = Road(config, pack)
    with ExitStack() as stack:
        screen = stack.enter_context(open_screen(pack, config.display, offscreen=offscreen))
        stack.enter_context(road)
        if staff:
            stack.enter_context(serve_staff(road, socket_path(config.console.socket)))
        if record is not None:
            stack.callback(seal, record)
            record_road(road, record, size=config.display.size, stack=stack)
        with suppress(KeyboardInterrupt):  # the usual end of a run without --seconds
            road.run(screen, seconds=seconds)
        return road.report()


def record_road(road: "Road", path: Path, *, size: tuple[int, int], stack: ExitStack) -> None:
    """Have every composed picture written to an MP4, which is whole when ``stack`` is left."""
    from kiosk.display.recorder import Recorder

    recorder = Recorder(path, size, road.camera.fps)
    stack.callback(recorder.close)
    road.watch(lambda image, layers: recorder.write(image, layers.captured_at))
