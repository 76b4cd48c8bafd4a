"""The kiosk's side: HTTP over a Unix socket, for staff and programs on this machine.

    curl --unix-socket kiosk.sock http://kiosk/status

GET ``/status``, ``/healthz``, ``/picture`` (a JPEG of the screen), ``/log?after=N``; POST ``/hang``
``{"portrait": id}``, ``/tune`` ``{"portrait": id, "gains": {...}, "limits": {...}}``. An answer is
JSON; a refusal is ``{"fault": "one line"}``. Whatever fails here, the painting goes on hanging.
"""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import cv2

from kiosk.control.journal import Journal
from kiosk.control.status import Status
from kiosk.errors import KioskError
from kiosk.messages import Bytes
from kiosk.portraits.override import Override

logger = logging.getLogger(__name__)

MOST_BYTES = 64 << 10  # of a request's body
PATIENCE_S = 5.0  # with whoever falls silent half-way
PICTURE_S, PICTURE_PX, QUALITY = 2.0, 720, 85

Answer = tuple[HTTPStatus, str, bytes]


class Kiosk(Protocol):
    """What answers; any thread may ask."""

    def status(self) -> Status:
        """How it fares."""

    def picture(self, timeout_s: float) -> Bytes | None:
        """What the screen shows: (H, W, 3) RGB; None when it cannot be had in time."""

    def hang_by_id(self, portrait_id: str) -> None:
        """Hang a portrait; raises `KioskError` if there is none of that name."""

    def tune(self, portrait_id: str, override: Override) -> None:
        """Try out gains and limits; raises `KioskError` if that portrait does not hang."""


@contextmanager
def serve_staff(kiosk: Kiosk, path: Path) -> Iterator[None]:
    """Answer at a socket within the block; if it cannot be had that is told, and the block runs."""
    journal = Journal()
    logging.getLogger("kiosk").addHandler(journal)
    try:
        server = _open(kiosk, journal, path)
    except OSError as error:
        logger.warning("%s: no socket for staff can be had: %s", path, error)
        server = None
    try:
        yield
    finally:
        logging.getLogger("kiosk").removeHandler(journal)
        if server is not None:
            server.shutdown()
            server.server_close()
            with suppress(OSError):
                path.unlink()


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True
    kiosk: Kiosk
    journal: Journal


def _open(kiosk: Kiosk, journal: Journal, path: Path) -> _Server:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_uid not in (0, os.getuid()):
        raise OSError(f"{path.parent} is somebody else's")
    if _answers(path):
        raise OSError("another kiosk answers there")
    if path.is_socket():  # of a kiosk that was killed
        path.unlink()
    server = _Server(str(path), _Handler)
    path.chmod(0o660)
    server.kiosk, server.journal = kiosk, journal
    threading.Thread(target=server.serve_forever, args=(0.1,), name="staff", daemon=True).start()
    return server


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as trial, suppress(OSError):
        trial.settimeout(PATIENCE_S)
        trial.connect(str(path))
        return True
    return False


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE_S

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        query = {key: values[-1] for key, values in parse_qs(address.query).items()}
        self._answer(READERS.get(address.path), query)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MOST_BYTES:
            self._send(_fault(f"say how many bytes come, {MOST_BYTES} at most"))
            return
        try:
            record = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            self._answer(WRITERS.get(urlsplit(self.path).path), record)
        else:
            self._send(_fault("send a JSON object"))

    def address_string(self) -> str:
        return "staff"  # a Unix socket has no address

    def log_message(self, format: str, *args: object) -> None:  # its parent's
        logger.debug(format, *args)

    def _answer(self, respond: "Responder | None", asked: Mapping[str, Any]) -> None:
        try:
            answer = (
                respond(self.server, asked) if respond else _fault("there is nothing here", 404)
            )
        except KioskError as error:
            answer = _fault(str(error))
        except (KeyError, TypeError, ValueError) as error:
            answer = _fault(f"{type(error).__name__}: {error}")
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        status, kind, body = answer
        with suppress(OSError):  # who asked is gone
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)


Responder = Callable[[_Server, Mapping[str, Any]], Answer]


def _status(server: _Server, _: Mapping[str, Any]) -> Answer:
    return _json(asdict(server.kiosk.status()))


def _health(server: _Server, _: Mapping[str, Any]) -> Answer:
    faults = server.kiosk.status().faults
    return _json({"faults": faults}, HTTPStatus.SERVICE_UNAVAILABLE if faults else HTTPStatus.OK)


def _picture(server: _Server, _: Mapping[str, Any]) -> Answer:
    image = server.kiosk.picture(PICTURE_S)
    if image is None:
        return _fault("the screen does not answer", HTTPStatus.SERVICE_UNAVAILABLE)
    share = min(1.0, PICTURE_PX / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return HTTPStatus.OK, "image/jpeg", data.tobytes()


def _log(server: _Server, asked: Mapping[str, Any]) -> Answer:
    lines = server.journal.after(int(asked.get("after", 0)))
    return _json({"began": server.journal.began, "lines": [asdict(line) for line in lines]})


def _hang(server: _Server, asked: Mapping[str, Any]) -> Answer:
    server.kiosk.hang_by_id(str(asked["portrait"]))
    return _json({})


def _tune(server: _Server, asked: Mapping[str, Any]) -> Answer:
    wanted = {key: value for key, value in asked.items() if key != "portrait"}
    server.kiosk.tune(str(asked["portrait"]), Override.from_record(wanted, name="tune"))
    return _json({})


READERS = {"/status": _status, "/healthz": _health, "/picture": _picture, "/log": _log}
WRITERS = {"/hang": _hang, "/tune": _tune}


def _json(record: object, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return status, "application/json", json.dumps(record, ensure_ascii=False).encode()


def _fault(words: str, status: int = HTTPStatus.BAD_REQUEST) -> Answer:
    return _json({"fault": words}, HTTPStatus(status))


_NOTHING = _fault("there is nothing here", HTTPStatus.NOT_FOUND)
