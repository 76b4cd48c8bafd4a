"""Settings of an older version are understood, told once, and rewritten when asked."""

import logging
from importlib.metadata import version
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.config import Config, load_config
from kiosk.errors import ConfigError
from kiosk.migration import CHANGES, Change, modernize
from kiosk.places import PROJECT
from kiosk.service.config_file import moved

OLD = """\
# the west room
[portraits]
portrait = "hopper" # hers
verify = false      # as it once was
every_s = 60        # a minute

[display]
# no colour
wall = "#000000"
"""
NEW = """\
# the west room
[portraits]
portrait = "hopper" # hers
every_s = 60        # a minute

[display]
# no colour
wall = "#000000"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "config.toml").write_text(OLD)
    return tmp_path / "config.toml"


def test_a_setting_that_is_gone_is_told_and_the_others_count(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = load_config(file)

    assert (config.portraits.portrait, config.portraits.every_s) == ("hopper", 60)
    (told,) = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "portraits.verify is gone since 0.1.0" in told.getMessage()
    assert "kiosk config migrate" in told.getMessage()


def test_a_renamed_setting_keeps_its_value_and_a_new_one_that_is_there_stays() -> None:
    changes = (
        Change("0.2.0", ("screen", "colour"), ("display", "paint")),
        Change("0.3.0", ("display", "paint"), ("display", "wall"), "as everybody calls it"),
        Change("0.3.0", ("display", "fast"), ("display", "max_fps")),
    )
    old = {"screen": {"colour": "#ffffff"}, "display": {"fast": 9, "max_fps": 30}, "log": 3}
    new, remarks = modernize(old, changes)

    assert new == {"display": {"wall": "#ffffff", "max_fps": 30}, "log": 3}
    assert old["screen"] == {"colour": "#ffffff"}
    assert remarks == [
        "screen.colour is called display.paint since 0.2.0",
        "display.paint is called display.wall since 0.3.0: as everybody calls it",
        "display.fast is called display.max_fps since 0.3.0",
    ]


def test_no_setting_of_today_is_called_old() -> None:
    today = Config().model_dump()

    for change in CHANGES:
        table, setting = change.was
        assert setting not in today.get(table, {})


def test_a_look_writes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "migrate", str(file)]) == 0
    said = capsys.readouterr().out

    assert "portraits.verify is gone" in said
    assert "-verify = false" in said
    assert file.read_text() == OLD
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


def test_a_file_is_rewritten_with_its_comments_and_the_old_one_kept(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.chmod(0o640)
    kept = file.with_name(f"config.toml.before-{version('tableau-vivant')}")
    assert main(["config", "migrate", str(file), "--write"]) == 0
    assert str(kept) in capsys.readouterr().out.replace("\n", "")

    assert file.read_text() == NEW
    assert kept.read_text() == OLD
    assert file.stat().st_mode & 0o777 == kept.stat().st_mode & 0o777 == 0o640
    assert main(["config", "migrate", str(file), "--write"]) == 0
    assert "is as this version writes it" in capsys.readouterr().out
    assert kept.read_text() == OLD


def test_a_file_that_is_wrong_besides_is_left_alone(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(OLD + "[camera]\ncolour = 3\n")
    assert main(["config", "migrate", str(file), "--write"]) == 2

    assert "camera.colour is no setting" in capsys.readouterr().err
    assert file.read_text().startswith(OLD)


def test_what_is_no_toml_is_told(file: Path) -> None:
    file.write_text("[camera\n")

    with pytest.raises(ConfigError, match="is not TOML"):
        moved(file, folder=Path("/a"), engines=Path("/b"))


def test_a_file_that_moves_still_names_the_same_places(tmp_path: Path) -> None:
    old, new = tmp_path / "old" / "config.toml", tmp_path / "new" / "config.toml"
    for path in (old, new):
        path.parent.mkdir()
    old.write_text(
        '[portraits]\nkeys = ["museum.pub", "/etc/other.pub"]\nverify = true\n'
        '[sound]\nambience = "sea.ogg"\n[console]\nsocket = "auto"\n[camera]\nfps = 25 # slow\n'
    )
    new.write_text(moved(old, folder=Path("/a/portraits"), engines=Path("/b")))
    before, after = load_config(old), load_config(new)

    assert after.portraits.keys == before.portraits.keys == (
        tmp_path / "old" / "museum.pub", Path("/etc/other.pub"),
    )  # fmt: skip
    assert after.sound == before.sound
    assert after.console.socket == "auto"
    assert after.portraits.folder == Path("/a/portraits")
    assert after.generator.engines == Path("/b")
    assert "# slow" in new.read_text()


def test_the_projects_file_needs_no_change() -> None:
    assert main(["config", "migrate", str(PROJECT / "config.toml")]) == 0
