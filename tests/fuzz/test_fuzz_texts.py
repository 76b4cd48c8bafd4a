"""Whatever is written in settings, records and captions: one line of ours, or it is read."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example

from kiosk.config import Config, load_config, parse_config
from kiosk.curation.script import in_rows
from kiosk.errors import ConfigError, PackError
from kiosk.places import PROJECT
from kiosk.portraits.captions import Cue, read_captions, write_captions
from kiosk.portraits.manifest import MANIFEST, verify_manifest
from kiosk.portraits.meta import PackMeta, Record
from kiosk.portraits.override import OVERRIDES, Override, read_override
from kiosk.portraits.programme import PROGRAMME, Programme, read_programme
from kiosk.portraits.toml import to_toml
from tests.fuzz.cases import (
    Chance,
    Maker,
    damaged,
    folder_in_memory,
    fuzz,
    json_value,
    number,
    spoken,
    text,
)
from tests.packs import small_meta

CONFIG = (PROJECT / "config.toml").read_text(encoding="utf-8")
# a table at a time is as much of a trial as all of them, and read in a tenth of the time
CONFIGS = tuple(f"[{each}\n" for each in CONFIG.split("\n[")[1:])
PORTRAITS = Config().portraits
TABLES = Config().model_dump(mode="json")
KEYS = (*TABLES, *(key for table in TABLES.values() for key in table))
PACK = small_meta().to_toml()
PROGRAMMES = to_toml(
    Programme.model_validate({"hours": [{"begins": "09:00", "portraits": ["mona"]}]}).model_dump()
)
OVERRIDE = (
    '[gains]\nmouth = 1.5\n[limits]\nyaw_deg = [-10.0, 10.0]\n[label]\ntitle = { en = "A" }\n'
)
BIG = "9" * 5000  # more digits than Python turns into a number
TOML = (
    "=", " = ", ".", '"', '"""', "'''", "[", "]", "[[", "]]", "{", "}", ",", "#", "\n", "\\", "_",
    "true", "inf", "-nan", "0x1F", "1e400", "1979-05-27T07:32:00Z", "07:32:00", "1979-05-27",
    '"\\u0000"', '"\\uD800"', '"\\U0010FFFF"', '"\\x00"', "[[1], 2]", "{ en = 1 }", '""', "-1",
)  # fmt: skip
CUES = write_captions([Cue(0.5, 1.0, "Hi"), Cue(1.0, 4e3, "Ho <b>ho</b> & so")])
VTT = (
    b" --> ", b"-->", b"\n\n", b"\n", b"\r\n", b"00:00:01.000", b"99:99:99.999", b"01.5", b"WEBVTT",
    b"NOTE x\n\n", b"STYLE\n::cue {}\n\n", b"REGION\n", b"<v A>", b"&#xD800;", b"&#0;", b"&lt;",
    b" align:start", b"\xef\xbb\xbf", b"00:00:00.000 --> 00:00:00.000\n",
    b"9" * 400 + b":00:00.000",
)  # fmt: skip
SUM = b"a" * 64
LINES = (
    b"  ", b"\n", b"/", b"../", b"x" * 300, SUM + b"  pack.toml\n", SUM + b"  .\n", SUM + b"  *\n",
    SUM + "  é\n".encode(), SUM + b"  a\0b\n", SUM + "  \u2028\n".encode(), SUM + b"  a/b\n",
)  # fmt: skip


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with folder_in_memory() as place:
        (place / "manifest").mkdir()
        (place / OVERRIDES).mkdir()
        yield place


def toml(*wholes: str) -> Maker:
    """A file that is damaged, or some of whose values are others."""
    contents, words = [each.encode() for each in wholes], [each.encode() for each in TOML]

    def make(chance: Chance) -> str:
        if chance.one_in(12):
            return text(chance, 40)
        if chance.one_in(2):
            return damaged(chance, contents, words).decode(errors="replace")
        lines = chance.choice(wholes).splitlines()
        said = [number for number, line in enumerate(lines) if "=" in line]
        for _ in range(chance.randint(1, chance.size)):
            place, other = chance.choice(said), chance.choice(said)
            key = text(chance) if chance.one_in(20) else lines[place].partition("=")[0]
            value = lines[other].partition("=")[2] if chance.one_in(3) else _value(chance)
            lines[place] = f"{key}= {value}"
        return "\n".join(lines)

    return make


def _value(chance: Chance) -> str:
    if chance.one_in(6):
        return chance.choice(TOML)
    if chance.one_in(3):
        return f"{number(chance)}"
    value = json_value(chance, ("auto", "0", "en", "09:00"), ("en", "title"))
    written = to_toml({"title": value})[8:-1].encode(errors="replace").decode()
    return written.replace("null", '""').replace("NaN", "nan").replace("Infinity", "inf")


