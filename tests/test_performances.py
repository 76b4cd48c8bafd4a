"""A pack's performances: kept with the pack, sent with it, changed in one step, refused by name."""

from pathlib import Path

import pytest

from kiosk.errors import PackError
from kiosk.portraits.amend import amend, note_source
from kiosk.portraits.manifest import write_manifest
from kiosk.portraits.pack import load_meta, load_pack
from kiosk.portraits.parcel import export_pack, import_pack
from kiosk.portraits.performances import (
    AMBIENCE,
    FOLDER,
    MOST_BYTES,
    read_performances,
    remove_performance,
    write_performance,
)
from kiosk.portraits.recording import to_bytes
from kiosk.portraits.store import roll_back
from tests.packs import write_small_pack
from tests.performing import piece, recording


@pytest.fixture(autouse=True)
def _any_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small packs have weights of no network."""
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack that greets and has a sound around it."""
    folder = write_small_pack(tmp_path / "packs")
    with amend(folder) as copy:
        write_performance(copy, piece("greeting", "fr", sound=b"OggS"))
        (copy / AMBIENCE).write_bytes(b"OggS wind")
        note_source(copy, f"{FOLDER}/greeting.fr", "spoken by nobody")
    return folder


def test_a_pack_holds_what_was_given_to_it(folder: Path) -> None:
    pack = load_pack(folder)
    (greeting,) = pack.performances

    assert (greeting.name, greeting.language, greeting.sound) == ("greeting", "fr", b"OggS")
    assert [cue.text for cue in greeting.cues] == ["greeting 0 in fr", "greeting 1 in fr"]
    assert greeting.duration_s == pytest.approx(2.0)
    assert pack.ambience == b"OggS wind"
    assert pack.meta.provenance[f"{FOLDER}/greeting.fr"] == "spoken by nobody"


def test_a_pack_without_any_is_a_pack(tmp_path: Path) -> None:
    pack = load_pack(write_small_pack(tmp_path))

    assert pack.performances == ()
    assert pack.ambience is None


def test_a_newer_one_takes_the_place_of_all_files_of_the_older(folder: Path) -> None:
    with amend(folder) as copy:
        write_performance(copy, piece("greeting", "fr", seconds=0.5))
    (greeting,) = load_pack(folder).performances

    assert greeting.sound is None
    assert greeting.cues == ()


def test_what_is_forgotten_is_gone_until_it_is_rolled_back(folder: Path) -> None:
    with amend(folder) as copy:
        assert remove_performance(copy, "greeting", "fr")
        assert not remove_performance(copy, "greeting", "fr")

    assert load_pack(folder).performances == ()
    roll_back(folder)
    assert len(load_pack(folder).performances) == 1


def test_a_change_that_fails_changes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(PackError, match="cannot be read"), amend(folder) as copy:
        (copy / FOLDER / "tale.fr.safetensors").write_bytes(b"no recording")

    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert [path.name for path in folder.parent.glob(".incoming*")] == []


def test_performances_are_sent_with_their_pack(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.portrait"
    export_pack(folder, file)
    sent = import_pack(file, tmp_path / "gallery", replace=False, trial=lambda _: None)

    assert load_pack(sent).performances[0].sound == b"OggS"
    assert load_pack(sent).ambience == b"OggS wind"


def test_a_portrait_that_is_made_anew_speaks_on(folder: Path) -> None:
    write_small_pack(folder.parent)
    pack = load_pack(folder)

    assert pack.performances[0].name == "greeting"
    assert pack.ambience == b"OggS wind"
    assert pack.meta.provenance[f"{FOLDER}/greeting.fr"] == "spoken by nobody"
    assert "artwork.jpg" in pack.meta.provenance


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / FOLDER / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    write_manifest(folder)
    return folder


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("tale.fr.safetensors", b"", r"tale\.fr\.safetensors cannot be read"),
        ("tale.fr.vtt", b"WEBVTT\n", r"tale\.fr\.safetensors is missing"),
        ("greeting.fr.vtt", b"no captions", r"greeting\.fr\.vtt: is no WebVTT"),
        ("greeting.fr.exe", b"MZ", r"greeting\.fr\.exe belongs to no performance"),
        ("tale.safetensors", b"", r"tale\.safetensors belongs to no performance"),
        ("Tale.fr.safetensors", b"", "belongs to no performance"),
    ],
)
def test_what_is_no_performance_is_refused_by_name(
    folder: Path, name: str, content: bytes, fault: str
) -> None:
    with pytest.raises(PackError, match=fault):
        load_pack(put(folder, name, content))


def test_a_sound_that_would_fill_the_memory_is_refused_unread(folder: Path) -> None:
    path = folder / FOLDER / "greeting.fr.ogg"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)

    with pytest.raises(PackError, match="is larger than"):
        read_performances(folder)


def test_hundreds_of_performances_are_refused(folder: Path) -> None:
    content = to_bytes(recording(0.1))
    for number in range(65):
        (folder / FOLDER / f"tale{number}.en.safetensors").write_bytes(content)

    with pytest.raises(PackError, match="has 66 performances"):
        read_performances(folder)


def test_an_editors_leavings_are_not_the_packs(folder: Path) -> None:
    (folder / FOLDER / ".greeting.fr.vtt.swp").write_bytes(b"x")

    assert len(load_pack(folder).performances) == 1
    assert load_meta(folder).id == "gradient"
