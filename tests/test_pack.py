"""Packs: written whole, read back as they were, refused in one line when something is wrong."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

from kiosk.errors import PackError
from kiosk.messages import Floats
from kiosk.places import PROJECT
from kiosk.portraits import pack as pack_module
from kiosk.portraits.checks import WEIGHTS
from kiosk.portraits.manifest import write_manifest
from kiosk.portraits.meta import PackMeta
from kiosk.portraits.pack import load_meta, load_pack, write_pack
from kiosk.portraits.swap import install
from tests.packs import (
    HEIGHT,
    SIDE,
    WIDTH,
    face,
    painting,
    sitter,
    small_meta,
    small_pack,
    write_small_pack,
)


def test_a_written_pack_reads_back_as_it_was(tmp_path: Path) -> None:
    pack = small_pack(tmp_path)

    assert pack.meta == small_meta()
    assert pack.artwork.shape == (HEIGHT, WIDTH, 3)
    assert np.abs(pack.artwork.astype(int) - painting()).mean() < 3
    assert np.array_equal(pack.matte, sitter())
    assert pack.background.shape == (SIDE, SIDE, 3)
    assert np.allclose(pack.landmarks, face(), atol=1e-5)
    assert pack.weights == (pack.folder / WEIGHTS).read_bytes()


def test_a_picture_given_as_a_file_is_kept_byte_for_byte(tmp_path: Path) -> None:
    first = write_small_pack(tmp_path / "été", "first")
    pack = load_pack(first, check_weights=False)
    write_pack(
        tmp_path / "second",
        small_meta("second"),
        artwork=first / "artwork.jpg",
        matte=pack.matte,
        background=first / "background.jpg",
        landmarks=pack.landmarks,
        still=pack.artwork,
        weights=first / WEIGHTS,
    )

    copied = (tmp_path / "second" / "artwork.jpg").read_bytes()
    assert copied == (first / "artwork.jpg").read_bytes()


def test_sha256sum_agrees_with_the_manifest(tmp_path: Path) -> None:
    folder = write_small_pack(tmp_path)
    command = ["sha256sum", "-c", "--strict", "--quiet", "manifest-sha256.txt"]

    assert subprocess.run(command, cwd=folder, check=False).returncode == 0


def test_rewriting_a_pack_replaces_it_and_keeps_the_one_before(tmp_path: Path) -> None:
    write_small_pack(tmp_path)
    folder = write_small_pack(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == [".previous", folder.name]
    assert [path.name for path in (tmp_path / ".previous").iterdir()] == [folder.name]


def test_a_pack_whose_parts_do_not_fit_is_not_written_and_the_old_one_stays(
    tmp_path: Path,
) -> None:
    old = small_pack(tmp_path)
    with pytest.raises(PackError, match=r"gradient: matte.png is 10x10; it must be 200x200"):
        write_pack(
            old.folder,
            old.meta,
            artwork=old.artwork,
            matte=np.full((10, 10), 255, np.uint8),
            background=old.background,
            landmarks=old.landmarks,
            still=old.artwork,
            weights=old.folder / WEIGHTS,
        )

    assert [path.name for path in tmp_path.iterdir()] == ["gradient"]
    assert np.array_equal(load_pack(old.folder, check_weights=False).matte, old.matte)


@pytest.mark.parametrize("name", ["artwork.jpg", "matte.png", "generator.safetensors"])
def test_a_changed_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write_small_pack(tmp_path)
    data = bytearray((folder / name).read_bytes())
    data[-1] ^= 1
    (folder / name).write_bytes(data)

    with pytest.raises(PackError, match=rf"^gradient: {name} is damaged or was changed"):
        load_pack(folder, check_weights=False)


def test_a_name_that_no_file_can_have_is_one_that_is_missing(tmp_path: Path) -> None:
    folder = write_small_pack(tmp_path)
    with (folder / "manifest-sha256.txt").open("a", encoding="utf-8") as manifest:
        manifest.write(f"{'0' * 64}  {'a' * 3000}\n")

    with pytest.raises(PackError, match=r"^gradient: a+ is missing"):
        load_pack(folder, check_weights=False)


@pytest.mark.parametrize("number", ["1e300", "1" + "0" * 400])
def test_a_landmark_that_is_too_far_away_to_be_counted_is_refused(
    tmp_path: Path, number: str
) -> None:
    folder = write_small_pack(tmp_path)
    record = {"landmarks": face().tolist()}
    record["landmarks"][7][1] = int(number) if number.isdigit() else float(number)
    (folder / "landmarks.json").write_text(json.dumps(record))

    with pytest.raises(PackError, match=r"^gradient: landmarks.json"):
        load_pack(folder, verify=False, check_weights=False)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = write_small_pack(tmp_path)
    (folder / "landmarks.json").unlink()

    with pytest.raises(PackError, match=r"^gradient: landmarks.json is missing"):
        load_pack(folder, check_weights=False)


def test_a_file_that_is_not_in_the_manifest_is_named(tmp_path: Path) -> None:
    folder = write_small_pack(tmp_path)
    (folder / "notes.txt").write_text("hello")

    with pytest.raises(PackError, match=r"^gradient: notes.txt is not in manifest-sha256.txt"):
        load_pack(folder, check_weights=False)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("yaw_deg = [-20.0", "yaw_deg = [-70", r"gradient: limits.yaw_deg is \[-70.*; use two"),
        ("gaze = 1.0", "gaze = 9", r"gradient: gains.gaze is 9; input should be less than"),
        ("gaze = 1.0", "gase = 1", r"gradient: gains.gase is no key"),
        ("side = 200", "side = 999", r"gradient: canvas is left 40, top 60, side 999; it must lie"),
        ("side = 200", "", r"gradient: canvas.side is missing"),
        ("creativecommons.org", "example.org", r"gradient: rights is .*; use a URI of creative"),
        ("[canvas]", "[canvas", r"gradient: pack.toml cannot be read: .*line"),
        ("version = 1", "version = 2", r"gradient: version is 2; input should be 1"),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    folder = write_small_pack(tmp_path)
    path = folder / "pack.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    write_manifest(folder)

    with pytest.raises(PackError, match=message):
        load_pack(folder, check_weights=False)


def replace_while_read(folder: Path, patch: pytest.MonkeyPatch, *, times: int) -> None:
    """Has packs without rights take the folder's place whenever its landmarks are read."""
    left = iter(range(times))
    read_really, atelier = pack_module.read_landmarks, folder.parent / "atelier"

    def read_landmarks(place: Path) -> Floats:
        if place == folder and next(left, None) is not None:
            newer = write_small_pack(atelier)
            text = load_meta(newer).model_copy(update={"rights": ""}).to_toml()
            (newer / "pack.toml").write_text(text, encoding="utf-8")
            write_manifest(newer)
            install(newer, folder)
        return read_really(place)

    patch.setattr(pack_module, "read_landmarks", read_landmarks)


