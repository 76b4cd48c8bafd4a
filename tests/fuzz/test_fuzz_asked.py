"""Whatever is asked, said or sent by others: an answer of ours, and the show goes on."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import example

from kiosk.control.client import Client
from kiosk.control.journal import Journal
from kiosk.control.server import _Handler, serve_staff
from kiosk.curation.fetch import read_json
from kiosk.curation.iiif import read_manifest
from kiosk.curation.iiif_image import Service
from kiosk.display.captions import draw_caption
from kiosk.display.label import draw_labels
from kiosk.display.settings import DisplaySettings
from kiosk.errors import CatalogueError
from tests.fuzz.cases import (
    PHRASES,
    Chance,
    damaged,
    folder_in_memory,
    fuzz,
    json_value,
    spoken,
    text,
)
from tests.packs import small_meta
from tests.test_control import FakeKiosk

IIIF = (
    "type", "@type", "items", "sequences", "canvases", "images", "resource", "body", "service",
    "id", "@id", "label", "metadata", "value", "rights", "license", "requiredStatement", "homepage",
    "@value", "@language", "related", "attribution", "summary", "en", "not a language", "none",
)  # fmt: skip
ADDRESS = "https://a.example/b"
SAID = (ADDRESS, "Image", "Choice", "sc:Manifest", "Artist", "Date", {"en": ["A"]}, "<b>A</b>", 1)
SERVICE = ("width", "height", "profile", "maxWidth", "maxArea", "tiles", "scaleFactors", "id")
PICTURE = {"type": "Image", "id": "https://museum.example/1.jpg"}
CANVAS = {"items": [{"items": [{"body": PICTURE}]}]}
OLDER = {"canvases": [{"images": [{"resource": PICTURE}]}]}
PATHS = (
    "/status", "/healthz", "/metrics", "/view", "/picture", "/hang", "/tune", "/screen", "/", "//[",
    "*", "/log?after=1", "/log?after=-1", "/log?after=", "/log?after=x&after=%00",
    "http://[::1/status",
)  # fmt: skip
ORDERS = ("portrait", "place", "gains", "limits", "label", "on", "mouth", "yaw_deg", "title", "en")
LENGTH = b"Content-Length: "
HEADERS = (
    b"Host: k", LENGTH + b"5", LENGTH + b"-1", LENGTH, LENGTH + b"9" * 30, LENGTH + b"9999999",
    LENGTH + "²".encode(), b"Expect: 100-continue", b"Transfer-Encoding: chunked",
    b"Connection: keep-alive", b"X: " + b"a" * 66_000, b"\xff\xff", b":", b" folded",
)  # fmt: skip
ASKED = (
    b"GET /status HTTP/1.1\r\nHost: k\r\n\r\n",
    b"GET /log?after=1 HTTP/1.0\r\n\r\n",
    b'POST /hang HTTP/1.1\r\nContent-Length: 20\r\n\r\n{"portrait": "mona"}',
    b'POST /tune HTTP/1.1\r\nContent-Length: 43\r\n\r\n{"portrait": "mona", "gains": {"mouth": 1}}',
)
MOST = 1 << 17  # bytes that a socket takes before anybody reads
LONG = b"GET /status HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 900) for n in range(90))


def _sent(record: Any) -> Any:
    """As it comes from a museum's server."""
    return read_json(json.dumps(record).encode())


def _manifest(chance: Chance) -> Any:
    """A catalogue's record; half of them have a picture, so that the rest of it is read."""
    keys = chance.choices(IIIF[2:], k=chance.randint(0, 2 * chance.size))
    record = {key: json_value(chance, SAID, IIIF) for key in keys}
    if chance.one_in(3):
        record["metadata"] = [
            {"label": chance.choice(("Artist", "date", {"en": ["Museum"]})),
             "value": json_value(chance, SAID, IIIF)}
            for _ in range(chance.size)
        ]  # fmt: skip
    if chance.one_in(4):
        record |= {"sequences": [OLDER]}
        record.pop("items", None)
    elif not chance.one_in(3):
        record |= {"items": [CANVAS]}
    kind = json_value(chance, SAID, IIIF) if chance.one_in(20) else "sc:Manifest"
    return _sent(record | {chance.choice(("type", "@type")): kind})


@fuzz(0.1, record=_manifest)
@example(record={"type": "Manifest", "label": {"not a language": ["A"]}, "items": [CANVAS]})
def test_a_catalogue_is_understood_or_refused(record: dict[str, Any]) -> None:
    with suppress(CatalogueError):
        entry = read_manifest(record)
        assert entry.image or entry.service
        texts = [entry.rights, entry.required_statement, entry.homepage, entry.image]
        assert "\n".join([*texts, entry.service, *entry.warnings]).encode()
        assert small_meta().model_copy(update={"label": entry.label}).to_toml().encode()


def _service(chance: Chance) -> Any:
    keys = chance.choices(SERVICE, k=chance.randint(0, 6))
    sizes = {key: chance.randint(1, 9000) for key in ("width", "height") if not chance.one_in(4)}
    tile = {"width": 512, "height": chance.randint(-1, 512), "scaleFactors": [1]}
    said = {key: json_value(chance, (tile, 512, [1], 1e9), SERVICE) for key in keys}
    return _sent(sizes | said)


