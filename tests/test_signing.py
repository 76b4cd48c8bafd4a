"""Who vouches for a pack: minisign's signatures, and what is not taken without one."""

import stat
from pathlib import Path

import minisign
import pytest

from kiosk.__main__ import main
from kiosk.errors import ConfigError, PackError
from kiosk.portraits.manifest import MANIFEST, write_manifest
from kiosk.portraits.pack import load_pack
from kiosk.portraits.parcel import export_pack, import_pack
from kiosk.portraits.signing import SIGNATURE, check_signature, make_keys, sign_pack
from tests.packs import write_small_pack


@pytest.fixture(autouse=True)
def _any_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_pack(tmp_path / "packs")


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    return make_keys(tmp_path / "museum", "")


def test_a_signed_pack_is_whole_and_trusted(folder: Path, keys: tuple[Path, Path]) -> None:
    secret, public = keys
    sign_pack(folder, secret, "")

    check_signature(folder, [public])
    assert load_pack(folder).meta.id == "gradient"
    text = (folder / SIGNATURE).read_bytes()
    # what minisign itself would do
    minisign.PublicKey.from_file(public).verify(
        (folder / MANIFEST).read_bytes(), minisign.Signature.from_bytes(text)
    )


def test_the_secret_key_is_its_owners_alone(keys: tuple[Path, Path]) -> None:
    assert stat.S_IMODE(keys[0].stat().st_mode) == 0o600


def test_keys_are_never_written_over(tmp_path: Path, keys: tuple[Path, Path]) -> None:
    before = keys[0].read_bytes()

    with pytest.raises(ConfigError, match=r"museum.key: is there already"):
        make_keys(tmp_path / "museum", "")
    assert keys[0].read_bytes() == before


def test_a_key_with_a_password_wants_it(tmp_path: Path, folder: Path) -> None:
    secret, public = make_keys(tmp_path / "locked", "sesame")

    with pytest.raises(ConfigError, match="its password is wrong"):
        sign_pack(folder, secret, "open")
    sign_pack(folder, secret, "sesame")
    check_signature(folder, [public])


def test_what_nobody_signed_is_refused(folder: Path, keys: tuple[Path, Path]) -> None:
    with pytest.raises(PackError, match="gradient: is not signed"):
        check_signature(folder, [keys[1]])


def test_a_strangers_signature_is_refused(
    tmp_path: Path, folder: Path, keys: tuple[Path, Path]
) -> None:
    stranger, _ = make_keys(tmp_path / "stranger", "")
    sign_pack(folder, stranger, "")

    with pytest.raises(PackError, match="signed by nobody who is trusted here"):
        check_signature(folder, [keys[1]])
    with pytest.raises(PackError, match="signed by nobody who is trusted here"):
        check_signature(folder, [])


def test_a_pack_changed_after_it_was_signed_is_refused(
    folder: Path, keys: tuple[Path, Path]
) -> None:
    sign_pack(folder, keys[0], "")
    (folder / "still.png").write_bytes((folder / "matte.png").read_bytes())
    write_manifest(folder)

    with pytest.raises(PackError, match="or was changed"):
        check_signature(folder, [keys[1]])


def test_a_signature_is_of_one_portrait(
    tmp_path: Path, folder: Path, keys: tuple[Path, Path]
) -> None:
    sign_pack(folder, keys[0], "")
    other = folder.rename(tmp_path / "packs" / "another")

    with pytest.raises(PackError, match="its signature is another portrait's"):
        check_signature(other, [keys[1]])


@pytest.mark.parametrize("content", [b"", b"no signature", b"a\nb\nc\nd"])
def test_a_damaged_signature_is_told(folder: Path, keys: tuple[Path, Path], content: bytes) -> None:
    (folder / SIGNATURE).write_bytes(content)

    with pytest.raises(PackError, match=f"{SIGNATURE} is damaged"):
        check_signature(folder, [keys[1]])


def test_a_key_that_is_none_is_told(tmp_path: Path, folder: Path, keys: tuple[Path, Path]) -> None:
    sign_pack(folder, keys[0], "")
    (tmp_path / "text.pub").write_text("hello")

    with pytest.raises(ConfigError, match=r"text.pub: is no public key"):
        check_signature(folder, [tmp_path / "text.pub"])
    with pytest.raises(ConfigError, match="is no secret key"):
        sign_pack(folder, keys[1], "")


def test_only_signed_packs_are_imported_where_that_is_asked(
    tmp_path: Path, folder: Path, keys: tuple[Path, Path]
) -> None:
    file, gallery = tmp_path / "gradient.portrait", tmp_path / "gallery"
    export_pack(folder, file)
    with pytest.raises(PackError, match=r"gradient.portrait is refused: .*is not signed"):
        import_pack(file, gallery, replace=False, trial=lambda _: None, keys=[keys[1]])
    assert list(gallery.iterdir()) == []

    sign_pack(folder, keys[0], "")
    export_pack(folder, file)
    hung = import_pack(file, gallery, replace=False, trial=lambda _: None, keys=[keys[1]])
    assert (hung / SIGNATURE).is_file()


def test_the_commands_sign(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(
        '[portraits]\nfolder = "packs"\nsigned = true\nkeys = ["art.pub"]\n'
    )

    assert main(["portraits", "keys", "art", "--password", ""]) == 0
    assert main(["portraits", "sign", "gradient", "--key", "art.key", "--password", ""]) == 0
    check_signature(folder, [tmp_path / "art.pub"])
