"""Compiled engines on disk: what each was built for, and whether it is still what was written.

One file for each engine: a line of JSON (what it is for, its size and its sum), then the engine's
own bytes. Written beside and renamed, so that a file is whole or not there. An engine is good for
one network on one GPU, driver and TensorRT alone; any other is left where it is and passed over.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from kiosk.errors import EngineError

SUFFIX = ".engine"
MAGIC = "tableau-vivant engine 1"
HEADER_LIMIT = 4096  # bytes


@dataclass(frozen=True, slots=True)
class EngineKey:
    """What an engine was built of, and for."""

    network: str  # `spec.NETWORK`
    precision: str
    builder: str  # TensorRT, or TensorRT-RTX, and its version
    gpu: str
    capability: str
    driver: str
    torch: str

    @property
    def filename(self) -> str:
        """Another for each key."""
        told = json.dumps(asdict(self), sort_keys=True).encode()
        return f"{self.precision}-{hashlib.sha256(told).hexdigest()[:16]}{SUFFIX}"

    def differences(self, other: "EngineKey") -> str:
        """In words: what of another key is not as here."""
        theirs = asdict(other)
        return ", ".join(
            f"{name} {theirs[name]!r}, not {own!r}"
            for name, own in asdict(self).items()
            if theirs[name] != own
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the cache."""

    path: Path
    key: EngineKey | None  # None: what it is cannot be told
    fault: str = ""  # why it cannot be used at all


class EngineCache:
    """A folder of engines.

    Args:
        folder: made when the first engine is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: EngineKey) -> Path:
        """Where an engine lies, or would."""
        return self.folder / key.filename

    def read(self, key: EngineKey) -> bytes | None:
        """An engine's bytes; None where there is none.

        Raises:
            EngineError: there is one, but it is damaged or another's.
        """
        path = self.path(key)
        if not path.exists():
            return None
        found, engine = _read(path)
        if found != key:
            raise EngineError(f"{path.name}: is for {key.differences(found)}; it is built anew")
        return engine

    def write(self, key: EngineKey, engine: bytes) -> Path:
        """Keep an engine.

        Raises:
            EngineError: it cannot be written; what was there before stays.
        """
        path = self.path(key)
        partial = path.with_suffix(f".{os.getpid()}.partial")
        header = {
            "magic": MAGIC,
            "key": asdict(key),
            "bytes": len(engine),
            "sha256": hashlib.sha256(engine).hexdigest(),
        }
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                file.write(json.dumps(header).encode() + b"\n")
                file.write(engine)
            partial.replace(path)
        except OSError as error:
            with suppress(OSError):
                partial.unlink()
            raise EngineError(
                f"{path}: cannot be written ({error.strerror}); make room there"
            ) from error
        return path

    def entries(self) -> Iterator[Entry]:
        """All files, by name, and what is wrong with them."""
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            try:
                key, _ = _read(path)
            except EngineError as error:
                yield Entry(path, None, str(error))
            else:
                yield Entry(path, key)

    def clean(self, fitting: EngineKey | None, *, everything: bool = False) -> list[Path]:
        """Remove damaged engines and what an interrupted build left; returns them.

        Args:
            fitting: what fits here: all others go, too; if it cannot be told, they stay.
            everything: all go.
        """
        doomed = list(self.folder.glob("*.partial"))
        for entry in self.entries():
            foreign = fitting is not None and entry.path != self.path(fitting)
            if everything or foreign or entry.fault:
                doomed.append(entry.path)
        for path in doomed:
            path.unlink(missing_ok=True)
        return doomed


def _read(path: Path) -> tuple[EngineKey, bytes]:
    try:
        with path.open("rb") as file:
            header = json.loads(file.readline(HEADER_LIMIT))
            engine = file.read()
        key, size, digest = EngineKey(**header["key"]), header["bytes"], header["sha256"]
        if header["magic"] != MAGIC:
            raise EngineError(f"{path.name}: is of another format; it is built anew")
    except OSError as error:
        raise EngineError(f"{path.name}: cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(f"{path.name}: is no engine of ours; it is built anew") from error
    if len(engine) != size:
        raise EngineError(f"{path.name}: has {len(engine)} of {size} bytes; it is built anew")
    if hashlib.sha256(engine).hexdigest() != digest:
        raise EngineError(f"{path.name}: is damaged (its sum differs); it is built anew")
    return key, engine
