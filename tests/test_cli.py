import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.cli.demo import Witness
from kiosk.cli.options import check_writable, read_config, read_size
from kiosk.errors import ConfigError
from kiosk.messages import Layers
from kiosk.places import PROJECT
from tests.packs import write_small_pack


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A settings file whose packs lie beside it."""
    path = tmp_path / "config.toml"
    path.write_text('[portraits]\nfolder = "packs"\nportrait = "gradient"\n')
    return path


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0

    text = capsys.readouterr().out
    for command in ("run", "demo", "bench", "portraits"):
        assert command in text


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from kiosk.__main__ import main; main(['run', '--help']);"
        "sys.exit(bool({'torch', 'mediapipe', 'cv2', 'pyglet'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False)

    assert run.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["run", "--size", "large"], "--size is 'large'; give width x height in pixels"),
        (["run", "--size", "7x7"], "display.width is 7; it should be greater than or equal to 64"),
        (["run", "--config", "none.toml"], "none.toml: cannot be read"),
        (["run", "--portrait", "lisa"], "lisa: "),
        (["run", "--camera", "nobody.mp4", "--offscreen"], "nobody.mp4: no such camera or clip"),
        (["run", "--colour", "red"], "No such option"),
        (["run", "--record", "/proc/no/film.mp4"], "/proc/no/film.mp4: cannot be written"),
        (["portraits", "show", "lisa"], "lisa: "),
        (["portraits", "check", "lisa"], "lisa: "),
    ],
)
def test_a_fault_is_one_line_and_exit_code_2(
    arguments: list[str],
    fault: str,
    settings: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(settings.parent)
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)
    write_small_pack(settings.parent / "packs")

    assert main(arguments) == 2

    told = capsys.readouterr().err
    assert fault in told
    assert told.count("\n") == 1
    assert "Traceback" not in told


def test_asking_whether_a_file_can_be_written_leaves_none(tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    known.write_text("{}")

    check_writable(tmp_path / "new.json")
    check_writable(known)

    assert list(tmp_path.iterdir()) == [known]
    assert known.read_text() == "{}"


def test_debug_shows_where(caplog: pytest.LogCaptureFixture) -> None:
    assert main(["run", "--size", "large", "--debug"]) == 2

    assert any(record.exc_info for record in caplog.records)


def test_an_empty_depot_is_told(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["portraits", "list", "--config", str(settings)]) == 2

    assert "holds no portrait; make one with `kiosk portraits add" in capsys.readouterr().err


def test_portraits_are_listed_and_shown(
    settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)
    write_small_pack(settings.parent / "packs")

    assert main(["portraits", "list", "--config", str(settings)]) == 0
    assert capsys.readouterr().out == 'gradient: A "gradient"\n'
    assert main(["portraits", "show", "gradient", "--config", str(settings)]) == 0
    assert "300 x 400 pixels" in capsys.readouterr().out


def test_check_names_the_damaged_pack(
    settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)
    folder = write_small_pack(settings.parent / "packs")
    write_small_pack(settings.parent / "packs", "whole")
    (folder / "landmarks.json").write_text("{}")

    assert main(["portraits", "check", "--config", str(settings)]) == 2

    told = capsys.readouterr()
    assert "gradient: " in told.out
    assert "whole: whole" in told.out
    assert "1 of 2 packs refused" in told.err


def test_a_removed_portrait_is_gone(
    settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_small_pack(settings.parent / "packs")
    remove = ["portraits", "remove", "gradient", "--config", str(settings)]

    monkeypatch.setattr("typer.confirm", lambda _: False)
    assert main(remove) == 0
    assert folder.is_dir()
    assert main([*remove, "--yes"]) == 0
    assert not folder.exists()


def test_the_command_line_is_above_the_file(settings: Path) -> None:
    config = read_config(settings, {"camera": {"source": "demo"}, "portraits": {"portrait": None}})

    assert config.camera.source == "demo"
    assert config.portraits.portrait == "gradient"
    assert config.portraits.folder == settings.parent / "packs"


def test_a_size_is_width_by_height() -> None:
    assert read_size("720x1280") == {"width": 720, "height": 1280}
    assert read_size(None) == {}
    with pytest.raises(ConfigError, match="720x1280"):
        read_size("720")


def test_the_stills_are_spread_over_the_run() -> None:
    import numpy as np

    empty = np.zeros((4, 4), np.float32)
    witness = Witness(16.0)
    for step in range(480):
        layers = Layers("mona", empty, empty, empty, empty, captured_at=100 + step / 30)
        witness(np.zeros((8, 8, 3), np.uint8), layers)

    times = [at - 100 for at, _ in witness.stills]
    assert len(times) == 6
    assert times == sorted(times)
    assert times[0] >= 1.5
    assert times[-1] > 15


def test_packs_are_told_as_json(settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = write_small_pack(settings.parent / "packs", "broken")
    write_small_pack(settings.parent / "packs")
    (broken / "pack.toml").write_text("version = 2")
    arguments = ["--json", "--config", str(settings)]

    assert main(["portraits", "list", *arguments]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["id"] for row in rows] == ["broken", "gradient"]
    assert "version" in rows[0]["fault"]
    assert rows[1]["title"]["fr"] == "Dégradé"
    assert main(["portraits", "check", *arguments]) == 2
    rows = json.loads(capsys.readouterr().out)
    assert "version" in rows[0]["fault"]


def test_a_pack_is_sent_hung_elsewhere_and_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('[portraits]\nfolder = "packs"\n')
    shutil.copytree(PROJECT / "assets" / "portraits" / "hopper", tmp_path / "packs" / "hopper")

    assert main(["portraits", "export", "hopper"]) == 0
    assert main(["portraits", "import", "hopper.portrait"]) == 2
    assert "hangs already" in capsys.readouterr().err
    assert main(["portraits", "import", "hopper.portrait", "--replace"]) == 0
    assert main(["portraits", "rollback", "hopper"]) == 0
    assert main(["portraits", "check"]) == 0
    assert capsys.readouterr().out.endswith("hopper: whole\n")
