"""One artwork's folder: labels, picture, weights, limits of motion. Read whole, or refused.

Comes in: a folder as `docs` describe it, or the parts of a new one. Goes out: a frozen `Pack`, or
a `PackError` in words a curator can act on. Never half a pack: a new one is written beside and
then renamed. Which packs hang is `store.py`'s; what makes them is `curation`'s.
"""

import json
import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from typing_extensions import TypedDict, Unpack

from kiosk.errors import PackError
from kiosk.messages import Bytes, Floats
from kiosk.portraits.changes import change
from kiosk.portraits.checks import (
    WEIGHTS,
    check_landmarks,
    check_parts,
    check_weights_file,
    check_weights_size,
)
from kiosk.portraits.manifest import verify_manifest, write_manifest
from kiosk.portraits.meta import CanvasPlace, Gains, Label, Limits, PackMeta
from kiosk.portraits.override import overridden
from kiosk.portraits.performances import (
    AMBIENCE,
    FOLDER,
    Performance,
    read_ambience,
    read_performances,
)
from kiosk.portraits.pictures import read_grey, read_picture, write_picture
from kiosk.portraits.swap import install

__all__ = [
    "CanvasPlace",
    "Gains",
    "Label",
    "Limits",
    "Pack",
    "PackMeta",
    "PackParts",
    "load_meta",
    "load_pack",
    "write_manifest",
    "write_pack",
]

logger = logging.getLogger(__name__)

ATTEMPTS = 5  # to read a folder in whose place others come; reading takes a third of a second
PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """A portrait, checked and whole in memory: its folder may change meanwhile."""

    folder: Path
    meta: PackMeta
    artwork: Bytes  # (H, W, 3) RGB, native resolution
    matte: Bytes  # (side, side): 255 where the sitter is
    background: Bytes  # (side, side, 3) RGB, the sitter painted out
    landmarks: Floats  # (478, 3) canvas coordinates
    weights: bytes  # the generator's
    performances: tuple[Performance, ...] = ()
    ambience: bytes | None = None  # an OGG file, to be heard around it


class PackParts(TypedDict):
    """What a new pack is written from; a path is copied as it is, an array encoded."""

    artwork: Path | Bytes
    matte: Bytes
    background: Path | Bytes
    landmarks: Floats
    still: Bytes
    weights: Path


def load_pack(folder: Path, verify: bool = True, *, check_weights: bool = True) -> Pack:
    """The pack in ``folder``, all of it of one version.

    Args:
        folder: a pack's folder; when another one takes its place meanwhile, that is read.
        verify: compare every file with the manifest.
        check_weights: compare the weights' tensors with what the network needs.

    Raises:
        PackError: the first fault found.
    """
    pack = _read_undisturbed(folder, verify=verify)
    if check_weights:
        check_weights_file(pack.weights, name=pack.meta.id)
    return pack


def _read_undisturbed(folder: Path, *, verify: bool) -> Pack:
    for _ in range(ATTEMPTS):
        place = _place(folder)
        try:
            pack = _read_pack(folder, verify=verify)
        except PackError:
            if place == _place(folder):
                raise
        else:
            if place == _place(folder):
                return pack
    raise PackError(f"{folder.name}: is replaced again and again; try again when that has ended")


