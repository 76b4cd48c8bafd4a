"""A museum's server on this machine: manifests of several habits, an image service, and faults."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2
import numpy as np

from kiosk.messages import Bytes

WIDTH, HEIGHT, TILE = 260, 340, 128
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"


def artwork() -> Bytes:
    """Every place has a colour of its own: (HEIGHT, WIDTH, 3) RGB."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return np.stack([x * 255 // WIDTH, y * 255 // HEIGHT, (x + y) % 256], -1).astype(np.uint8)


def encode(picture: Bytes, suffix: str) -> bytes:
    return bytes(cv2.imencode(suffix, picture[:, :, ::-1])[1].tobytes())


FILES = {
    "/page": (b"<html><body>Welcome to our museum</body></html>", "text/html"),
    "/half.json": (b'{"@type": "sc:Manifest", "label": "Half', "application/json"),
    "/list.json": (b"[1, 2]", "application/json"),
    "/text.jpg": (b"no picture at all", "image/jpeg"),
    "/whole.png": (encode(artwork(), ".png"), "image/png"),
}
ELSEWHERE = {"/loop": "/loop", "/moved": "/v3.json"}
ENDLESS = {"/endless": (b"x" * 65536, 0.0), "/trickle": (b" ", 0.02)}


class Museum:
    """What is served: paths to answers, and the paths that were asked for."""

    def __init__(self) -> None:
        self.address = ""
        self.records: dict[str, Any] = {}
        self.whole = True  # whether the image service gives the whole picture
        self.asked: list[str] = []

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path
        self.asked.append(path)
        if path in self.records:
            send(handler, json.dumps(self.records[path]).encode(), "application/ld+json")
        elif path in FILES:
            send(handler, *FILES[path])
        elif path in ELSEWHERE:
            handler.send_response(302)
            handler.send_header("Location", ELSEWHERE[path])
            handler.end_headers()
        elif path.startswith(("/image2/", "/image3/")):
            self._answer_picture(handler, path)
        elif path in ENDLESS:
            self._send_for_ever(handler, *ENDLESS[path])
        elif path == "/silent":
            time.sleep(3)
        else:
            handler.send_error(404)

    def _answer_picture(self, handler: BaseHTTPRequestHandler, path: str) -> None:
        region, size = path.split("/")[2:4]
        picture = artwork()
        if region == "full":
            if not self.whole:
                handler.send_error(501)
                return
        else:
            x, y, width, height = map(int, region.split(","))
            picture = picture[y : y + height, x : x + width]
        if size not in ("full", "max"):
            width = int(size.split(",")[0])
            height = round(len(picture) * width / picture.shape[1])
            picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        send(handler, encode(picture, ".png"), "image/png")

    def _send_for_ever(self, handler: BaseHTTPRequestHandler, block: bytes, pause_s: float) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            for _ in range(2000):
                handler.wfile.write(block)
                time.sleep(pause_s)
        except OSError:  # whoever asked has gone
            pass


def send(handler: BaseHTTPRequestHandler, content: bytes, kind: str) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", f"{kind}; charset=utf-8")
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


@contextmanager
def open_museum() -> Iterator[Museum]:
    museum = Museum()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            museum.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    museum.address = f"http://127.0.0.1:{server.server_port}"
    fill(museum)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield museum
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fill(museum: Museum) -> None:
    """Manifests as museums write them."""
    at = museum.address
    museum.records |= {
        "/image2/info.json": {
            "@context": "http://iiif.io/api/image/2/context.json", "@id": f"{at}/image2",
            "protocol": "http://iiif.io/api/image", "width": WIDTH, "height": HEIGHT,
            "tiles": [{"width": TILE, "scaleFactors": [1, 2, 4]}],
            "profile": ["http://iiif.io/api/image/2/level1.json"],
        },
        "/image3/info.json": {
            "@context": "http://iiif.io/api/image/3/context.json", "id": f"{at}/image3",
            "type": "ImageService3", "protocol": "http://iiif.io/api/image",
            "profile": "level1", "width": WIDTH, "height": HEIGHT,
            "tiles": [{"width": TILE, "height": 100, "scaleFactors": [4, 2, 1]}],
        },
        "/v3.json": v3(at), "/v2.json": v2(at), "/plain2.json": plain2(at),
        "/choice3.json": choice3(at),
        "/collection.json": {"id": f"{at}/c", "type": "Collection", "items": []},
        "/empty.json": {"id": f"{at}/e", "type": "Manifest", "label": {"en": ["x"]}, "items": []},
        "/other.json": {"type": "Dataset"},
    }  # fmt: skip