def test_a_pack_that_is_replaced_while_it_is_read_is_of_one_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_small_pack(tmp_path)
    replace_while_read(folder, monkeypatch, times=1)

    assert load_pack(folder, check_weights=False).meta.rights == ""


def test_a_pack_that_is_replaced_for_ever_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_small_pack(tmp_path)
    replace_while_read(folder, monkeypatch, times=100)

    with pytest.raises(PackError, match=r"^gradient: is replaced again and again"):
        load_pack(folder, check_weights=False)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    folder = write_small_pack(tmp_path)

    with pytest.raises(PackError, match=r"^gradient: generator.safetensors: "):
        load_pack(folder)


def test_rights_may_be_left_unsaid(tmp_path: Path) -> None:
    folder = write_small_pack(tmp_path)
    text = load_meta(folder).model_copy(update={"rights": ""}).to_toml()

    assert PackMeta.from_toml(text, name="gradient").rights == ""


def test_any_text_survives_toml() -> None:
    statement = 'A "quoted"\\ line\nwith \x7f, tab\t and 漢字'
    meta = small_meta().model_copy(update={"required_statement": statement})

    assert PackMeta.from_toml(meta.to_toml(), name="gradient") == meta


def test_the_schema_in_the_docs_is_the_models() -> None:
    path = PROJECT / "docs" / "pack.schema.json"

    assert json.loads(path.read_text()) == PackMeta.model_json_schema()
