"""Staff ask a kiosk that runs, over its socket; whatever they send, it goes on."""

import logging
import socket
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from kiosk.control.client import Client
from kiosk.control.server import MOST_BYTES, serve_staff
from kiosk.control.status import GalleryStatus, PlaceStatus, StageStatus, Status
from kiosk.control.view import View
from kiosk.errors import ControlError, PackError
from kiosk.health import Figures, Health
from kiosk.messages import Bytes
from kiosk.portraits.override import Override
from tests.fakes import ManualClock

STATUS = Status(
    version="1", portrait="mona", engine="cpu", up_s=9.0, attended=True, state="mirror", fps=30.0,
    latency_ms=50.0, shown_age_s=0.03, trying=False, dropped=0, rss_mb=700.0,
    stages={"camera": StageStatus(0.1, 2)},
)  # fmt: skip


class FakeKiosk:
    """Knows one portrait."""

    def __init__(self) -> None:
        self.told = STATUS
        self.seen: View | None = None
        self.screen: Bytes | None = np.full((1600, 900, 3), (200, 100, 50), np.uint8)
        self.hung: list[str] = []
        self.dark = False
        self.tuned: list[Override] = []

    def status(self) -> Status:
        return self.told

    def figures(self) -> Figures:
        return Health(ManualClock()).figures()

    def view(self) -> View | None:
        return self.seen

    def picture(self, timeout_s: float) -> Bytes | None:
        return self.screen

    def darken(self, dark: bool) -> None:
        self.dark = dark

    def hang_by_id(self, portrait_id: str, place: int = 1) -> None:
        if place != 1:
            raise ControlError(f"place is {place}; use 1")
        if portrait_id != "mona":
            raise PackError(f"{portrait_id}: there is no such portrait")
        self.hung.append(portrait_id)

    def tune(self, portrait_id: str, override: Override) -> None:
        self.tuned.append(override)


@pytest.fixture
def kiosk() -> FakeKiosk:
    return FakeKiosk()


@pytest.fixture
def door(kiosk: FakeKiosk, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "run" / "kiosk.sock"
    with serve_staff(kiosk, path):
        yield path


def ask(door: Path, method: str, address: str, **given: object) -> httpx.Response:
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(door)), base_url="http://k") as http:
        return http.request(method, address, **given)  # type: ignore[arg-type]


def test_a_gallery_tells_of_each_place_and_one_portrait_of_none(
    kiosk: FakeKiosk, door: Path
) -> None:
    assert "gallery" not in ask(door, "GET", "/status").json()

    places = (PlaceStatus("mona", "cpu", True, "mirror", 12.0, 90.0),)
    first = {field.name: getattr(STATUS, field.name) for field in fields(STATUS)}
    kiosk.told = GalleryStatus(**first, gallery=places)
    told = ask(door, "GET", "/status").json()

    assert told["portrait"] == "mona"
    assert [each["fps"] for each in told["gallery"]] == [12.0]


def test_a_portrait_is_hung_at_a_place(kiosk: FakeKiosk, door: Path) -> None:
    answers = [
        ask(door, "POST", "/hang", json={"portrait": "mona", "place": place}) for place in (1, 2)
    ]

    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[1].json() == {"fault": "place is 2; use 1"}
    assert kiosk.hung == ["mona"]


def test_it_tells_how_it_fares(door: Path) -> None:
    told = Client(door).status()

    assert told["portrait"] == "mona"
    assert told["stages"] == {"camera": {"age_s": 0.1, "failures": 2}}


def test_health_is_one_code_for_programs(door: Path, kiosk: FakeKiosk) -> None:
    assert ask(door, "GET", "/healthz").status_code == 200
    kiosk.told = replace(STATUS, faults=("still",), unhealthy=("still",))
    assert ask(door, "GET", "/healthz").status_code == 503


