"""Whatever is asked, said or sent by others: an answer of ours, and the show goes on."""

import logging
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.control.client import Client
from kiosk.control.server import serve_staff
from kiosk.curation.iiif import read_manifest
from kiosk.curation.iiif_image import Service
from kiosk.curation.script import in_rows
from kiosk.display.captions import draw_caption
from kiosk.display.label import draw_labels
from kiosk.display.settings import DisplaySettings
from kiosk.errors import CatalogueError
from kiosk.portraits.captions import Cue, read_captions, write_captions
from tests.fuzz.cases import damaged, fuzz, in_json, json_values
from tests.packs import small_meta
from tests.test_control import FakeKiosk

IIIF = (
    "type", "@type", "items", "sequences", "canvases", "images", "resource", "body", "service",
    "id", "@id", "label", "metadata", "value", "rights", "license", "requiredStatement", "homepage",
    "@value", "@language", "related", "attribution", "summary", "en", "not a language", "none",
)  # fmt: skip
SERVICE = ("width", "height", "profile", "maxWidth", "maxArea", "tiles", "scaleFactors", "id")
PICTURE = {"type": "Image", "id": "https://museum.example/1.jpg"}
CANVAS = {"items": [{"items": [{"body": PICTURE}]}]}
ASKED = (
    b"GET /status HTTP/1.1\r\nHost: k\r\n\r\n",
    b"GET /log?after=1 HTTP/1.0\r\n\r\n",
    b'POST /hang HTTP/1.1\r\nContent-Length: 20\r\n\r\n{"portrait": "mona"}',
    b'POST /tune HTTP/1.1\r\nContent-Length: 43\r\n\r\n{"portrait": "mona", "gains": {"mouth": 1}}',
)
LONG = b"GET /status HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 900) for n in range(90))
# scripts written from both sides, joined letters, marks, private ones, none at all
LETTERS = (
    st.text(max_size=60)
    | st.text(st.characters(categories=["Cc", "Cf", "Co", "Zl", "Zp", "Mn"]), max_size=20)
    | st.text("abc אבג عربي ไทย 中文 हिन्दी \u202e\u2066\u0301\t\n👩‍👩‍👧", max_size=60)
    | st.builds(lambda word, n: word * n, st.sampled_from(("a", "wide ", "\u0301", "ﷺ")),
                st.integers(1, 400))
)  # fmt: skip


@fuzz(0.08)
@given(
    record=st.fixed_dictionaries(
        {"type": st.sampled_from(("Manifest", "sc:Manifest"))},
        optional={key: json_values("https://a.example/b", keys=IIIF) for key in IIIF[2:]},
    ),
    pictured=st.booleans(),
)
@example(record={"type": "Manifest", "label": {"not a language": ["A"]}}, pictured=True)
def test_a_catalogue_is_understood_or_refused(record: dict[str, Any], pictured: bool) -> None:
    with suppress(CatalogueError):
        entry = read_manifest(in_json(record | {"items": [CANVAS]} if pictured else record))
        assert entry.image or entry.service


@fuzz(0.03)
@given(
    record=st.dictionaries(
        st.sampled_from(SERVICE), json_values(keys=SERVICE) | st.integers(1, 9000)
    )
)
@example(record={"width": float("inf"), "height": 1})
@example(record={"width": 10**400, "height": 10**400, "maxArea": 5})
@example(record={"width": 10, "height": 10, "maxWidth": float("inf")})
def test_an_image_service_is_understood_or_refused(record: dict[str, Any]) -> None:
    with suppress(CatalogueError):
        service = Service.read(in_json(record), "https://a.example")
        assert min(service.most) >= 1


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("run") / "kiosk.sock"
    with serve_staff(FakeKiosk(), path):
        yield path


@fuzz(0.04)
@given(sent=damaged(*ASKED) | st.binary(max_size=400))
@example(sent=LONG)
@example(sent=b"GET //[ HTTP/1.1\r\n\r\n")
@example(sent=b"POST /hang HTTP/1.1\r\nContent-Length: 999999999999999999999\r\n\r\n")
@example(sent="POST /hang HTTP/1.1\r\nContent-Length: ²\r\n\r\n".encode())
@example(sent=b"GET /log?after=" + b"9" * 5000 + b" HTTP/1.0\r\n\r\n")
def test_whatever_is_sent_to_the_socket_staff_are_answered(
    door: Path, capfd: pytest.CaptureFixture[str], sent: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(10.0)
        caller.connect(str(door))
        caller.sendall(sent)
        caller.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while caller.recv(1 << 16):
                pass

    assert Client(door).status()["portrait"] == "mona"
    assert "Traceback" not in capfd.readouterr().err


@fuzz(0.03)
@given(text=LETTERS, clear=st.booleans(), lettering=st.floats(0.5, 4))
@example(text="a" * 3000, clear=False, lettering=4.0)
def test_any_text_is_drawn_within_the_screen(text: str, clear: bool, lettering: float) -> None:
    settings = DisplaySettings(high_contrast=clear, lettering=lettering)
    caption = draw_caption(text, settings, (360, 640))

    assert caption.shape[2] == 4
    assert caption.shape[1] <= 360


@fuzz(0.01)
@given(text=LETTERS)
def test_any_label_is_drawn_within_the_screen(text: str) -> None:
    meta = small_meta()
    label = meta.label.model_copy(update={"title": {"en": text}})
    for drawn in draw_labels(
        meta.model_copy(update={"label": label}), DisplaySettings(), (360, 640)
    ):
        assert drawn.shape[1] <= 360


@fuzz(0.05)
@given(text=LETTERS)
def test_a_text_in_rows_leaves_nothing_out(text: str) -> None:
    assert "".join("".join(in_rows(text)).split()) == "".join(text.split())


@fuzz(0.05)
@given(text=LETTERS)
def test_captions_that_are_written_can_be_read(text: str) -> None:
    logging.getLogger("webvtt").setLevel(logging.ERROR)
    rows = [row for row in in_rows(text) if row.strip()]
    cues = [Cue(float(n), n + 0.5, row) for n, row in enumerate(rows)]
    read = read_captions(write_captions(cues), name="fuzz")

    assert [(cue.begin_s, cue.end_s) for cue in read] == [(c.begin_s, c.end_s) for c in cues]
