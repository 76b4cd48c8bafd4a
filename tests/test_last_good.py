"""A misspelt setting takes no painting off the wall: the settings of before are used."""

import errno
import json
import os
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


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b"3", b"\xff"])
def test_without_any_there_are_none(state: dict[str, str], content: bytes | None) -> None:
    if content is not None:
        (Path(state["STATE_DIRECTORY"]) / NAME).write_bytes(content)

    assert last_good(state) is None


def test_what_another_version_kept_is_used_as_far_as_it_is_known(
    state: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    kept = Config().model_dump(mode="json")
    kept["camera"] |= {"source": "7", "colour": 1}  # of a newer one
    kept["display"] |= {"brightness": "sunny", "width": 200}
    kept["portraits"] |= {"verify": True, "portrait": "mona"}  # of an older one
    kept["scent"] = {"of": "roses"}
    (Path(state["STATE_DIRECTORY"]) / NAME).write_text(json.dumps(kept))

    known = last_good(state)

    assert known is not None
    assert (known.camera.source, known.display.width) == ("7", 200)
    assert known.portraits.portrait == "mona"
    assert known.display.brightness == ()
    assert "without camera.colour, display.brightness, scent" in caplog.text


def test_without_a_service_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    keep(Config(), {})

    assert last_good({}) is None
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_what_was_kept_is_kept(
    state: dict[str, str], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(Config(), state)

    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("os.fsync", refuse)
    keep(load_config(), state)

    assert "the settings cannot be kept" in caplog.text
    assert last_good(state) == Config()
