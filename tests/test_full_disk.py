"""Before a disk that is full the graphics driver keeps nothing: it would die of it."""

import logging
import os
from pathlib import Path

import pytest

from kiosk import cache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "none" / "yet"))
    monkeypatch.delenv("MESA_SHADER_CACHE_DISABLE", raising=False)
    return tmp_path


def test_a_disk_with_room_is_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "ROOM", 1)
    cache.heed_a_full_disk()

    assert "MESA_SHADER_CACHE_DISABLE" not in os.environ


def test_a_full_one_is_left_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cache, "ROOM", 1 << 60)
    with caplog.at_level(logging.WARNING):
        cache.heed_a_full_disk()

    assert os.environ["MESA_SHADER_CACHE_DISABLE"] == "true"
    assert f"{folder} is nearly full" in caplog.text
