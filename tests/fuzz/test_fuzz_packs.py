"""Whatever a pack's files hold: one line of ours, or they are read; and nothing left behind."""

import io
import json
import shutil
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from kiosk.errors import PackError, SoundError
from kiosk.portraits.checks import check_weights_are_numbers, check_weights_file
from kiosk.portraits.manifest import MANIFEST, write_manifest
from kiosk.portraits.pack import load_pack, read_landmarks
from kiosk.portraits.parcel import export_pack, import_pack
from kiosk.portraits.performances import write_performance
from kiosk.portraits.pictures import read_grey, read_picture, write_picture
from kiosk.portraits.recording import LIMITS, from_bytes, to_bytes
from kiosk.portraits.signing import SIGNATURE, check_signature, make_keys, sign_pack
from kiosk.sound.clip import read_sound
from tests.fuzz.cases import Chance, damaged, folder_in_memory, fuzz, json_value, number
from tests.packs import face, painting, write_small_pack
from tests.performing import piece, recording, tone

# files are long to look at
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")

SAFE = (b'"dtype":"F16"', b'"BF16"', b'"F8_E5M2"', b'"shape":[]', b"[0,0]", b"{", b"}", b":", b",")
MOTION, BRIEF = to_bytes(recording(0.3)), to_bytes(recording(0.1))
KINDS = ("<f2", "<f4", "<f8", "<i8", "|u1", "|b1")
POINTS = [json.dumps(point) for point in face().tolist()]
COMMENTS = (b"untrusted comment: ", b"trusted comment: ", b"\n", b"\r\n", b"=", b"AAAA", b"\xff")
ODD_NAMES = ("../x", "/etc/x", "performances/../x", "a\\b", "performances", "é", "pack.toml")


def itself(chance: Chance) -> Chance:
    """For what is made of fixtures, in the test."""
    return chance


def sounds() -> tuple[bytes, ...]:
    import soundfile

    made = []
    for kind, coding in (("OGG", "VORBIS"), ("FLAC", "PCM_16"), ("WAV", "FLOAT")):
        file = io.BytesIO()
        soundfile.write(file, tone(0.2), 48_000, format=kind, subtype=coding)
        made.append(file.getvalue())
    return tuple(made)


SOUNDS = sounds()


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with folder_in_memory() as place:
        (place / "pack").mkdir()
        yield place


