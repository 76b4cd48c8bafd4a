"""The staff page, asked as a browser asks it: how a portrait comes here."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kiosk.curation.placed import POINTS
from kiosk.motion.face_model import load_face_model
from tests.fakes import photograph
from tests.staff import Page, open_page


@pytest.fixture(autouse=True)
def any_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small packs have weights of no network."""
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with open_page(tmp_path) as opened:
        yield opened


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
