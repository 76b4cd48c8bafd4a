"""Cases that a fuzzer finds by itself: it sees which lines each one reaches, and keeps what is new.

    pip install '.[guided]'
    python -m tests.fuzz.guided captions -max_total_time=60

The second word is one of `TARGETS`, what follows is libFuzzer's, such as a folder in which what was
found is kept for the next time. What fails lies in ``crash-*`` and belongs into a test.
"""

import json
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import atheris

with atheris.instrument_imports(include=["kiosk", "webvtt", "tomllib", "http.server"]):
    from kiosk.config import load_config
    from kiosk.control.journal import Journal
    from kiosk.curation.fetch import read_json
    from kiosk.curation.iiif import read_manifest
    from kiosk.errors import KioskError
    from kiosk.portraits.captions import read_captions
    from kiosk.portraits.meta import PackMeta
    from kiosk.portraits.recording import from_bytes
    from tests.fuzz.test_fuzz_asked import ASKED, CANVAS, answered

from tests.fuzz.cases import MEMORY
from tests.fuzz.test_fuzz_packs import MOTION
from tests.fuzz.test_fuzz_texts import CONFIGS, CUES, PACK
from tests.test_control import FakeKiosk

DOOR = SimpleNamespace(kiosk=FakeKiosk(), journal=Journal())


def settings(content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=MEMORY if MEMORY.is_dir() else None) as file:
        file.write(content)
        file.flush()
        load_config(Path(file.name))


def pack(content: bytes) -> None:
    PackMeta.from_toml(content.decode(errors="replace"), name="guided")


def captions(content: bytes) -> None:
    read_captions(content, name="guided")


def motion(content: bytes) -> None:
    with suppress(ValueError):
        from_bytes(content)


def catalogue(content: bytes) -> None:
    record = None
    with suppress(ValueError, RecursionError):
        record = read_json(content)
    if isinstance(record, dict):
        read_manifest(record)


def request(content: bytes) -> None:
    answered(DOOR, content[: 1 << 16])


TARGETS: dict[str, tuple[Callable[[bytes], None], Sequence[bytes]]] = {
    "settings": (settings, [each.encode() for each in CONFIGS]),
    "pack": (pack, [PACK.encode()]),
    "captions": (captions, [CUES]),
    "motion": (motion, [MOTION]),
    "catalogue": (catalogue, [json.dumps({"type": "Manifest", "items": [CANVAS]}).encode()]),
    "request": (request, ASKED),
}


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"name one of {', '.join(TARGETS)}")
    target, wholes = TARGETS[sys.argv.pop(1)]

    def attempt(content: bytes) -> None:
        with suppress(KioskError):
            target(content)

    with tempfile.TemporaryDirectory() as begin:
        for number, whole in enumerate(wholes):
            (Path(begin) / str(number)).write_bytes(whole)
        warnings.simplefilter("error")  # as in the other tests
        atheris.Setup([*sys.argv, begin], attempt)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