@fuzz(0.05, record=_service)
@example(record={"width": float("inf"), "height": 1})
@example(record={"width": 10**400, "height": 10**400, "maxArea": 5})
@example(record={"width": 10, "height": 10, "maxWidth": float("inf")})
def test_an_image_service_is_understood_or_refused(record: dict[str, Any]) -> None:
    with suppress(CatalogueError):
        service = Service.read(record, ADDRESS)
        assert min(service.most) >= 1


def _asked(chance: Chance) -> bytes:
    if chance.one_in(4):
        return damaged(chance, ASKED, HEADERS)[:MOST]
    path = chance.choice(PATHS) if not chance.one_in(8) else "/" + text(chance)
    body = json.dumps(json_value(chance, ("mona", {"mouth": 1.0}, 1), ORDERS)).encode()
    if chance.one_in(2):
        orders = chance.choices(ORDERS[:6], k=chance.randint(1, 3))
        known = {key: json_value(chance, ("mona", {"mouth": 1.0}, 1), ORDERS) for key in orders}
        body = json.dumps({"portrait": "mona"} | known).encode()
    line = f"{chance.choice(('GET', 'POST', 'POST', 'HEAD'))} {path} HTTP/1.{chance.choice('01')}"
    headers = chance.choices(HEADERS, k=chance.choice((0, 0, 0, 1, 2)))
    length = LENGTH + b"%d" % max(len(body) + chance.choice((0, 0, 0, 0, -1, 1)), 0)
    return b"\r\n".join([line.encode(), *headers, length, b"", body])[:MOST]


def answered(at_the_door: SimpleNamespace, sent: bytes) -> bytes:
    """What a handler answers, without a server and its threads."""
    caller, answerer = socket.socketpair()
    with caller, answerer:
        for end in (caller, answerer):  # each says all it has before the other listens
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        caller.sendall(sent)
        caller.shutdown(socket.SHUT_WR)
        _Handler(answerer, "", at_the_door)  # type: ignore[arg-type]
        answerer.close()
        with caller.makefile("rb") as answer:
            try:
                return answer.read()
            except ConnectionError:  # it did not read all
                return b""


@pytest.fixture(scope="module")
def at_the_door() -> SimpleNamespace:
    """What a handler needs of its server; a large screen's picture would be all one waits for."""
    kiosk = FakeKiosk()
    kiosk.screen = np.zeros((16, 9, 3), np.uint8)
    return SimpleNamespace(kiosk=kiosk, journal=Journal())


@fuzz(0.08, sent=_asked)
@example(sent=LONG)
@example(sent=b"GET //[ HTTP/1.1\r\n\r\n")
@example(sent=b"POST /hang HTTP/1.1\r\nContent-Length: 999999999999999999999\r\n\r\n")
@example(sent="POST /hang HTTP/1.1\r\nContent-Length: ²\r\n\r\n".encode())
@example(sent=b"GET /log?after=" + b"9" * 5000 + b" HTTP/1.0\r\n\r\n")
def test_whatever_is_sent_is_answered(at_the_door: SimpleNamespace, sent: bytes) -> None:
    answer = answered(at_the_door, sent)
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"application/json" in head:
        assert json.loads(body) is not False


@pytest.fixture(scope="module")
def door() -> Iterator[Path]:
    with folder_in_memory() as place, serve_staff(FakeKiosk(), place / "run" / "kiosk.sock"):
        yield place / "run" / "kiosk.sock"


@fuzz(0.002, sent=_asked)
def test_whatever_is_sent_to_the_socket_staff_are_answered(
    door: Path, capfd: pytest.CaptureFixture[str], sent: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(10.0)
        caller.connect(str(door))
        with suppress(ConnectionError):
            caller.sendall(sent)
            caller.shutdown(socket.SHUT_WR)
            while caller.recv(1 << 16):
                pass

    assert Client(door).status()["portrait"] == "mona"
    assert "Traceback" not in capfd.readouterr().err


def _written(chance: Chance) -> str:
    """Texts few of which are in scripts of which the system must be asked anew who writes them."""
    if chance.one_in(30):
        return spoken(chance)
    words = ("a", "word ", "End. ", "\n", "\t", "<b>", " ", chance.choice(PHRASES), "a" * 90)
    return "".join(chance.choices(words, k=chance.randint(0, 6 * chance.size)))


@fuzz(0.006, words=_written, clear=Chance.coin, lettering=lambda chance: chance.uniform(0.5, 4))
@example(words="a" * 3000, clear=False, lettering=4.0)
def test_any_text_is_drawn_within_the_screen(words: str, clear: bool, lettering: float) -> None:
    settings = DisplaySettings(high_contrast=clear, lettering=lettering)
    caption = draw_caption(words, settings, (360, 640))

    assert caption.shape[2] == 4
    assert caption.shape[1] <= 360


@fuzz(0.002, words=_written)
def test_any_label_is_drawn_within_the_screen(words: str) -> None:
    meta = small_meta()
    label = meta.label.model_copy(update={"title": {"en": words}})
    for drawn in draw_labels(
        meta.model_copy(update={"label": label}), DisplaySettings(), (360, 640)
    ):
        assert drawn.shape[1] <= 360
