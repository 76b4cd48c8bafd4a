"""One change at a time among the packs; what a killed one left goes, and nothing else does."""

import logging
import threading
from pathlib import Path

import pytest

from kiosk.config import PortraitSettings
from kiosk.errors import PackError
from kiosk.portraits import changes, swap
from kiosk.portraits.changes import change, tidy
from kiosk.portraits.store import choose_pack, roll_back
from kiosk.portraits.swap import install, previous_of
from tests.packs import write_small_pack


def make(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "pack.toml").write_text(text)
    return folder


def says(folder: Path) -> str:
    return (folder / "pack.toml").read_text()


def test_a_changes_place_is_gone_afterwards_with_all_in_it(tmp_path: Path) -> None:
    with change(tmp_path / "packs") as place:
        make(place / "mona", "1")

    assert list((tmp_path / "packs").iterdir()) == []


def test_what_a_killed_change_left_is_cleared_by_the_next(tmp_path: Path) -> None:
    make(tmp_path / ".incoming-old" / "mona", "half")
    with change(tmp_path) as place:
        assert [path.name for path in tmp_path.iterdir()] == [place.name]


def test_what_a_killed_change_left_is_cleared_when_the_kiosk_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)
    write_small_pack(tmp_path)
    make(tmp_path / ".incoming-old" / "mona", "half")
    choose_pack(PortraitSettings(folder=tmp_path, portrait="gradient"))

    assert [path.name for path in tmp_path.iterdir()] == ["gradient"]


def test_a_change_under_way_is_never_cleared(tmp_path: Path) -> None:
    with change(tmp_path) as place:
        make(place / "mona", "1")
        tidy(tmp_path)

        assert says(place / "mona") == "1"


def test_the_second_change_waits_for_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = threading.Event()
    seen: list[list[str]] = []
    monkeypatch.setattr(changes.logger, "info", lambda *_: waits.set())

    def second() -> None:
        with change(tmp_path):
            seen.append([path.name for path in tmp_path.iterdir() if path.name == "mona"])

    thread = threading.Thread(target=second)
    with change(tmp_path) as place:
        thread.start()
        assert waits.wait(10)
        assert seen == []
        make(place / "mona", "1").rename(tmp_path / "mona")
    thread.join(10)

    assert seen == [["mona"]]


class Cut(BaseException):
    """The power."""


def cut_after(renames: int, patch: pytest.MonkeyPatch) -> None:
    """Lets so many renames happen."""
    left = [renames]
    really = Path.rename

    def rename(path: Path, target: Path) -> Path:
        if not left[0]:
            raise Cut
        left[0] -= 1
        return really(path, target)

    patch.setattr(swap, "exchange", swap._exchange_in_steps)
    patch.setattr(Path, "rename", rename)


@pytest.mark.parametrize("renames", range(7))
def test_an_exchange_in_steps_may_be_cut_anywhere(
    renames: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in "12":
        install(make(tmp_path / f".incoming-{text}" / "mona", text), tmp_path / "mona")
    newest = make(tmp_path / ".incoming-3" / "mona", "3")
    with monkeypatch.context() as patch:
        cut_after(renames, patch)
        try:
            install(newest, tmp_path / "mona")
        except Cut:
            assert renames < 6
    tidy(tmp_path)

    assert says(tmp_path / "mona") in "23"
    assert says(previous_of(tmp_path / "mona")) in "12"
    assert {path.name for path in tmp_path.iterdir()} == {"mona", ".previous"}
    assert [path.name for path in (tmp_path / ".previous").iterdir()] == ["mona"]


def test_a_damaged_pack_is_not_rolled_back_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)
    write_small_pack(tmp_path)
    folder = write_small_pack(tmp_path)
    before = previous_of(folder)
    (before / "matte.png").unlink()

    with pytest.raises(PackError, match=r"^gradient: matte\.png is missing"):
        roll_back(folder)
    assert (folder / "matte.png").is_file()


def test_a_folder_that_cannot_be_written_or_is_not_there_is_left_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        tidy(tmp_path / "nowhere")

    assert caplog.records == []
    assert not (tmp_path / "nowhere").exists()
