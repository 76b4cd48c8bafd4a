"""What a kiosk answers to each question of staff's: a status, a kind, and bytes."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Protocol

from kiosk.control.journal import Journal
from kiosk.control.metrics import KIND, write_metrics
from kiosk.control.status import Status
from kiosk.control.view import View
from kiosk.health import Figures
from kiosk.messages import Bytes
from kiosk.portraits.override import Override
from kiosk.portraits.pictures import smaller_jpeg
from kiosk.temperatures import read_temperatures

PICTURE_S, PICTURE_PX, QUALITY = 2.0, 720, 85

Answer = tuple[HTTPStatus, str, bytes]


class Kiosk(Protocol):
    """What is asked; any thread may ask."""

    def status(self) -> Status:
        """How it fares."""

    def figures(self) -> Figures:
        """What was counted since the start."""

    def view(self) -> View | None:
        """What the camera sees, in figures; None: nothing yet."""

    def darken(self, dark: bool) -> None:
        """Let the screen be black and see nobody, or wake again."""

    def picture(self, timeout_s: float) -> Bytes | None:
        """What the screen shows: (H, W, 3) RGB; None when it cannot be had in time."""

    def hang_by_id(self, portrait_id: str, place: int = 1) -> None:
        """Hang a portrait at a place; raises `KioskError` if there is none of either."""

    def tune(self, portrait_id: str, override: Override) -> None:
        """Try out gains and limits; raises `KioskError` if that portrait does not hang."""


Answerer = Callable[[Kiosk, Journal, Mapping[str, Any]], Answer]


def tell_status(kiosk: Kiosk, _: Journal, __: Mapping[str, Any]) -> Answer:
    """How it fares."""
    return in_json(asdict(kiosk.status()))


def tell_health(kiosk: Kiosk, _: Journal, __: Mapping[str, Any]) -> Answer:
    """One code for programs: whether the portrait lives; what else staff should see to is told."""
    status = kiosk.status()
    told = {"faults": status.faults, "unhealthy": status.unhealthy}
    return in_json(told, HTTPStatus.SERVICE_UNAVAILABLE if status.unhealthy else HTTPStatus.OK)


def tell_metrics(kiosk: Kiosk, _: Journal, __: Mapping[str, Any]) -> Answer:
    """All figures, for Prometheus."""
    text = write_metrics(kiosk.status(), kiosk.figures(), read_temperatures())
    return HTTPStatus.OK, KIND, text.encode()


def tell_view(kiosk: Kiosk, _: Journal, __: Mapping[str, Any]) -> Answer:
    """What the camera sees, in figures: never its picture."""
    view = kiosk.view()
    return in_json(None if view is None else asdict(view))


def show_picture(kiosk: Kiosk, _: Journal, __: Mapping[str, Any]) -> Answer:
    """What the screen shows, a JPEG."""
    image = kiosk.picture(PICTURE_S)
    if image is None:
        return fault("the screen does not answer", HTTPStatus.SERVICE_UNAVAILABLE)
    data = smaller_jpeg(image, most_px=PICTURE_PX, quality=QUALITY)
    return HTTPStatus.OK, "image/jpeg", data


def tell_log(_: Kiosk, journal: Journal, asked: Mapping[str, Any]) -> Answer:
    """The log's lines after one."""
    lines = journal.after(int(asked.get("after", 0)))
    return in_json({"began": journal.began, "lines": [asdict(line) for line in lines]})


def hang(kiosk: Kiosk, _: Journal, asked: Mapping[str, Any]) -> Answer:
    """Hang a portrait."""
    kiosk.hang_by_id(str(asked["portrait"]), int(asked.get("place", 1)))
    return in_json({})


def tune(kiosk: Kiosk, _: Journal, asked: Mapping[str, Any]) -> Answer:
    """Try out gains and limits."""
    wanted = {key: value for key, value in asked.items() if key != "portrait"}
    kiosk.tune(str(asked["portrait"]), Override.from_record(wanted, name="tune"))
    return in_json({})


def darken(kiosk: Kiosk, _: Journal, asked: Mapping[str, Any]) -> Answer:
    """Let the screen be black, or show the picture again."""
    if not isinstance(asked["on"], bool):
        return fault("on is true or false")
    kiosk.darken(not asked["on"])
    return in_json({})


def in_json(record: object, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    """A record as JSON; half a letter, which JSON can ask for, comes back as a question mark."""
    text = json.dumps(record, ensure_ascii=False)
    return status, "application/json", text.encode(errors="replace")


def fault(words: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> Answer:
    """A refusal, in one line."""
    return in_json({"fault": words}, status)


READERS: dict[str, Answerer] = {
    "/status": tell_status, "/healthz": tell_health, "/metrics": tell_metrics,
    "/view": tell_view, "/picture": show_picture, "/log": tell_log,
}  # fmt: skip
WRITERS: dict[str, Answerer] = {"/hang": hang, "/tune": tune, "/screen": darken}
