"""Dark on purpose outlives a restart; light does, too."""

from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.service.night import is_night, remember


@pytest.fixture
def state(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "state").mkdir()
    return {"STATE_DIRECTORY": f"{tmp_path / 'state'}:/elsewhere"}


def test_darkness_is_remembered_until_it_is_lit(state: dict[str, str]) -> None:
    assert not is_night(state)
    remember(True, state)
    remember(True, state)
    assert is_night(state)
    remember(False, state)
    remember(False, state)
    assert not is_night(state)


def test_without_a_service_nothing_is_remembered() -> None:
    remember(True, {})
    assert not is_night({})


@pytest.mark.parametrize("command", [["screen", "off"], ["status"]])
def test_a_misspelt_setting_keeps_nobody_from_the_kiosk(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    (tmp_path / "config.toml").write_text("[camera]\ncolour = 3\n")
    assert main(command) == 2
    told = capsys.readouterr().err

    assert "camera.colour is no setting" in told
    assert f"no kiosk answers at {tmp_path / 'kiosk.sock'}" in told  # it was asked