@pytest.fixture(scope="module", autouse=True)
def any_network() -> Iterator[None]:
    """Small packs have weights of no network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kiosk.portraits.checks.check_weights", lambda _: None)
        yield


@pytest.fixture(scope="module")
def whole(home: Path, any_network: None) -> Path:
    """A small pack that performs."""
    folder = write_small_pack(home / "whole")
    write_performance(folder, piece(sound=SOUNDS[0]))
    write_manifest(folder)
    return folder


@pytest.fixture(scope="module")
def parcel(home: Path, whole: Path) -> bytes:
    export_pack(whole, home / "whole.portrait")
    return (home / "whole.portrait").read_bytes()


@fuzz(0.006, chance=itself)
def test_a_parcel_is_refused_or_hangs_and_leaves_nothing_else(
    home: Path, parcel: bytes, chance: Chance
) -> None:
    gallery = home / "gallery"
    shutil.rmtree(gallery, ignore_errors=True)
    gallery.mkdir()
    file = home / "fuzz.portrait"
    file.write_bytes(_parcel(chance, parcel))
    try:
        hung = [import_pack(file, gallery, replace=False, trial=lambda _: None).name]
    except PackError:
        hung = []

    assert [path.name for path in gallery.iterdir()] == hung


def _parcel(chance: Chance, parcel: bytes) -> bytes:
    """A damaged one, or one whose files were damaged, renamed or left out before."""
    if chance.one_in(3):
        return damaged(chance, [parcel])
    with zipfile.ZipFile(io.BytesIO(parcel)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name in chance.choices(tuple(files), k=chance.randint(0, chance.size)):
        if chance.one_in(4):
            files.pop(name, None)
        elif chance.one_in(4):
            files[chance.choice(ODD_NAMES)] = files.get(name, b"")
        else:
            files[name] = damaged(chance, [files.get(name, b"")])
    if MANIFEST in files and chance.one_in(2):  # by somebody who knows how
        files[MANIFEST] = "".join(
            f"{sha256(content).hexdigest()}  {name}\n"
            for name, content in files.items()
            if name != MANIFEST
        ).encode()
    packing = chance.choice((0, 0, 8, 8, 8, 12, 14))
    twice = chance.choice(tuple(files)) if files and chance.one_in(20) else None
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", packing) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that are in it twice
        for name in [*files, *([twice] if twice else [])]:
            archive.writestr(zipfile.ZipInfo(name), files[name], packing)
    return packed.getvalue()


@fuzz(0.008, chance=itself)
def test_a_pack_with_a_file_that_is_damaged_is_read_or_refused(whole: Path, chance: Chance) -> None:
    path = chance.choice(sorted(p for p in whole.rglob("*.*") if p.is_file()))
    kept = path.read_bytes()
    path.write_bytes(damaged(chance, [kept]))
    try:
        with suppress(PackError):
            load_pack(whole, verify=False)
    finally:
        path.write_bytes(kept)


@pytest.fixture(scope="module")
def signed(home: Path, whole: Path) -> tuple[bytes, Path]:
    """A signature, beside what it signs, and its public key."""
    secret, public = make_keys(home / "curator", "")
    sign_pack(whole, secret, "")
    shutil.copyfile(whole / MANIFEST, home / "pack" / MANIFEST)
    signature = (whole / SIGNATURE).read_bytes()
    (whole / SIGNATURE).unlink()
    return signature, public


@fuzz(0.01, chance=itself)
def test_a_signature_that_is_damaged_is_refused(
    home: Path, signed: tuple[bytes, Path], chance: Chance
) -> None:
    (home / "pack" / SIGNATURE).write_bytes(damaged(chance, [signed[0]], COMMENTS))
    with pytest.raises(PackError):  # if nothing else, it is another portrait's
        check_signature(home / "pack", [signed[1]])


def pictures() -> list[tuple[str, bytes]]:
    with folder_in_memory() as place:
        for name in ("colour.jpg", "colour.png", "grey.png"):
            image = painting(80, 72)
            write_picture(place / name, image[..., 0] if name.startswith("grey") else image)
        return [(path.suffix, path.read_bytes()) for path in sorted(place.iterdir())]


PICTURES = pictures()


def _picture(chance: Chance) -> tuple[str, bytes]:
    suffix, content = chance.choice(PICTURES)
    return suffix, damaged(chance, [content])


@fuzz(0.02, picture=_picture, grey=Chance.coin)
def test_a_picture_is_read_or_refused(home: Path, picture: tuple[str, bytes], grey: bool) -> None:
    path = home / f"picture{picture[0]}"
    path.write_bytes(picture[1])
    with suppress(PackError):
        image = read_grey(path) if grey else read_picture(path)
        assert image.dtype == np.uint8
        assert image.ndim == (2 if grey else 3)


def _landmarks(chance: Chance) -> str:
    if chance.one_in(8):
        return json.dumps(json_value(chance, keys=("landmarks",)))
    if chance.one_in(8):
        return json.dumps({"landmarks": json_value(chance, (0.5, [0.5, 0.5, 0.0]))})
    points = POINTS.copy()
    for _ in range(chance.randint(1, chance.size)):
        values = [chance.uniform(-4, 4)]
        if chance.one_in(3):
            values = [number(chance), "0.5", None, [], True, 1e300, 10**400]
        point: list[Any] = [0.5, -0.5, 0.0, 0.0][: chance.randrange(5) if chance.one_in(20) else 3]
        if point:
            point[chance.randrange(len(point))] = chance.choice(values)
        points[chance.randrange(478)] = json.dumps(point)
    if chance.one_in(6):
        points = points[: chance.randrange(478)]
    return f'{{"landmarks": [{", ".join(points)}]}}'


@fuzz(0.03, written=_landmarks)
def test_landmarks_are_read_or_refused(home: Path, written: str) -> None:
    (home / "pack" / "landmarks.json").write_text(written, encoding="utf-8")
    with suppress(PackError):
        points = read_landmarks(home / "pack")
        assert points.shape == (478, 3)
        assert np.isfinite(points).all()


WEIGHTS = save({"one": np.ones((2, 3), np.float32), "two": np.ones(4, np.float16)})


@fuzz(0.05, content=lambda chance: damaged(chance, [WEIGHTS], SAFE))
def test_weights_are_read_or_refused(content: bytes) -> None:
    with suppress(PackError):
        check_weights_file(content, name="fuzz")
        check_weights_are_numbers(content, name="fuzz")


def _motion(chance: Chance) -> bytes:
    return damaged(chance, [MOTION], SAFE) if chance.one_in(2) else _tracks(chance)


def _tracks(chance: Chance) -> bytes:
    """A recorded motion some of whose tracks have another shape, type and number."""
    known = load(BRIEF)
    for name in chance.choices(tuple(known), k=chance.randint(0, min(chance.size, 3))):
        shape = known[name].shape
        if chance.one_in(2):
            shape = tuple(chance.randrange(4) for _ in range(chance.randrange(4)))
        with np.errstate(all="ignore"):
            full = np.full(shape, float(max(min(number(chance), 1e308), -1e308)))
            known[name] = np.asarray(full.astype(chance.choice(KINDS)))
    return bytes(save(known))


@fuzz(0.06, content=_motion)
def test_a_recorded_motion_is_read_or_refused(content: bytes) -> None:
    with suppress(ValueError):
        read = from_bytes(content)
        assert all(np.isfinite(getattr(read, name)).all() for name in LIMITS)


@fuzz(0.01, content=lambda chance: damaged(chance, SOUNDS))
def test_a_sound_is_read_or_refused(content: bytes) -> None:
    with suppress(SoundError):
        samples = read_sound(content)
        assert np.isfinite(samples).all()
