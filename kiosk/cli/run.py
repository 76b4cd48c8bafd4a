"""``kiosk run``: the whole road, from the camera to the screen."""

import json
import logging
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict
from functools import partial
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
    change_config,
    check_writable,
    read_config,
    read_size,
)
from kiosk.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kiosk.app import Beat, Road
    from kiosk.config import Config
    from kiosk.gallery import Gallery
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
    from kiosk.service.depot import fill
    from kiosk.service.recover import note_begun

    note_begun()
    alone: Tables = {"portraits": {"portrait": portrait, "gallery": ()}} if portrait else {}
    changes: Tables = alone | {
        "camera": {"source": camera},
        "display": {"fullscreen": False if windowed else None, **read_size(size)},
    }
    settings, remark = _recall(config, changes)
    depot = fill(settings.portraits.folder)
    if depot != settings.portraits.folder:
        lacking = f"{settings.portraits.folder} cannot be filled; the portraits that ship hang"
        remark = f"{remark}; {lacking}" if remark else lacking
    settings = change_config(settings, {"portraits": {"folder": depot}})
    for path in (record, report):
        check_writable(path)
    offscreen = offscreen or record is not None
    show = show_gallery if settings.portraits.gallery else show_portrait
    figures = show(
        settings, offscreen=offscreen, seconds=seconds, record=record, staff=True, remark=remark
    )
    if report is not None:
        told = [asdict(each) for each in figures] if isinstance(figures, list) else asdict(figures)
        report.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def show_portrait(
    config: "Config",
    *,
    offscreen: bool,
    seconds: float | None,
    record: Path | None = None,
    staff: bool = False,
    remark: str = "",
) -> "Report":
    """Run the road to its end and say how it fared; with ``staff``, answer them meanwhile.

    ``remark`` is what they should know.

    Raises:
        KioskError: it cannot even start.
    """
    from kiosk.app import Road
    from kiosk.display.screen import open_screen
    from kiosk.portraits.store import choose_pack

    config = prepared(config, offscreen=offscreen)
    pack = choose_pack(config.portraits)
    road = Road(config, pack)
    with ExitStack() as stack:
        screen = stack.enter_context(open_screen(pack, config.display, offscreen=offscreen))
        run = partial(road.run, screen, seconds=seconds)
        attend(road, run, config, record=record, staff=staff, remark=remark, stack=stack)
        return road.report()


def show_gallery(
    config: "Config",
    *,
    offscreen: bool,
    seconds: float | None,
    record: Path | None = None,
    staff: bool = False,
    remark: str = "",
) -> "list[Report]":
    """The same with several portraits on one screen; says how each fared.

    Raises:
        KioskError: it cannot even start.
    """
    from kiosk.display.screen import open_panels
    from kiosk.gallery import Gallery
    from kiosk.portraits.store import choose_gallery

    config = prepared(config, offscreen=offscreen)
    packs = choose_gallery(config.portraits)
    gallery = Gallery(config, packs)
    with ExitStack() as stack:
        screen = stack.enter_context(open_panels(packs, config.display, offscreen=offscreen))
        run = partial(gallery.run, screen, seconds=seconds)
        attend(gallery, run, config, record=record, staff=staff, remark=remark, stack=stack)
        return gallery.reports()


def _recall(path: Path | None, changes: Tables) -> "tuple[Config, str]":
    """The settings, and what is to be said of them: those of before, where these are wrong.

    Raises:
        ConfigError: they are wrong, and no service has kept others.
    """
    from kiosk.service.last_good import last_good

    try:
        return read_config(path, changes), ""
    except ConfigError as error:
        before = last_good()
        if before is None:
            raise
        remark = f"{error}; meanwhile the settings with which it last hung are used"
        logger.error("%s", remark)
        return change_config(before, changes), remark


@contextmanager
def pulse(config: "Config", *, service: bool) -> "Iterator[Beat]":
    """What tells the service manager of each picture, until it ends on purpose."""
    import time

    from kiosk.service.last_good import keep
    from kiosk.service.notify import Notifier

    if not service:
        yield lambda: None
        return
    notifier = Notifier(time.monotonic)

    def beat() -> None:
        if notifier.shown():
            keep(config)

    try:
        yield beat
    finally:
        notifier.stops()


def prepared(config: "Config", *, offscreen: bool) -> "Config":
    """Log as much as the settings want, or ``--debug``; without a screen nobody listens."""
    if not logger.isEnabledFor(logging.DEBUG):
        logging.getLogger("kiosk").setLevel(config.log.level.upper())
    if not offscreen:
        return config
    sound = config.sound.model_copy(update={"enabled": False})
    return config.model_copy(update={"sound": sound})


def attend(
    road: "Road | Gallery",
    run: "Callable[..., None]",
    config: "Config",
    *,
    record: Path | None,
    staff: bool,
    remark: str,
    stack: ExitStack,
) -> None:
    """Run it to its end, with what goes on beside the screen until ``stack`` is left.

    Args:
        road: what is run.
        run: does so; is given the ``beat`` of shown pictures.
        config: the settings.
        record: where its film goes.
        staff: whether they are answered, and the service manager is told.
        remark: what staff should know.
        stack: ends all that.
    """
    from kiosk.control.place import socket_path
    from kiosk.control.server import serve_staff
    from kiosk.display.credentials import open_seal

    if record is not None:
        stack.callback(open_seal(config.display.credentials), record)
    stack.enter_context(road)
    if staff:
        stack.enter_context(serve_staff(road, socket_path(config.console.socket)))
    road.remarks.extend(filter(None, [remark]))
    if record is not None:
        record_road(road, record, size=config.display.size, stack=stack)
    with suppress(KeyboardInterrupt), pulse(config, service=staff) as beat:  # the usual end
        run(beat=beat)


def record_road(
    road: "Road | Gallery", path: Path, *, size: tuple[int, int], stack: ExitStack
) -> None:
    """Have every composed picture written to an MP4, which is whole when ``stack`` is left."""
    from kiosk.display.recorder import Recorder

    recorder = Recorder(path, size, road.camera.fps)
    stack.callback(recorder.close)
    road.watch(lambda image, layers: recorder.write(image, layers.captured_at))
