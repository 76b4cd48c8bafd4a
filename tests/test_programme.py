"""Which portraits take turns, and at which hours."""

from pathlib import Path

import pytest

from kiosk.config import PortraitSettings
from kiosk.errors import PackError
from kiosk.portraits.programme import PROGRAMME, Programme, read_programme, write_programme
from kiosk.portraits.turns import Turns
from tests.packs import write_small_pack

DAY = Programme.from_record(
    {
        "every_s": 60,
        "hours": [
            {"begins": "18:00", "portraits": ["night"]},
            {"begins": "09:30", "portraits": ["one", "two"]},
        ],
    },
    name=PROGRAMME,
)


@pytest.mark.parametrize(
    ("time", "ids"),
    [
        ("09:29", ("night",)),
        ("09:30", ("one", "two")),
        ("17:59", ("one", "two")),
        ("23:00", ("night",)),
    ],
)
def test_each_hour_has_its_portraits_and_the_night_goes_on_past_midnight(
    time: str, ids: tuple[str, ...]
) -> None:
    assert DAY.at(time) == ids


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"every_s": 1}, "every_s is 1"),
        ({"hours": [{"begins": "25:00", "portraits": ["a"]}]}, r'begins is "25:00"'),
        ({"hours": [{"begins": "09:00", "portraits": []}]}, "portraits"),
        ({"hours": [{"begins": "09:00", "portraits": ["../etc"]}]}, "portraits"),
        ({"hours": 2 * [{"begins": "09:00", "portraits": ["a"]}]}, "same time"),
        ({"hour": []}, "hour is no key"),
        ([], "programme"),
    ],
)
def test_what_is_no_programme_is_refused_by_name(record: object, words: str) -> None:
    with pytest.raises(PackError, match=words):
        Programme.from_record(record, name=PROGRAMME)


def test_what_was_written_reads_back(tmp_path: Path) -> None:
    settings = PortraitSettings(folder=tmp_path)
    write_programme(settings, DAY)

    assert read_programme(settings) == DAY
    assert [path.name for path in tmp_path.iterdir()] == [PROGRAMME]


def test_without_a_programme_the_playlist_of_the_settings_holds(tmp_path: Path) -> None:
    settings = PortraitSettings(folder=tmp_path, portrait="x", playlist=("a", "b"), every_s=7)

    assert read_programme(settings).at("12:00") == ("a", "b", "x")
    assert read_programme(settings).every_s == 7
    assert read_programme(PortraitSettings(folder=tmp_path)).at("12:00") == ()


@pytest.fixture
def depot(tmp_path: Path) -> PortraitSettings:
    for portrait in ("one", "two", "night"):
        write_small_pack(tmp_path, portrait)
    return PortraitSettings(folder=tmp_path)


def test_the_wall_follows_the_programme_as_it_is_changed(depot: PortraitSettings) -> None:
    clock = ["12:00"]
    turns = Turns(depot, 0.0, lambda: clock[0])
    assert turns.due("night", now=1, attended=False) is None

    write_programme(depot, DAY)
    assert turns.due("night", now=2, attended=False) == depot.folder / "one"
    assert turns.due("one", now=63, attended=False) == depot.folder / "two"

    clock[0] = "18:00"
    assert turns.due("two", now=64, attended=False) == depot.folder / "night"


def test_a_portrait_that_is_gone_is_told_and_passed_over(
    depot: PortraitSettings, caplog: pytest.LogCaptureFixture
) -> None:
    write_programme(depot, Programme.from_record(
        {"every_s": 5, "hours": [{"begins": "00:00", "portraits": ["gone", "one", "two"]}]},
        name=PROGRAMME,
    ))  # fmt: skip
    turns = Turns(depot, 0.0, lambda: "12:00")

    assert turns.due("one", now=6, attended=False) == depot.folder / "two"
    assert caplog.messages == ["no such portraits: gone; there are: night, one, two"]


def test_a_damaged_programme_is_told_once_and_the_last_one_goes_on(
    depot: PortraitSettings, caplog: pytest.LogCaptureFixture
) -> None:
    write_programme(depot, DAY)
    turns = Turns(depot, 0.0, lambda: "12:00")
    turns.due("one", now=1, attended=False)
    (depot.folder / PROGRAMME).write_text("every_s = [")

    assert turns.due("one", now=62, attended=False) == depot.folder / "two"
    turns.due("two", now=63, attended=False)
    assert len(caplog.messages) == 1
    assert "cannot be read" in caplog.messages[0]
