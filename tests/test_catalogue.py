"""A museum's catalogue: the right picture and the right words, whatever a museum's habits are."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from kiosk.__main__ import main
from kiosk.curation import fetch
from kiosk.curation.catalogue import Catalogued, fetch_artwork
from kiosk.curation.commission import Commission
from kiosk.curation.fetch import Web
from kiosk.curation.iiif_image import Service
from kiosk.errors import CatalogueError
from kiosk.messages import Bytes
from tests.museum import CC0, HEIGHT, WIDTH, Museum, artwork, open_museum


@pytest.fixture
def museum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Museum]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with open_museum() as opened:
        yield opened


def find(museum: Museum, path: str, canvas: int = 1) -> Catalogued:
    return fetch_artwork(f"{museum.address}{path}", canvas)


def picture(found: Catalogued) -> Bytes:
    image = cv2.imdecode(np.fromfile(found.picture, np.uint8), cv2.IMREAD_COLOR)
    return np.ascontiguousarray(image[:, :, ::-1])


def test_version_3_gives_words_in_all_languages(museum: Museum) -> None:
    found = find(museum, "/v3.json")
    label = found.entry.label

    assert label.title == {"en": "The Lace Maker", "fr": "La Dentellière"}
    assert label.artist == {"en": "J. Vermeer"}
    assert label.date == {"en": "about 1669", "fr": "vers 1669"}
    assert label.collection == {"en": "Museum of Lace"}
    assert label.text == {"en": "A woman at work.", "fr": "Une femme au travail."}
    assert found.entry.rights == CC0
    assert found.entry.required_statement == "Museum & friends"
    assert found.entry.homepage == "https://museum.example/lace"
    assert "/v3.json, picture 1" in found.provenance


def test_version_2_gives_words_and_rights_of_its_own_are_said(museum: Museum) -> None:
    entry = find(museum, "/v2.json").entry

    assert entry.label.title == {"de": "Bildnis", "en": "Portrait"}
    assert entry.label.artist == {"en": "A. Dürer"}
    assert entry.label.date == {"en": "1500; um 1500"}
    assert entry.label.collection == {"en": "Graphik"}
    assert entry.label.text == {"en": "Ein Bildnis."}
    assert entry.rights == ""
    assert entry.required_statement == "Museum in Example https://museum.example/terms"
    assert entry.homepage == "https://museum.example/bildnis"
    assert "https://museum.example/terms" in entry.warnings[0]


@pytest.mark.parametrize(
    ("path", "canvas"),
    [
        ("/v3.json", 1), ("/v3.json", 2), ("/v2.json", 1), ("/plain2.json", 1),
        ("/choice3.json", 1), ("/moved", 1),
    ],
)  # fmt: skip
def test_every_habit_gives_the_picture(museum: Museum, path: str, canvas: int) -> None:
    np.testing.assert_array_equal(picture(find(museum, path, canvas)), artwork())


@pytest.mark.parametrize("path", ["/v2.json", "/v3.json"])
def test_where_the_whole_is_refused_it_is_put_together(museum: Museum, path: str) -> None:
    museum.whole = False
    museum.records[path] = strip_addresses(museum.records[path])

    np.testing.assert_array_equal(picture(find(museum, path)), artwork())
    assert len([each for each in museum.asked if "0/default" in each]) > 6


@pytest.mark.parametrize("version", [2, 3])
def test_tiles_are_preferred_to_a_picture_that_is_limited(museum: Museum, version: int) -> None:
    museum.records[f"/image{version}/info.json"] |= {"maxWidth": 100}

    np.testing.assert_array_equal(picture(find(museum, f"/v{version}.json")), artwork())


@pytest.mark.parametrize(
    ("limits", "size"),
    [
        ({"maxWidth": 130}, (99, 129)),  # and so high at most
        ({"maxWidth": 200, "maxHeight": 170}, (130, 170)),
        ({"maxArea": WIDTH * HEIGHT // 4}, (130, 170)),
        ({"profile": ["level0", {"maxWidth": 130}]}, (99, 129)),
    ],
)
@pytest.mark.parametrize("version", [2, 3])
def test_limits_of_a_service_without_tiles_are_kept(
    museum: Museum, version: int, limits: dict[str, object], size: tuple[int, int]
) -> None:
    museum.records[f"/image{version}/info.json"] |= limits | {"tiles": []}

    assert picture(find(museum, f"/v{version}.json")).shape[1::-1] == size


def test_a_picture_is_asked_for_once(museum: Museum) -> None:
    find(museum, "/v3.json")
    before = len(museum.asked)
    find(museum, "/v3.json")

    assert museum.asked[before:] == ["/v3.json"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/page", "the server sent a web page"),
        ("/half.json", "no JSON, or only a part of it"),
        ("/list.json", "is JSON, but no manifest"),
        ("/loop", "from address to address without end"),
        ("/nowhere", "the server says 404"),
        ("/collection.json", "is a collection; give the address of one artwork's manifest"),
        ("/other.json", "is no IIIF manifest"),
        ("/empty.json", "has 0 pictures; there is no canvas 1"),
        ("/endless", "is larger than 32 MB"),
    ],
)
def test_a_server_that_misbehaves_is_told_by_address(
    museum: Museum, tmp_path: Path, path: str, words: str
) -> None:
    with pytest.raises(CatalogueError, match=rf"{museum.address}{path}: .*{words}"):
        find(museum, path)
    assert not (tmp_path / "cache").exists()


def test_a_canvas_that_is_not_there_is_told(museum: Museum) -> None:
    with pytest.raises(CatalogueError, match="has 2 pictures; there is no canvas 3"):
        find(museum, "/v3.json", 3)


def test_a_file_that_is_no_picture_is_told(museum: Museum) -> None:
    museum.records["/plain2.json"]["sequences"][0]["canvases"][0]["images"][0]["resource"] = {
        "@id": f"{museum.address}/text.jpg"
    }

    with pytest.raises(CatalogueError, match="sent something that is no picture"):
        find(museum, "/plain2.json")


def test_a_silent_server_is_not_waited_for(museum: Museum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "SECONDS", 0.2)

    with pytest.raises(CatalogueError, match="the server does not answer in time"):
        find(museum, "/silent")


def test_a_server_that_sends_for_ever_is_given_up(museum: Museum) -> None:
    ticks = itertools.count()
    with (
        Web(clock=lambda: float(next(ticks)), seconds=10) as web,
        pytest.raises(CatalogueError, match="does not come in 10 s"),
    ):
        web.get(f"{museum.address}/trickle", most_bytes=1 << 20)


def test_half_a_letter_in_a_catalogue_can_be_written_and_read(museum: Museum) -> None:
    museum.records["/v3.json"]["label"] = {"en": ["Lace \ud83d", "\ud83d\ude00"]}

    assert find(museum, "/v3.json").entry.label.title == {"en": "Lace ?; 😀"}


@pytest.mark.parametrize("address", ["file:///etc/passwd", "ftp://a/b", "manifest.json"])
def test_only_the_web_is_asked(address: str) -> None:
    with pytest.raises(CatalogueError, match="is no address of the web"):
        fetch_artwork(address, 1)


@pytest.mark.parametrize("record", [{}, {"width": 0, "height": 5}, {"width": "x", "height": 1}])
def test_a_service_that_says_no_sizes_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(CatalogueError, match="says"):
        Service.read(record, "https://a/b")


def test_a_curator_reads_one_line(museum: Museum, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["portraits", "add", "--id", "lace", "--iiif", f"{museum.address}/page"]

    assert main(arguments) == 2
    assert "the server sent a web page" in capsys.readouterr().err
    assert main(["portraits", "add", "--id", "lace"]) == 2
    assert "give a picture's file, or --iiif" in capsys.readouterr().err


def test_what_the_catalogue_says_goes_into_the_pack_and_the_curator_has_the_last_word(
    museum: Museum, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[Commission] = []

    def remember(commission: Commission, *_: object) -> SimpleNamespace:
        asked.append(commission)
        return SimpleNamespace(warnings=())

    monkeypatch.setattr("kiosk.curation.add.add_portrait", remember)
    monkeypatch.setattr("kiosk.evaluation.made.report_made", lambda *_: None)
    monkeypatch.chdir(tmp_path)
    address = f"{museum.address}/v3.json"
    arguments = ["portraits", "add", "--id", "lace", "--iiif", address, "--artist", "Vermeer"]

    assert main(arguments) == 0
    (commission,) = asked
    assert commission.label.title == {"en": "The Lace Maker", "fr": "La Dentellière"}
    assert commission.label.artist == {"en": "Vermeer"}
    assert commission.rights == CC0
    assert commission.required_statement == "Museum & friends"
    assert commission.homepage == "https://museum.example/lace"
    assert address in commission.provenance
    assert commission.image.is_file()


def strip_addresses(manifest: dict[str, object]) -> dict[str, object]:
    """The same with its pictures reachable by their image service alone."""
    text = json.dumps(manifest)
    assert "default.jpg" in text
    for whole in ("/full/full/0/default.jpg", "/full/max/0/default.jpg"):
        text = text.replace(whole, "")
    return dict(json.loads(text))
