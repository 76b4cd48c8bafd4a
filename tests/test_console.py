"""The staff page, asked as a browser asks it."""

import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from kiosk.config import Config, PortraitSettings
from kiosk.console import words as words_module
from kiosk.console.app import build_page
from kiosk.console.desk import Desk
from kiosk.console.guard import HEADER
from kiosk.console.inbox import Inbox
from kiosk.console.jobs import Jobs
from kiosk.console.words import LANGUAGES, choose_language, words
from kiosk.curation.placed import POINTS
from kiosk.errors import ControlError, PackError
from kiosk.motion.face_model import load_face_model
from kiosk.portraits.pack import load_meta, load_pack
from kiosk.portraits.programme import read_programme
from kiosk.portraits.store import mark_of
from kiosk.portraits.swap import previous_of
from tests.fakes import photograph
from tests.packs import write_small_pack

CONSOLE = Path(words_module.__file__).parent
STATUS = {
    "portrait": "mona", "engine": "cpu", "fps": 30.0, "latency_ms": 50.0, "faults": [],
    "attended": True, "up_s": 60.0, "rss_mb": 700.0,
}  # fmt: skip


class FakeKiosk:
    """Stands in for the client of a kiosk that runs."""

    def __init__(self) -> None:
        self.runs = True
        self.hung: list[str] = []
        self.tuned: list[tuple[str, dict[str, Any]]] = []

    def status(self) -> dict[str, Any]:
        if not self.runs:
            raise ControlError("no kiosk answers")
        return STATUS

    def picture(self) -> bytes:
        self.status()
        return b"\xff\xd8jpeg"

    def log(self, after: int = 0) -> dict[str, Any]:
        line = {"number": after + 1, "at": 0.0, "level": "INFO", "text": "<b>hello</b>"}
        return {"began": 0.0, "lines": [line]}

    def hang(self, portrait_id: str) -> None:
        self.hung.append(portrait_id)

    def tune(self, portrait_id: str, **changes: Any) -> None:
        self.tuned.append((portrait_id, changes))


class Page:
    """A browser's side, with the secret that our pages carry."""

    def __init__(self, desk: Desk, kiosk: FakeKiosk) -> None:
        guard = build_page(desk, ["localhost"])
        self.desk, self.kiosk = desk, kiosk
        self.client = TestClient(guard, base_url="http://localhost", headers={HEADER: guard.secret})

    def html(self, address: str, language: str = "en") -> str:
        answer = self.client.get(address, headers={"Accept-Language": language})
        assert answer.status_code == 200, answer.text
        return answer.text

    def ask(self, method: str, address: str, record: object = None) -> tuple[int, dict[str, Any]]:
        answer = self.client.request(method, address, json=record)
        return answer.status_code, answer.json()

    def finished(self, number: int) -> dict[str, Any]:
        gives_up_at = time.monotonic() + 120
        while time.monotonic() < gives_up_at:
            _, state = self.ask("GET", f"/api/jobs/{number}")
            if state["done"]:
                return state
            time.sleep(0.05)
        raise AssertionError(state)


