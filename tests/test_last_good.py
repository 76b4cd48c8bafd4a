"""A misspelt setting takes no painting off the wall: the settings of before are used."""

from pathlib import Path

import pytest

from kiosk.config import Config, load_config
from kiosk.service.last_good import NAME, keep, last_good


@pytest.fixture
def state(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "state").mkdir()
    return {"STATE_DIRECTORY": str(tmp_path / "state")}


def test_settings_come_back_as_they_were(tmp_path: Path, state: dict[str, str]) -> None:
    (tmp_path / "config.toml").write_text(
        '[portraits]\nfolder = "packs"\n[display]\nbrightness = [["08:00", 0.5]]\n'
        '[performances]\nlanguages = ["fr", "en"]\n'
    )
    config = load_config(tmp_path / "config.toml")
    keep(config, state)

    assert last_good(state) == config
    assert config.portraits.folder == tmp_path / "packs"  # wherever it is read from


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"camera": {"colour": 1}}', b"\xff"])
def test_without_any_there_are_none(state: dict[str, str], content: bytes | None) -> None:
    if content is not None:
        (Path(state["STATE_DIRECTORY"]) / NAME).write_bytes(content)

    assert last_good(state) is None


def test_without_a_service_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    keep(Config(), {})

    assert last_good({}) is None
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_what_was_kept_is_kept(
    state: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    keep(Config(), state)
    folder = Path(state["STATE_DIRECTORY"])
    (folder / "last-good.new").mkdir()
    keep(load_config(), state)

    assert "the settings cannot be kept" in caplog.text
    assert last_good(state) == Config()