@fuzz(0.05, written=toml(*CONFIGS, *CONFIGS, CONFIG))
@example(written=f"[camera]\nwidth = {BIG}")
@example(written="a = " + "[" * 5000)
@example(written='[portraits]\nfolder = "a\\u0000b"')
@example(written='[sound]\nambience = "a\\u0000b"')
def test_settings_are_read_or_refused(home: Path, written: str) -> None:
    path = home / "config.toml"
    path.write_text(written, encoding="utf-8")
    with suppress(ConfigError):
        load_config(path)


def _tables(chance: Chance) -> Any:
    words = ("auto", "0", "#14110f", "en")
    if chance.one_in(5):
        return {text(chance, 8): json_value(chance, words, KEYS)}
    made: dict[str, Any] = {}
    for name in chance.sample(tuple(TABLES), chance.randint(1, chance.size)):
        keys = chance.choices(tuple(TABLES[name]), k=chance.randint(0, 3))
        known = {
            key: chance.choice(
                (TABLES[name][key], number(chance), json_value(chance, words, (), 2))
            )
            for key in keys
        }
        made[name] = json_value(chance, words, KEYS) if chance.one_in(5) else known
    return made


@fuzz(0.07, tables=_tables)
def test_tables_of_settings_are_taken_or_refused(tables: dict[str, Any]) -> None:
    with suppress(ConfigError):
        parse_config(tables, name="fuzz")


@fuzz(0.05, written=toml(PACK))
@example(written=f"version = {BIG}")
def test_a_packs_record_is_read_or_refused_and_reads_back(written: str) -> None:
    with suppress(PackError):
        meta = PackMeta.from_toml(written, name="fuzz")
        assert PackMeta.from_toml(meta.to_toml(), name="again") == meta


@fuzz(0.02, words=text, value=number)
def test_what_is_written_as_toml_reads_back(words: str, value: float) -> None:
    value = 0.0 if value != value else max(min(value, 1e300), -1e300)  # what a record may hold
    meta = small_meta().model_copy(
        update={
            "provenance": {words: words},
            "required_statement": words,
            "training": {"words": words, "number": value},
        }
    )

    assert PackMeta.from_toml(meta.to_toml(), name="again") == meta


@fuzz(0.05, written=toml(OVERRIDE, PROGRAMMES))
@example(written=f"every_s = {BIG}")
def test_what_staff_have_changed_is_read_or_refused(home: Path, written: str) -> None:
    (home / OVERRIDES / "mona.toml").write_text(written, encoding="utf-8")
    (home / PROGRAMME).write_text(written, encoding="utf-8")
    settings = PORTRAITS.model_copy(update={"folder": home})
    with suppress(PackError):
        read_override(home / "mona")
    with suppress(PackError):
        read_programme(settings)


RECORD = ("label", "gains", "hours", "begins", "title", "portraits", "limits", "yaw_deg", "canvas")


@fuzz(0.03, record=lambda chance: json_value(chance, ("mona", "09:00", "en", 64), RECORD))
@pytest.mark.parametrize("kind", [Override, Programme, PackMeta])
def test_a_record_is_taken_or_refused(kind: type[Record], record: Any) -> None:
    with suppress(PackError):
        kind.from_record(record, name="fuzz")


@fuzz(0.04, content=lambda chance: damaged(chance, [2 * (SUM + b"  pack.toml\n")], LINES))
def test_a_manifest_is_read_or_refused(home: Path, content: bytes) -> None:
    (home / "manifest" / MANIFEST).write_bytes(content)
    with suppress(PackError):
        verify_manifest(home / "manifest")


@fuzz(0.08, content=lambda chance: damaged(chance, [CUES], VTT))
def test_captions_are_read_or_refused(content: bytes) -> None:
    with suppress(PackError):
        for cue in read_captions(content, name="fuzz"):
            assert 0 <= cue.begin_s < cue.end_s


@fuzz(0.02, words=spoken)
def test_a_text_in_rows_leaves_nothing_out(words: str) -> None:
    assert "".join("".join(in_rows(words)).split()) == "".join(words.split())


@fuzz(0.03, words=spoken)
def test_captions_that_are_written_can_be_read(words: str) -> None:
    logging.getLogger("webvtt").setLevel(logging.ERROR)
    rows = [row for row in in_rows(words) if row.strip()]
    cues = [Cue(float(n), n + 0.5, row) for n, row in enumerate(rows)]
    read = read_captions(write_captions(cues), name="fuzz")

    assert [(cue.begin_s, cue.end_s) for cue in read] == [(c.begin_s, c.end_s) for c in cues]