@pytest.fixture(autouse=True)
def any_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small packs have weights of no network."""
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    folder = tmp_path / "packs"
    for portrait in ("mona", "girl"):
        write_small_pack(folder, portrait)
    kiosk = FakeKiosk()
    config = tmp_path / "config.toml"
    config.write_text('[portraits]\nfolder = "packs"\n')
    desk = Desk(
        config=Config(portraits=PortraitSettings(folder=folder)),
        config_path=config,
        kiosk=kiosk,  # type: ignore[arg-type]
        jobs=Jobs(),
        inbox=Inbox(tmp_path / "inbox"),
        reports=tmp_path / "reports",
    )
    yield Page(desk, kiosk)
    desk.jobs.close()


def test_every_room_opens_in_every_language(page: Page) -> None:
    for language in LANGUAGES:
        for address in ("/", "/portraits/mona", "/new", "/programme", "/log"):
            html = page.html(address, language)
            assert f'<html lang="{language}">' in html
            assert page.client.get("/static/console.css").status_code == 200


def test_all_languages_say_the_same_things_with_the_same_places() -> None:
    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in Formatter().parse(text)}

    tables = [words_module._read(language) for language in LANGUAGES]
    for other in tables[1:]:
        assert {name: set(table) for name, table in tables[0].items()} == {
            name: set(table) for name, table in other.items()
        }
        for name, table in tables[0].items():
            for key, text in table.items():
                assert places(text) == places(other[name][key]), f"{name}.{key}"


def test_every_word_that_a_room_asks_for_is_there() -> None:
    english = words_module._read("en")
    asked = set()
    for path in (CONSOLE / "templates").glob("*.html"):
        asked |= set(re.findall(r't\("(\w+\.[\w-]+)"', path.read_text()))
    for path in (CONSOLE / "static").glob("*.js"):
        asked |= {f"script.{key}" for key in re.findall(r'word\("(\w+)"', path.read_text())}
    asked |= {f"script.point_{name}" for name in (*POINTS, "whole")}

    missing = [key for key in asked if key.split(".")[1] not in english[key.split(".")[0]]]
    assert asked
    assert missing == []


@pytest.mark.parametrize(
    ("setting", "accepted", "language"),
    [
        ("auto", "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("auto", "de,en;q=0.5", "en"),
        ("auto", "", "en"),
        ("fr", "en", "fr"),
    ],
)
def test_the_page_speaks_what_the_browser_asks_for(
    setting: str, accepted: str, language: str
) -> None:
    assert choose_language(setting, accepted) == language


def test_a_chosen_language_stays(page: Page) -> None:
    page.client.get("/language/fr")
    assert '<html lang="fr">' in page.html("/", "en")


def test_nothing_comes_from_elsewhere_and_no_script_stands_in_a_page(page: Page) -> None:
    for address in ("/", "/portraits/mona", "/new", "/programme", "/log"):
        html = page.html(address)
        sources = re.findall(r'(?:src|href)="([^"]*)"', html)
        assert all(source.startswith(("/", "#")) for source in sources), sources
        for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", html, re.S):
            assert body == "" or 'type="application/json"' in attributes
        assert not re.search(r"\son\w+=", html)


def test_labels_cannot_smuggle_markup_in(page: Page) -> None:
    page.ask("PATCH", "/api/portraits/mona/changes", {"label": {"title": {"en": "<script>'"}}})

    for room in ("/", "/portraits/mona"):
        html = page.html(room)
        assert "<script>'" not in html
        assert "&lt;script&gt;&#39;" in html
        assert "&amp;#39;" not in html  # nor is it escaped twice


def test_the_kiosks_state_is_told_also_when_it_does_not_run(page: Page) -> None:
    assert page.ask("GET", "/api/status")[1]["runs"] is True
    assert page.client.get("/api/screen.jpg").content == b"\xff\xd8jpeg"
    assert page.ask("GET", "/api/log?after=4")[1]["lines"][0]["number"] == 5

    page.kiosk.runs = False
    assert page.ask("GET", "/api/status") == (200, {"runs": False, "faults": ["no kiosk answers"]})
    assert page.ask("GET", "/api/screen.jpg") == (400, {"fault": "no kiosk answers"})


def test_portraits_are_hung_and_tried_out_through_the_kiosk(page: Page) -> None:
    page.ask("POST", "/api/portraits/girl/hang")
    page.ask("POST", "/api/portraits/girl/try", {"gains": {"mouth": 0.5}})

    assert page.kiosk.hung == ["girl"]
    assert page.kiosk.tuned[0][0] == "girl"
    assert page.kiosk.tuned[0][1]["gains"]["mouth"] == 0.5


def test_changes_are_kept_beside_the_pack_and_taken_back(page: Page) -> None:
    folder = page.desk.find("mona")
    before = load_meta(folder)
    page.ask("PATCH", "/api/portraits/mona/changes", {"gains": {"mouth": 0.5}})
    page.ask("PATCH", "/api/portraits/mona/changes", {"gains": {"gaze": 0.7}})
    page.ask("PATCH", "/api/portraits/mona/changes", {"label": {"title": {"de": "Verlauf"}}})
    after = load_meta(folder)
    assert (after.gains.mouth, after.gains.gaze) == (0.5, 0.7)
    assert (after.gains.brows, after.limits) == (before.gains.brows, before.limits)
    assert (after.label.title, after.label.date) == ({"de": "Verlauf"}, before.label.date)
    assert 'data-changed="true"' in page.html("/portraits/mona")

    page.ask("DELETE", "/api/portraits/mona/changes")
    assert load_meta(folder) == before
    load_pack(folder)


@pytest.mark.parametrize(
    ("method", "address", "record", "words"),
    [
        ("POST", "/api/portraits/nobody/hang", None, "no such portrait"),
        ("POST", "/api/portraits/..%2f..%2fetc/hang", None, None),
        ("POST", "/api/portraits/mona/try", {"gains": {"mouth": 99}}, "gains.mouth is 99"),
        ("PATCH", "/api/portraits/mona/changes", {"rights": "x"}, "rights is no key"),
        ("PATCH", "/api/portraits/mona/changes", [1], "JSON object"),
        ("POST", "/api/manifests", {"manifest": "https://x", "canvas": 1e9}, "use 1 to"),
        ("POST", "/api/pictures/0123456789abcdef/mesh", {"points": [1]}, "understood"),
        ("POST", "/api/portraits/mona/rollback", None, "no version before"),
        ("PUT", "/api/programme", {"hours": [{"begins": "9", "portraits": ["mona"]}]}, "begins"),
        ("PUT", "/api/programme", {"hours": [{"begins": "09:00", "portraits": ["x"]}]}, "x"),
        ("POST", "/api/manifests", {"manifest": "file:///etc/passwd"}, "https://"),
        ("POST", "/api/pictures/0123456789abcdef/look", {}, "not here any more"),
        ("POST", "/api/pictures/..%2f..%2f/look", {}, None),
        ("GET", "/api/jobs/99", None, "no job 99"),
        ("GET", "/api/log?after=x", None, "cannot be understood"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    page: Page, method: str, address: str, record: object, words: str | None
) -> None:
    answer = page.client.request(method, address, json=record)

    assert answer.status_code in (400, 404)
    if words is not None:
        assert words in answer.json()["fault"]
        assert "\n" not in answer.json()["fault"]
    assert page.kiosk.hung == []


def test_a_portrait_is_removed_for_good_with_its_changes(page: Page) -> None:
    page.ask("PATCH", "/api/portraits/girl/changes", {"gains": {"mouth": 0.5}})
    write_small_pack(page.desk.folder, "girl")  # a newer one
    (page.desk.reports / "girl").mkdir()
    assert page.ask("DELETE", "/api/portraits/girl")[0] == 200

    with pytest.raises(PackError):
        page.desk.find("girl")
    write_small_pack(page.desk.folder, "girl")
    assert load_meta(page.desk.find("girl")).gains.mouth != 0.5
    assert not previous_of(page.desk.find("girl")).exists()
    assert not (page.desk.reports / "girl").exists()


def test_the_version_before_is_brought_back(page: Page) -> None:
    older = mark_of(page.desk.find("mona"))
    write_small_pack(page.desk.folder, "mona")
    assert mark_of(page.desk.find("mona")) != older
    assert page.ask("POST", "/api/portraits/mona/rollback")[0] == 200
    assert mark_of(page.desk.find("mona")) == older


def test_a_damaged_version_before_is_not_hung(page: Page) -> None:
    write_small_pack(page.desk.folder, "mona")
    newer = mark_of(page.desk.find("mona"))
    (previous_of(page.desk.find("mona")) / "matte.png").write_bytes(b"half")
    status, told = page.ask("POST", "/api/portraits/mona/rollback")

    assert status == 400
    assert "matte.png" in told["fault"]
    assert mark_of(page.desk.find("mona")) == newer


def test_a_portrait_goes_out_as_a_file(page: Page) -> None:
    answer = page.client.get("/api/portraits/mona/file")

    assert answer.content.startswith(b"PK")
    assert 'filename="mona.portrait"' in answer.headers["content-disposition"]


def test_a_programme_is_kept(page: Page) -> None:
    record = {"every_s": 30, "hours": [{"begins": "09:00", "portraits": ["girl", "mona"]}]}

    assert page.ask("PUT", "/api/programme", record) == (200, {})
    assert read_programme(page.desk.config.portraits).at("10:00") == ("girl", "mona")
    assert "girl" in page.html("/programme")


def send(page: Page, address: str, name: str, content: bytes) -> tuple[int, dict[str, Any]]:
    answer = page.client.post(address, params={"name": name}, content=content)
    return answer.status_code, answer.json()


def test_a_file_that_is_no_picture_by_its_name_is_refused_and_leaves_nothing(page: Page) -> None:
    status, told = send(page, "/api/pictures", "virus.exe", b"x")

    assert status == 400
    assert "virus.exe: its name must end in .jpg" in told["fault"]
    assert send(page, "/api/packs", "mona.zip", b"x")[0] == 400


@pytest.mark.parametrize(
    "name", ["../../etc/x.jpg", "..jpg.jpg", "-rf.jpg", "a b\n'\".jpg", "é.jpg"]
)
def test_a_pictures_name_leads_nowhere(page: Page, name: str) -> None:
    _, told = send(page, "/api/pictures", name, b"x")
    sent = page.desk.inbox.get(told["key"])

    assert sent.file.read_bytes() == b"x"
    assert sent.file.parent.parent == sent.folder
    assert not sent.file.name.startswith(("-", "."))


def test_points_placed_by_hand_become_the_mesh_and_are_kept(page: Page) -> None:
    import cv2

    done, jpeg = cv2.imencode(".png", np.full((600, 500, 3), 128, np.uint8))
    assert done
    key = send(page, "/api/pictures", "carved.png", jpeg.tobytes())[1]["key"]
    topology = page.ask("GET", "/api/topology")[1]
    assert set(topology["points"]) == set(POINTS)
    told = page.ask("GET", f"/api/pictures/{key}/points")[1]
    assert told == {"size": [500, 600], "points": {}}

    mean = load_face_model().mean
    points = {name: [250 + 150 * mean[n, 0], 300 + 150 * mean[n, 1]] for name, n in POINTS.items()}
    status, mesh = page.ask("POST", f"/api/pictures/{key}/mesh", {"points": points})
    assert status == 200
    drawn = np.array(mesh["landmarks"])[:468]
    assert np.abs(drawn - (250, 300) - 150 * mean[:468, :2]).max() < 1.0

    page.ask("PUT", f"/api/pictures/{key}/points", {"points": points})
    kept = page.ask("GET", f"/api/pictures/{key}/points")[1]["points"]
    assert kept["chin"] == pytest.approx(points["chin"])
    page.ask("PUT", f"/api/pictures/{key}/points", {"points": {}})
    assert page.ask("GET", f"/api/pictures/{key}/points")[1]["points"] == {}


def test_too_few_points_are_refused_by_name(page: Page) -> None:
    key = send(page, "/api/pictures", "carved.png", b"x")[1]["key"]
    status, told = page.ask("PUT", f"/api/pictures/{key}/points", {"points": {"chin": [1, 2]}})

    assert status == 400
    assert "left_eye_outer" in told["fault"]


def test_a_picture_is_looked_at_and_its_room_shows_what_was_seen(
    page: Page, tmp_path: Path
) -> None:
    import cv2

    image = photograph()
    _, data = cv2.imencode(".jpg", image[:, :, ::-1])
    key = send(page, "/api/pictures", "Grace Hopper.jpg", data.tobytes())[1]["key"]
    state = page.finished(page.ask("POST", f"/api/pictures/{key}/look", {})[1]["job"])

    assert "fault" not in state, state
    assert set(state["points"]) == set(POINTS)
    assert any("soft" in remark for remark in state["remarks"])
    assert page.client.get(f"/api/pictures/{key}/preview.png").content.startswith(b"\x89PNG")
    assert page.client.get(f"/api/pictures/{key}/picture.jpg").content.startswith(b"\xff\xd8")
    html = page.html(f"/pictures/{key}")
    assert 'id="make"' in html
    assert 'value="Grace Hopper"' in html
    assert "soft" in html


def test_a_picture_without_a_face_offers_to_place_it_by_hand(page: Page) -> None:
    import cv2

    _, data = cv2.imencode(".png", np.full((400, 400, 3), 90, np.uint8))
    key = send(page, "/api/pictures", "wall.png", data.tobytes())[1]["key"]
    state = page.finished(page.ask("POST", f"/api/pictures/{key}/look", {})[1]["job"])

    assert "no face was found" in state["fault"]
    html = page.html(f"/pictures/{key}")
    assert "no face was found" in html
    assert f"/pictures/{key}/points" in html


def test_what_a_curator_says_reaches_the_command_line_whole(page: Page, tmp_path: Path) -> None:
    shows = tmp_path / "shows.py"
    shows.write_text("import json, sys\nprint(json.dumps({'given': sys.argv[1:]}))\n")
    page.desk.jobs._command = [sys.executable, str(shows)]
    key = send(page, "/api/pictures", "a.jpg", b"x")[1]["key"]
    record = {
        "id": "mona-2", "title": "--replace", "artist": "", "minutes": 0.2, "language": "fr",
        "rights": "https://creativecommons.org/publicdomain/mark/1.0/", "face": 2,
    }  # fmt: skip
    job = page.ask("POST", f"/api/pictures/{key}/add", record)[1]["job"]
    given = page.finished(job)["given"]

    assert given[0] == "add"
    assert {
        "--title=--replace",
        "--id=mona-2",
        "--minutes=0.2",
        "--language=fr",
        "--face=2",
    } <= set(given)
    assert "--replace" not in given
    assert not any(word.startswith("--artist") for word in given)


@pytest.mark.parametrize("name", ["", "../x", "-x", "Ä", "a/b"])
def test_a_short_name_that_is_none_is_refused(page: Page, name: str) -> None:
    key = send(page, "/api/pictures", "a.jpg", b"x")[1]["key"]
    status, told = page.ask("POST", f"/api/pictures/{key}/add", {"id": name})

    assert status == 400
    assert "short name" in told["fault"]


def test_a_file_that_is_no_portrait_is_refused_with_its_name(page: Page) -> None:
    status, told = send(page, "/api/packs", "girl.portrait", b"PK no zip")
    state = page.finished(told["job"])

    assert status == 200
    assert "girl.portrait is refused" in state["fault"]
    assert list(page.desk.inbox._root.iterdir()) == []


def test_reports_are_shown_and_nothing_beside_them(page: Page) -> None:
    folder = page.desk.reports / "mona"
    folder.mkdir()
    (folder / "index.html").write_text("<h1>well made</h1>")
    shutil.copy(__file__, page.desk.reports.parent / "secret.txt")

    assert "well made" in page.client.get("/reports/mona/").text
    assert page.client.get("/reports/%2e%2e/secret.txt").status_code == 404
    assert "/reports/mona/" in page.html("/portraits/mona")


def test_words_fill_their_places() -> None:
    assert words("en")("wall.busy", about="mona") == "A portrait is being made: mona."
