"""The staff page, asked as a browser asks it: what hangs, and the page itself."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from kiosk.console import words as words_module
from kiosk.console.words import LANGUAGES, choose_language, words
from kiosk.curation.placed import POINTS
from kiosk.errors import PackError
from kiosk.portraits.pack import load_meta, load_pack
from kiosk.portraits.programme import read_programme
from kiosk.portraits.store import mark_of
from kiosk.portraits.swap import previous_of
from tests.packs import write_small_pack
from tests.staff import Page, open_page

CONSOLE = Path(words_module.__file__).parent


@pytest.fixture(autouse=True)
def any_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small packs have weights of no network."""
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with open_page(tmp_path) as opened:
        yield opened


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
