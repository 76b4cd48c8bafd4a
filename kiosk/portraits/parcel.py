"""A pack as one file, `<id>.portrait`, a zip: written, and unpacked with nothing taken on trust.

A file that a curator was sent may be damaged, made by hand, or made to do harm. Names must be those
of a pack, once each; nothing is a link; bytes are counted as they come, whatever the file says of
itself; and what was unpacked is checked like any pack before it hangs.
"""

import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.errors import PackError
from kiosk.portraits.changes import change
from kiosk.portraits.checks import check_weights_are_numbers
from kiosk.portraits.pack import Pack, load_meta, load_pack
from kiosk.portraits.performances import AMBIENCE, FILE, FOLDER, MOST
from kiosk.portraits.signing import check_signature
from kiosk.portraits.swap import install

SUFFIX = ".portrait"
NAMES = re.compile(
    r"(pack\.toml|landmarks\.json|manifest-sha256\.txt(\.minisig)?|matte\.png|still\.png"
    rf"|generator\.safetensors|(artwork|background)\.(jpg|jpeg|png)|{re.escape(AMBIENCE)}"
    rf"|{FOLDER}/{FILE.pattern})"
)
MOST_FILES, MOST_BYTES = 32 + 3 * MOST, 512 << 20
MOST_TEXT_BYTES = 1 << 20  # of what is parsed as text
TEXTS = (".toml", ".json", ".txt", ".minisig", ".vtt")
BLOCK = 1 << 20

Trial = Callable[[Pack], None]


def export_pack(folder: Path, file: Path) -> None:
    """Write a pack into one file, which appears whole or not at all.

    Raises:
        PackError: the pack is not whole, or the file cannot be written.
    """
    load_pack(folder)
    partial = file.with_name(f"{file.name}.partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted(folder.rglob("*")):
                name = path.relative_to(folder).as_posix()
                if NAMES.fullmatch(name):
                    archive.write(path, name)
        partial.replace(file)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise PackError(f"{file}: cannot be written: {error.strerror}") from error


def import_pack(
    file: Path, portraits: Path, *, replace: bool, trial: Trial, keys: Sequence[Path] | None = None
) -> Path:
    """Unpack, check and hang a pack; the one it takes the place of is kept as the one before.

    Args:
        file: from `export_pack`.
        portraits: where the packs lie.
        replace: let it take the place of a pack with its id.
        trial: draws one frame of it before anything changes; raises `PackError` if it cannot.
        keys: public ones, of which one must have signed it; None asks for no signature.

    Returns:
        The pack's folder.

    Raises:
        PackError: it is refused; says why and names the file. Nothing is left behind.
    """
    try:
        with change(portraits) as place:
            unpacked = place / "pack"
            unpacked.mkdir()
            _unpack(file, unpacked)
            portrait_id = load_meta(unpacked).id
            folder = portraits / portrait_id
            if folder.exists() and not replace:
                raise PackError(f"{portrait_id}: hangs already; --replace lets this one replace it")
            staging = unpacked.rename(place / portrait_id)
            if keys is not None:
                check_signature(staging, keys)
            pack = load_pack(staging)
            check_weights_are_numbers(pack.weights, name=portrait_id)
            trial(pack)
            install(staging, folder)
    except PackError as error:
        raise PackError(f"{file.name} is refused: {error}") from error
    except OSError as error:
        raise PackError(f"{file.name}: cannot be unpacked: {error.strerror}") from error
    return folder


def _unpack(file: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            left = MOST_BYTES
            for entry in entries:
                left -= _unpack_one(archive, entry, folder / entry.filename, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise PackError(f"it is damaged, or no portrait: {error}") from error


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise PackError(f"it holds {len(entries)} files; a portrait has {MOST_FILES} at most")
    seen: set[str] = set()
    for entry in entries:
        name = entry.filename
        if not NAMES.fullmatch(name):
            raise PackError(f"{name[:80]!r} does not belong into a portrait")
        if name in seen:
            raise PackError(f"{name} is in it twice")
        if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
            raise PackError(f"{name} is no plain file")
        seen.add(name)


def _unpack_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, left: int) -> int:
    """Write one file, counting; returns its bytes."""
    most = min(left, MOST_TEXT_BYTES) if path.suffix in TEXTS else left
    count = 0
    path.parent.mkdir(exist_ok=True)
    with archive.open(entry) as source, path.open("xb") as target:
        while block := source.read(BLOCK):
            count += len(block)
            if count > most:
                raise PackError(f"{entry.filename} is too large; it has more than {most} bytes")
            target.write(block)
    return count