def _place(folder: Path) -> tuple[int, int] | None:
    """Another one once another pack lies there: a folder's change time tells that it was moved."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns


def _read_pack(folder: Path, *, verify: bool) -> Pack:
    meta = load_meta(folder)
    if verify:
        verify_manifest(folder)
    pack = Pack(
        folder=folder,
        meta=meta,
        artwork=read_picture(find_picture(folder, "artwork")),
        matte=read_grey(folder / "matte.png"),
        background=read_picture(find_picture(folder, "background")),
        landmarks=read_landmarks(folder),
        weights=read_weights(folder),
        performances=read_performances(folder),
        ambience=read_ambience(folder),
    )
    check_parts(meta, artwork=pack.artwork, matte=pack.matte, background=pack.background)
    return pack


def load_meta(folder: Path) -> PackMeta:
    """``pack.toml`` alone, and what staff changed over it, quickly: for lists of portraits."""
    try:
        text = (folder / "pack.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{folder.name}: pack.toml cannot be read: {error}") from error
    return overridden(PackMeta.from_toml(text, name=folder.name), folder)


def find_picture(folder: Path, stem: str) -> Path:
    """``stem`` with the suffix of a picture; exactly one must be there."""
    found = [path for suffix in PICTURE_SUFFIXES if (path := folder / (stem + suffix)).is_file()]
    if not found:
        raise PackError(f"{folder.name}: {stem}.jpg or {stem}.png is missing; install it again")
    if len(found) > 1:
        names = " and ".join(path.name for path in found)
        raise PackError(f"{folder.name}: there are {names}; keep one of them")
    return found[0]


def read_landmarks(folder: Path) -> Floats:
    """(478, 3) float32, canvas coordinates."""
    try:
        record = json.loads((folder / "landmarks.json").read_text(encoding="utf-8"))
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused below
            landmarks = np.asarray(record["landmarks"], np.float32)
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise PackError(f"{folder.name}: landmarks.json cannot be read: {error}") from error
    check_landmarks(landmarks, name=folder.name)
    return landmarks


def read_weights(folder: Path) -> bytes:
    """The generator's weights as they lie in their file."""
    path = folder / WEIGHTS
    try:
        check_weights_size(path.stat().st_size, name=folder.name)
        return path.read_bytes()
    except OSError as error:
        raise PackError(f"{folder.name}: {WEIGHTS} cannot be read: {error}") from error


def write_pack(folder: Path, meta: PackMeta, **parts: Unpack[PackParts]) -> None:
    """Writes a whole pack, or nothing; one that it takes the place of is kept, see `swap`.

    Raises:
        PackError: the parts do not fit together, or the folder cannot be written.
    """
    if folder.name != meta.id:
        raise PackError(f"{meta.id}: the folder of this pack must be called {meta.id}")
    try:
        with change(folder.parent) as place:
            staging = place / meta.id
            staging.mkdir()
            kept = _keep_performances(folder, staging) if folder.exists() else {}
            provenance = {**kept, **meta.provenance}
            _write_parts(staging, meta.model_copy(update={"provenance": provenance}), parts)
            load_pack(staging, verify=False, check_weights=False)
            install(staging, folder)
    except OSError as error:
        raise PackError(f"{meta.id}: {folder} cannot be written: {error.strerror}") from error


def _keep_performances(folder: Path, staging: Path) -> dict[str, str]:
    """Take along what an older pack performs, and where that is from: a new face speaks on."""
    try:
        read_performances(folder)
        told = load_meta(folder).provenance
    except PackError as error:
        logger.warning("%s; what the older pack performs is left behind", error)
        return {}
    if (folder / FOLDER).is_dir():
        shutil.copytree(folder / FOLDER, staging / FOLDER)
    if (folder / AMBIENCE).is_file():
        shutil.copyfile(folder / AMBIENCE, staging / AMBIENCE)
    return {name: words for name, words in told.items() if name.startswith((FOLDER, AMBIENCE))}


def _write_parts(staging: Path, meta: PackMeta, parts: PackParts) -> None:
    (staging / "pack.toml").write_text(meta.to_toml(), encoding="utf-8", newline="\n")
    for stem, picture in (("artwork", parts["artwork"]), ("background", parts["background"])):
        if isinstance(picture, Path):
            shutil.copyfile(picture, staging / (stem + picture.suffix.lower()))
        else:
            write_picture(staging / f"{stem}.jpg", picture)
    write_picture(staging / "matte.png", parts["matte"])
    write_picture(staging / "still.png", parts["still"])
    points = [[round(float(value), 6) for value in point] for point in parts["landmarks"]]
    text = json.dumps({"landmarks": points}) + "\n"
    (staging / "landmarks.json").write_text(text, encoding="utf-8", newline="\n")
    shutil.copyfile(parts["weights"], staging / WEIGHTS)
    write_manifest(staging)
