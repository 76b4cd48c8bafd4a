"""A USB stick: what is whole is hung, each other file is told, and none does harm."""

import shutil
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.config import PortraitSettings
from kiosk.errors import ConfigError, PackError
from kiosk.portraits import stick as stick_module
from kiosk.portraits.pack import load_pack
from kiosk.portraits.parcel import export_pack
from kiosk.portraits.signing import make_keys, sign_pack
from kiosk.portraits.stick import Delivery, import_stick
from kiosk.portraits.swap import previous_of
from tests.packs import write_small_pack


@pytest.fixture(autouse=True)
def _any_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small packs have weights of no network."""
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """With two portraits."""
    folder = tmp_path / "stick" / "portraits"
    folder.mkdir(parents=True)
    for name in ("mona", "lisa"):
        export_pack(write_small_pack(tmp_path / "atelier", name), folder / f"{name}.portrait")
    return tmp_path / "stick"


@pytest.fixture
def settings(tmp_path: Path) -> PortraitSettings:
    return PortraitSettings(folder=tmp_path / "gallery", usb=True)


def take(stick: Path, settings: PortraitSettings) -> list[Delivery]:
    return list(import_stick(stick, settings, lambda _: None))


def test_every_portrait_of_a_stick_is_hung(stick: Path, settings: PortraitSettings) -> None:
    told = take(stick, settings)

    assert [each.line for each in told] == [
        "lisa.portrait: hangs as lisa",
        "mona.portrait: hangs as mona",
    ]
    assert sorted(path.name for path in settings.folder.iterdir()) == ["lisa", "mona"]


def test_one_that_is_refused_is_told_and_the_others_hang(
    stick: Path, settings: PortraitSettings
) -> None:
    (stick / "portraits" / "lisa.portrait").write_bytes(b"moths")
    told = take(stick, settings)

    assert told[0].refused
    assert told[0].line.startswith("lisa.portrait is refused: it is damaged")
    assert told[1] == Delivery("mona.portrait: hangs as mona")
    assert [path.name for path in settings.folder.iterdir()] == ["mona"]


def test_nothing_is_taken_unless_the_settings_say_so(
    stick: Path, settings: PortraitSettings
) -> None:
    with pytest.raises(ConfigError, match=r"^portraits\.usb is false: nothing is taken"):
        take(stick, settings.model_copy(update={"usb": False}))
    assert not settings.folder.exists()


def test_an_older_version_is_replaced_and_kept(stick: Path, settings: PortraitSettings) -> None:
    folder = write_small_pack(settings.folder, "mona")
    (folder / "still.png").unlink()
    take(stick, settings)

    assert load_pack(folder).meta.id == "mona"
    assert not (previous_of(folder) / "still.png").exists()


def test_a_stick_that_stays_where_it_is_changes_nothing(
    stick: Path, settings: PortraitSettings
) -> None:
    take(stick, settings)
    told = take(stick, settings)

    assert [each.line for each in told] == [
        "lisa.portrait: hangs already, as lisa",
        "mona.portrait: hangs already, as mona",
    ]
    assert not previous_of(settings.folder / "mona").exists()


def test_what_hangs_damaged_is_hung_anew(stick: Path, settings: PortraitSettings) -> None:
    take(stick, settings)
    (settings.folder / "mona" / "matte.png").write_bytes(b"moths")

    assert take(stick, settings)[1].line == "mona.portrait: hangs as mona"
    assert load_pack(settings.folder / "mona")


def test_unsigned_portraits_are_refused_where_signatures_are_asked_for(
    stick: Path, settings: PortraitSettings, tmp_path: Path
) -> None:
    secret, public = make_keys(tmp_path / "museum", "")
    folder = tmp_path / "atelier" / "mona"
    sign_pack(folder, secret, "")
    export_pack(folder, stick / "portraits" / "mona.portrait")
    told = take(stick, settings.model_copy(update={"signed": True, "keys": (public,)}))

    assert [each.refused for each in told] == [True, False]
    assert "lisa: is not signed" in told[0].line


def test_links_hidden_and_foreign_files_are_left_alone(
    stick: Path, settings: PortraitSettings, tmp_path: Path
) -> None:
    folder = stick / "portraits"
    elsewhere = tmp_path / "elsewhere.portrait"
    shutil.move(folder / "mona.portrait", elsewhere)
    (folder / "mona.portrait").symlink_to(elsewhere)
    (folder / "._lisa.portrait").write_bytes(b"a file manager's")
    (folder / "holiday.jpg").write_bytes(b"x")
    (folder / "folder.portrait").mkdir()

    assert [each.line for each in take(stick, settings)] == ["lisa.portrait: hangs as lisa"]


def test_a_linked_folder_is_not_followed(
    stick: Path, settings: PortraitSettings, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "portraits").symlink_to(stick / "portraits")

    assert take(other, settings) == []


def test_a_name_that_would_spoil_the_log_is_refused(
    stick: Path, settings: PortraitSettings
) -> None:
    folder = stick / "portraits"
    (folder / "lisa.portrait").rename(folder / "a\nb\x1b[2J.portrait")
    told = take(stick, settings)

    assert told[0].refused
    assert told[0].line == r"'a\nb\x1b[2J.portrait' is refused: give it a plain name"


def test_no_more_than_so_many_are_looked_at(
    stick: Path, settings: PortraitSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stick_module, "MOST_PARCELS", 1)
    told = take(stick, settings)

    assert [each.line for each in told] == [
        "lisa.portrait: hangs as lisa",
        "2 portraits are there; the first 1 were looked at",
    ]
    assert told[1].refused


def test_a_stick_without_portraits_is_no_fault(tmp_path: Path, settings: PortraitSettings) -> None:
    assert take(tmp_path, settings) == []


def test_a_stick_that_cannot_be_read_is_told(
    tmp_path: Path, settings: PortraitSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> object:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("os.scandir", broken)
    with pytest.raises(PackError, match=r"cannot be read \(Input/output error\)"):
        take(tmp_path, settings)


def test_the_command_tells_each_and_how_it_ended(
    stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.sitter.try_portrait", lambda _: None)
    config = tmp_path / "config.toml"
    config.write_text('[portraits]\nfolder = "gallery"\nusb = true\n')
    command = ["portraits", "import-stick", str(stick), "--config", str(config)]

    assert main(command) == 0
    assert "mona.portrait: hangs as mona" in capsys.readouterr().out
    (stick / "portraits" / "bad.portrait").write_bytes(b"")
    assert main(command) == 2
    out, err = capsys.readouterr()
    assert "bad.portrait is refused" in out
    assert "1 of 3 refused" in err
    config.write_text('[portraits]\nfolder = "gallery"\n')
    assert main(command) == 2
    assert "portraits.usb is false" in capsys.readouterr().err