def test_what_only_staff_should_see_to_is_told_and_yet_healthy(
    door: Path, kiosk: FakeKiosk
) -> None:
    kiosk.told = replace(STATUS, faults=("no sound",))
    answer = ask(door, "GET", "/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"faults": ["no sound"], "unhealthy": []}


def test_prometheus_is_answered_in_its_own_format(door: Path) -> None:
    answer = ask(door, "GET", "/metrics")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'kiosk_build_info{version="1",' in answer.text


def test_the_picture_is_what_the_screen_shows_made_smaller(door: Path) -> None:
    data = np.frombuffer(Client(door).picture(), np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1]

    assert image.shape == (720, 405, 3)
    assert np.abs(image.astype(int) - (200, 100, 50)).max() < 6


def test_a_screen_that_does_not_answer_is_said_so(door: Path, kiosk: FakeKiosk) -> None:
    kiosk.screen = None
    with pytest.raises(ControlError, match="screen does not answer"):
        Client(door).picture()


def test_the_log_is_told_from_any_line_on(door: Path) -> None:
    for word in ("one", "two", "three"):
        logging.getLogger("kiosk.test").warning("line %s", word)
    lines = Client(door).log()["lines"]

    assert [line["text"] for line in lines] == ["line one", "line two", "line three"]
    rest = Client(door).log(after=lines[1]["number"])["lines"]
    assert [line["text"] for line in rest] == ["line three"]


def test_portraits_are_hung_and_tuned(door: Path, kiosk: FakeKiosk) -> None:
    Client(door).hang("mona")
    Client(door).tune("mona", gains={"mouth": 0.5})

    assert kiosk.hung == ["mona"]
    assert kiosk.tuned == [Override.from_record({"gains": {"mouth": 0.5}}, name="")]


@pytest.mark.parametrize(
    ("address", "body", "words"),
    [
        ("/hang", b'{"portrait": "nobody"}', "nobody: there is no such portrait"),
        ("/hang", b"{}", "portrait"),
        ("/hang", b"[1]", "JSON object"),
        ("/hang", b"\xff{", "JSON object"),
        ("/hang", b"[" * 5000, "JSON object"),
        ("/tune", b'{"portrait": "mona", "gains": {"mouth": 99}}', "gains.mouth is 99"),
        ("/tune", b'{"portrait": "mona", "gains": {"mouth": NaN}}', "gains.mouth"),
        ("/tune", b'{"portrait": "mona", "rights": "x"}', "rights is no key"),
        ("/elsewhere", b"{}", "nothing here"),
        ("/hang", b'{"portrait": "mona", "place": Infinity}', "infinity"),
        ("/hang", rb'{"portrait": "\ud83d"}', "?: there is no such portrait"),
        ("/hang", b"x" * (MOST_BYTES + 1), "bytes"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    door: Path, kiosk: FakeKiosk, address: str, body: bytes, words: str
) -> None:
    answer = ask(door, "POST", address, content=body)

    assert answer.status_code in (400, 404)
    assert words in answer.json()["fault"]
    assert "\n" not in answer.json()["fault"]
    assert not kiosk.hung
    assert not kiosk.tuned


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"GET http://[::1/status HTTP/1.0\r\n\r\n", b"there is nothing here"),
        (b"POST /hang HTTP/1.0\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", b"how many bytes"),
    ],
)
def test_an_address_or_a_length_that_is_none_is_answered(
    door: Path, sent: bytes, words: bytes
) -> None:
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(door))
        caller.sendall(sent)
        with caller.makefile("rb") as answer:
            assert words in answer.read()


def test_somebody_who_breaks_off_disturbs_nobody(door: Path) -> None:
    with socket.socket(socket.AF_UNIX) as rude:
        rude.connect(str(door))
        rude.sendall(b"POST /hang HTTP/1.1\r\nContent-Length: 50\r\n\r\n{")
        assert Client(door).status()["portrait"] == "mona"
    assert Client(door).status()["portrait"] == "mona"


def test_the_socket_is_nobody_elses_and_goes_with_the_kiosk(
    kiosk: FakeKiosk, tmp_path: Path
) -> None:
    path = tmp_path / "run" / "kiosk.sock"
    with serve_staff(kiosk, path):
        assert path.stat().st_mode & 0o007 == 0
        assert path.parent.stat().st_mode & 0o077 == 0
    assert not path.exists()
    with pytest.raises(ControlError, match="no kiosk answers at"):
        Client(path).status()


def test_a_socket_left_by_a_kiosk_that_was_killed_is_taken_over(
    kiosk: FakeKiosk, tmp_path: Path
) -> None:
    path = tmp_path / "kiosk.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with serve_staff(kiosk, path):
        assert Client(path).status()["portrait"] == "mona"


def test_a_second_kiosk_leaves_the_first_ones_socket_alone(
    door: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = FakeKiosk()
    with serve_staff(other, door):
        Client(door).hang("mona")
    assert other.hung == []
    assert Client(door).status()["portrait"] == "mona"
    assert "another kiosk answers there" in caplog.text


def test_a_file_that_is_no_socket_is_left_alone(
    kiosk: FakeKiosk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    precious = tmp_path / "precious.txt"
    precious.write_text("keep me")
    with serve_staff(kiosk, precious):
        pass
    assert precious.read_text() == "keep me"
    assert "no socket for staff can be had" in caplog.text


def test_the_screen_is_darkened_and_lit(door: Path, kiosk: FakeKiosk) -> None:
    Client(door).light(on=False)
    assert kiosk.dark
    Client(door).light(on=True)
    assert not kiosk.dark

    with pytest.raises(ControlError, match="on is true or false"):
        Client(door)._ask("POST", "/screen", {"on": "maybe"})
