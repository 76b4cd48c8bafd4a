import sys
from pathlib import Path

import pytest

from kiosk.config import Config, load_config, parse_config
from kiosk.errors import ConfigError
from kiosk.places import PROJECT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def test_the_projects_file_says_the_defaults() -> None:
    text = (PROJECT / "config.toml").read_text(encoding="utf-8")

    assert tomllib.loads(text) == Config().model_dump(mode="json")


def test_every_setting_of_the_projects_file_has_a_comment() -> None:
    lines = (PROJECT / "config.toml").read_text(encoding="utf-8").splitlines()
    settings = [line for line in lines if "=" in line.partition("#")[0]]

    bare = [line for line in settings if "#" not in line.replace('"#', "")]

    assert bare == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[camera]\nfps = 500", r"camera\.fps is 500; it should be less than or equal to 120"),
        ("[camera]\nfsp = 30", r"camera\.fsp is no setting; allowed here: fps, height"),
        ("[camra]\n", r"camra is no setting; allowed here: camera, console, display"),
        ('[generator]\nengine = "gpu"', r"generator\.engine is 'gpu'; it should be 'auto', "),
        ('[display]\nwall = "red"', r"display\.wall is 'red'; it should be a colour"),
        ("camera = 3", r"camera is 3; it should be a table"),
        ('[tracking]\nmax_faces = "two"', r"tracking\.max_faces is 'two'; it should be"),
        ("[camera\n", "is not TOML"),
    ],
)
def test_a_wrong_file_is_told_in_one_line(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)

    with pytest.raises(ConfigError, match=rf"^config\.toml: {fault}") as caught:
        load_config(path)

    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read"):
        load_config(tmp_path / "none.toml")


def test_the_portraits_folder_is_seen_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[portraits]\nfolder = "packs"\n')

    assert load_config(tmp_path / "config.toml").portraits.folder == tmp_path / "packs"


def test_the_wall_is_a_colour() -> None:
    config = parse_config({"display": {"wall": "#ff8000"}}, name="here")

    assert config.display.wall_rgb == (255, 128, 0)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Config().camera.fps = 3  # type: ignore[misc]
