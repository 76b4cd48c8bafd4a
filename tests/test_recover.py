"""After repeated failure: what was changed last is taken back, and nothing is lost."""

from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.portraits.pack import load_pack
from kiosk.portraits.swap import previous_of
from kiosk.service.recover import note_begun
from tests.packs import write_small_pack


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('[portraits]\nfolder = "packs"\n')
    write_small_pack(tmp_path / "packs")
    return tmp_path / "packs"


def damage(folder: Path) -> None:
    (folder / "matte.png").write_bytes(b"moths")


def test_a_damaged_portrait_gives_way_to_the_version_before(
    packs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_small_pack(packs)
    assert previous_of(folder).is_dir()
    damage(folder)
    assert main(["recover"]) == 0

    assert "matte.png is damaged" in capsys.readouterr().out
    load_pack(folder)
    assert (previous_of(folder) / "matte.png").read_bytes() == b"moths"


def test_without_a_version_before_it_is_told(
    packs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage(packs / "gradient")
    assert main(["recover"]) == 0

    assert "there is no version before it" in capsys.readouterr().out


def test_engines_and_cache_are_cleared_away(packs: Path) -> None:
    engines, cache = packs.parent / "engines", packs.parent / "cache" / "tableau-vivant"
    for folder in (engines / "a-card", cache):
        folder.mkdir(parents=True)
        (folder / "stale").write_bytes(b"x")
    (engines / "README.md").write_text("kept")
    assert main(["recover"]) == 0

    assert [path.name for path in engines.iterdir()] == ["README.md"]
    assert list(cache.iterdir()) == []


def test_where_all_is_well_nothing_is_done(packs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (packs / "gradient" / "manifest-sha256.txt").read_bytes()
    assert main(["recover"]) == 0

    assert capsys.readouterr().out == "nothing was wrong that could be taken back\n"
    assert (packs / "gradient" / "manifest-sha256.txt").read_bytes() == before


def test_of_a_service_all_that_libraries_keep_is_cleared_away(
    packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(packs.parent / "state"))
    (packs.parent / "state").mkdir()
    compiled = packs.parent / "cache" / "numba"
    compiled.mkdir(parents=True)
    note_begun()
    assert main(["recover"]) == 0

    assert not compiled.exists()


def test_what_never_began_has_spoilt_nothing(
    packs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(packs.parent))
    engine = packs.parent / "engines" / "a-card"
    engine.mkdir(parents=True)
    note_begun()
    assert main(["recover"]) == 0
    assert not engine.exists()

    engine.mkdir(parents=True)
    assert main(["recover"]) == 0

    assert engine.exists()
    assert "see to the screen" in capsys.readouterr().out
