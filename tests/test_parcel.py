"""A pack as one file: what was sent is what hangs, and what is no pack leaves nothing behind."""

import shutil
import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from kiosk.errors import PackError
from kiosk.portraits import parcel
from kiosk.portraits.manifest import write_manifest
from kiosk.portraits.pack import Pack, load_pack
from kiosk.portraits.parcel import export_pack, import_pack
from kiosk.portraits.pictures import write_picture
from tests.packs import write_small_pack

Damage = Callable[[Path], None]


@pytest.fixture(autouse=True)
def _any_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small packs have weights of no network."""
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    file = tmp_path / "post" / "gradient.portrait"
    file.parent.mkdir()
    export_pack(write_small_pack(tmp_path / "atelier"), file)
    return file


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    return tmp_path / "gallery"


def hang(file: Path, gallery: Path, *, replace: bool = False) -> Path:
    return import_pack(file, gallery, replace=replace, trial=lambda _: None)


def test_what_was_sent_is_what_hangs(sent: Path, gallery: Path, tmp_path: Path) -> None:
    folder = hang(sent, gallery)
    original = tmp_path / "atelier" / "gradient"

    assert [path.name for path in gallery.iterdir()] == ["gradient"]
    for path in original.iterdir():
        assert (folder / path.name).read_bytes() == path.read_bytes()


def test_a_pack_of_the_same_id_is_not_replaced_unasked(sent: Path, gallery: Path) -> None:
    hang(sent, gallery)

    with pytest.raises(PackError, match="gradient: hangs already; --replace"):
        hang(sent, gallery)
    assert hang(sent, gallery, replace=True).is_dir()


def test_what_cannot_be_drawn_is_not_hung(sent: Path, gallery: Path) -> None:
    def refuse(pack: Pack) -> None:
        raise PackError(f"{pack.meta.id}: no frame of it can be drawn")

    with pytest.raises(PackError, match=r"gradient.portrait is refused: .*no frame"):
        import_pack(sent, gallery, replace=False, trial=refuse)
    assert list(gallery.iterdir()) == []


def test_a_damaged_pack_is_not_sent(tmp_path: Path) -> None:
    folder = write_small_pack(tmp_path)
    (folder / "matte.png").write_bytes(b"moths")
    file = tmp_path / "a.portrait"

    with pytest.raises(PackError, match=r"matte.png is damaged"):
        export_pack(folder, file)
    assert not file.exists()


def add(name: str, content: bytes, mode: int = 0) -> Damage:
    def damage(file: Path) -> None:
        with warnings.catch_warnings(), zipfile.ZipFile(file, "a") as archive:
            warnings.simplefilter("ignore")  # of names that are there already
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, content)

    return damage


def cut(share: float) -> Damage:
    def damage(file: Path) -> None:
        content = file.read_bytes()
        file.write_bytes(content[: int(share * len(content))])

    return damage


def flip(place: float) -> Damage:
    def damage(file: Path) -> None:
        content = bytearray(file.read_bytes())
        content[int(place * len(content))] ^= 0xFF
        file.write_bytes(bytes(content))

    return damage


def change(name: str, content: bytes | None) -> Damage:
    """Another file in the pack's place of one; sums are made anew, as a forger would."""

    def damage(file: Path) -> None:
        folder = file.parent / "forged"
        with zipfile.ZipFile(file) as archive:
            archive.extractall(folder)
        if content is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(content)
        write_manifest(folder)
        with zipfile.ZipFile(file, "w") as archive:
            for path in folder.iterdir():
                archive.write(path, path.name)
        shutil.rmtree(folder)

    return damage


def giant(file: Path) -> None:
    """A small file that holds a picture of 20000 by 20000 pixels."""
    path = file.parent / "giant.png"
    write_picture(path, np.zeros((20000, 20000), np.uint8))
    content = path.read_bytes()
    path.unlink()
    change("matte.png", content)(file)


def not_numbers(file: Path) -> None:
    path = file.parent / "nan.safetensors"
    save_file({"one": np.full((2, 3), np.nan, np.float32)}, path)
    content = path.read_bytes()
    path.unlink()
    change("generator.safetensors", content)(file)