def painting3(body: dict[str, Any]) -> dict[str, Any]:
    note = {"type": "Annotation", "motivation": "painting", "body": body}
    return {"type": "Canvas", "items": [{"type": "AnnotationPage", "items": [note]}]}


def v3(at: str) -> dict[str, Any]:
    """Two pictures, labels in two languages, a required statement, a home page."""
    service = {"id": f"{at}/image3", "type": "ImageService3", "profile": "level1"}
    body = {"id": f"{at}/image3/full/max/0/default.jpg", "type": "Image", "service": [service]}
    other = {"id": f"{at}/whole.png", "type": "Image", "format": "image/png"}
    return {
        "@context": "http://iiif.io/api/presentation/3/context.json", "id": f"{at}/v3.json",
        "type": "Manifest", "label": {"en": ["The Lace Maker"], "fr": ["La Dentellière"]},
        "metadata": [
            {"label": {"en": ["Medium"]}, "value": {"none": ["Oil"]}},
            {"label": {"en": ["Creator"], "fr": ["Auteur"]}, "value": {"none": ["J. Vermeer"]}},
            {"label": {"en": ["Date"]}, "value": {"en": ["about 1669"], "fr": ["vers 1669"]}},
            {"label": {"en": ["Repository"]}, "value": {"en": ["Museum of Lace"]}},
        ],
        "summary": {"en": ["<p>A woman at work.</p>"], "fr": ["Une femme au travail."]},
        "rights": CC0,
        "requiredStatement": {
            "label": {"en": ["Attribution"]}, "value": {"en": ["<b>Museum</b> &amp; friends"]}
        },
        "homepage": [{"id": "https://museum.example/lace", "type": "Text"}],
        "items": [painting3(body), painting3(other)],
    }  # fmt: skip


def v2(at: str) -> dict[str, Any]:
    """Version 2: JSON-LD habits, text in lists, rights of the museum's own."""
    service = {
        "@context": "http://iiif.io/api/image/2/context.json", "@id": f"{at}/image2/",
        "profile": "http://iiif.io/api/image/2/level1.json",
    }  # fmt: skip
    resource = {"@id": f"{at}/image2/full/full/0/default.jpg", "service": service}
    image = {"@type": "oa:Annotation", "motivation": "sc:painting", "resource": resource}
    return {
        "@context": "http://iiif.io/api/presentation/2/context.json", "@id": f"{at}/v2.json",
        "@type": "sc:Manifest",
        "label": [
            {"@value": "Bildnis", "@language": "de"}, {"@value": "Portrait", "@language": "en"}
        ],
        "metadata": [
            {"label": "Künstler:", "value": "A. Dürer"},
            {"label": "Sammlung", "value": "Graphik"},
            {"label": [{"@value": "Datierung", "@language": "de"}], "value": ["1500", "um 1500"]},
        ],
        "description": "Ein Bildnis.",
        "license": "https://museum.example/terms", "attribution": "Museum in Example",
        "related": {"@id": "https://museum.example/bildnis", "format": "text/html"},
        "sequences": [{"canvases": [{"@type": "sc:Canvas", "images": [image]}]}],
    }  # fmt: skip


def plain2(at: str) -> dict[str, Any]:
    """Version 2 without an image service: a picture's address alone."""
    image = {"resource": {"@id": f"{at}/whole.png", "@type": "dctypes:Image"}}
    return {
        "@type": "sc:Manifest", "label": "Untitled",
        "sequences": [{"canvases": [{"images": [image]}]}],
    }  # fmt: skip


def choice3(at: str) -> dict[str, Any]:
    """A choice of views, the first in visible light."""
    views = [{"id": f"{at}/{name}", "type": "Image"} for name in ("whole.png", "xray.png")]
    return {
        "type": "Manifest", "label": {"none": ["Choice"]},
        "items": [painting3({"type": "Choice", "items": views})],
    }  # fmt: skip
