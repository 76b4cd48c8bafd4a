"""The service's folder of portraits is filled with those that ship, once, whole or not at all."""

from pathlib import Path

import pytest

from kiosk.service.depot import FRESH, fill


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "shipped" / "mona"
    folder.mkdir(parents=True)
    (folder / "pack.toml").write_text("id")
    (folder / "pack.toml").chmod(0o444)
    folder.chmod(0o555)
    return folder.parent


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "state").mkdir()
    return tmp_path / "state"


def filled(folder: Path, shipped: Path, state: Path) -> Path:
    return fill(folder, source=shipped, environment={"STATE_DIRECTORY": str(state)})


def test_an_empty_folder_is_filled_and_may_be_changed(shipped: Path, state: Path) -> None:
    folder = state / "portraits"
    folder.mkdir()
    (state / FRESH / "half").mkdir(parents=True)  # a power cut's

    assert filled(folder, shipped, state) == folder
    assert [path.name for path in state.iterdir()] == ["portraits"]
    assert [path.name for path in folder.iterdir()] == ["mona"]
    assert (folder / "mona").stat().st_mode & 0o200
    assert (folder / "mona" / "pack.toml").stat().st_mode & 0o200


def test_what_is_in_it_stays(shipped: Path, state: Path) -> None:
    (state / "portraits" / "girl").mkdir(parents=True)
    filled(state / "portraits", shipped, state)

    assert [path.name for path in (state / "portraits").iterdir()] == ["girl"]


def test_a_folder_elsewhere_is_not_ours_to_fill(shipped: Path, state: Path, tmp_path: Path) -> None:
    assert filled(tmp_path / "packs", shipped, state) == tmp_path / "packs"
    assert fill(state / "p", source=shipped, environment={}) == state / "p"
    assert not (tmp_path / "packs").exists()
    assert list(state.iterdir()) == []


def test_where_it_cannot_be_filled_those_that_ship_hang(
    shipped: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("no folder")

    assert filled(tmp_path / "state" / "portraits", shipped, tmp_path / "state") == shipped
    assert "cannot be filled" in caplog.text