HOSTILE: dict[str, tuple[Damage, str]] = {
    "climbs out": (add("../../evil", b"x"), "evil"),
    "absolute": (add("/etc/evil", b"x"), "evil"),
    "backslashes": (add("..\\evil", b"x"), "evil"),
    "foreign file": (add("run.sh", b"rm"), "run.sh"),
    "hidden": (add(".bashrc", b"x"), "bashrc"),
    "folder": (add("artwork.jpg/", b""), "artwork.jpg/"),
    "nul in a name": (add("pack.toml\x00.exe", b"x"), "pack.toml is in it twice"),
    "twice": (add("pack.toml", b"version = 1"), "pack.toml is in it twice"),
    "link": (add("background.png", b"/etc/passwd", stat.S_IFLNK | 0o777), "no plain file"),
    "device": (add("background.png", b"", stat.S_IFCHR | 0o666), "no plain file"),
    "two artworks": (add("artwork.png", b"x"), "artwork.png is not in manifest"),
    "bomb of text": (change("landmarks.json", b" " * (2 << 20)), "landmarks.json is too large"),
    "bomb of TOML": (change("pack.toml", b"a = " + b"[" * 100000), "pack.toml cannot be read"),
    "empty": (cut(0), "damaged, or no portrait"),
    "half": (cut(0.5), "damaged, or no portrait"),
    "no end": (cut(0.999), "damaged, or no portrait"),
    "bytes changed": (flip(0.4), "refused"),
    "no meta": (change("pack.toml", None), "pack.toml cannot be read"),
    "no matte": (change("matte.png", None), "matte.png"),
    "no artwork": (change("artwork.jpg", None), "artwork.jpg or artwork.png is missing"),
    "matte of text": (change("matte.png", b"hello"), "matte.png"),
    "landmarks of text": (change("landmarks.json", b"{"), "landmarks.json cannot be read"),
    "landmarks of NaN": (
        change("landmarks.json", b'{"landmarks": [[NaN, 0, 0]]}'),
        "landmarks.json is",
    ),
    "foreign key": (change("pack.toml", b"version = 1\nevil = 1"), "evil"),
    "giant picture": (giant, "wider or higher than"),
    "weights of NaN": (not_numbers, "holds what is no number"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_by_name_and_leaves_nothing(
    kind: str, sent: Path, gallery: Path
) -> None:
    damage, words = HOSTILE[kind]
    damage(sent)

    with pytest.raises(PackError, match=rf"gradient\.portrait.*{words}"):
        hang(sent, gallery)
    assert list(gallery.iterdir()) == []
    assert sorted(path.name for path in sent.parent.iterdir()) == [sent.name]


@pytest.mark.parametrize("seed", range(6))
def test_damage_anywhere_is_refused_or_harmless(
    seed: int, sent: Path, gallery: Path, tmp_path: Path
) -> None:
    rng = np.random.default_rng(seed)
    whole = sent.read_bytes()
    original = {path.name: path.read_bytes() for path in (tmp_path / "atelier/gradient").iterdir()}
    told = []
    for _ in range(30):
        content = bytearray(whole)
        for place in rng.integers(len(content), size=rng.integers(1, 8)):
            content[place] = rng.integers(256)
        if rng.random() < 0.3:
            content = content[: rng.integers(len(content))]
        sent.write_bytes(bytes(content))
        try:
            folder = hang(sent, gallery)
        except PackError as error:
            told.append(str(error))
            continue
        # bytes that say nothing, such as a file's date
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == original
        shutil.rmtree(folder)

    assert len(told) > 20
    assert all("gradient.portrait" in words for words in told)
    assert list(gallery.iterdir()) == []


def test_a_bomb_is_stopped_by_the_bytes_that_come(
    sent: Path, gallery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcel, "MOST_BYTES", 10_000)

    with pytest.raises(PackError, match="is too large; it has more than"):
        hang(sent, gallery)
    assert list(gallery.iterdir()) == []


def test_too_many_files_are_refused(
    sent: Path, gallery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcel, "MOST_FILES", 3)

    with pytest.raises(PackError, match="it holds 8 files; a portrait has 3 at most"):
        hang(sent, gallery)


def test_the_older_pack_survives_a_refused_newer_one(sent: Path, gallery: Path) -> None:
    folder = hang(sent, gallery)
    flip(0.4)(sent)

    with pytest.raises(PackError):
        hang(sent, gallery, replace=True)
    assert load_pack(folder).meta.id == "gradient"
