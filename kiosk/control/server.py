"""The kiosk's side: HTTP over a Unix socket, for staff and programs on this machine.

    curl --unix-socket kiosk.sock http://kiosk/status

GET ``/status``, ``/healthz``, ``/metrics`` (Prometheus's text), ``/view`` (what the camera sees, in
figures), ``/picture`` (a JPEG of the screen), ``/log?after=N``; POST ``/hang`` ``{"portrait": id,
"place": 1}``, ``/tune`` ``{"portrait": id, "gains": {...}, "limits": {...}}``; the place is one of
a gallery's; ``/screen`` ``{"on": false}``. An answer is JSON unless
told; a refusal is ``{"fault": "one line"}``. Whatever fails here, the painting goes on hanging.
"""

import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from kiosk.control.answers import READERS, WRITERS, Answer, Answerer, Kiosk, fault
from kiosk.control.journal import Journal
from kiosk.control.place import is_listened_at
from kiosk.errors import KioskError

logger = logging.getLogger(__name__)

MOST_BYTES = 64 << 10  # of a request's body
PATIENCE_S = 5.0  # with whoever falls silent half-way


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
    if is_listened_at(path):
        raise OSError("another kiosk answers there")
    if path.is_socket():  # of a kiosk that was killed
        path.unlink()
    server = _Server(str(path), _Handler)
    path.chmod(0o660)
    server.kiosk, server.journal = kiosk, journal
    threading.Thread(target=server.serve_forever, args=(0.1,), name="staff", daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = PATIENCE_S

    def do_GET(self) -> None:
        address = self._address()
        query = {key: values[-1] for key, values in parse_qs(address.query).items()}
        self._answer(READERS.get(address.path), query)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        # Python turns no more than some thousand digits into a number
        if not length.isdecimal() or len(length) > 9 or int(length) > MOST_BYTES:
            self._send(fault(f"say how many bytes come, {MOST_BYTES} at most"))
            return
        try:
            record = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            record = None
        if isinstance(record, dict):
            self._answer(WRITERS.get(self._address().path), record)
        else:
            self._send(fault("send a JSON object"))

    def address_string(self) -> str:
        return "staff"  # a Unix socket has no address

    def log_message(self, format: str, *args: object) -> None:  # its parent's
        logger.debug(format, *args)

    def _address(self) -> SplitResult:
        try:
            return urlsplit(self.path)
        except ValueError:  # half of a bracketed host's: nothing is there
            return urlsplit("")

    def _answer(self, answerer: Answerer | None, asked: Mapping[str, Any]) -> None:
        if answerer is None:
            self._send(fault("there is nothing here", HTTPStatus.NOT_FOUND))
            return
        try:
            answer = answerer(self.server.kiosk, self.server.journal, asked)
        except KioskError as error:
            answer = fault(str(error))
        except (KeyError, TypeError, ValueError, OverflowError) as error:  # infinity, too
            answer = fault(f"{type(error).__name__}: {error}")
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        status, kind, body = answer
        with suppress(OSError):  # who asked is gone
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
