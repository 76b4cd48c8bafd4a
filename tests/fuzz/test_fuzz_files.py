"""Whatever files say: one line of ours, or they are read; nothing else, and nothing left behind."""

import io
import shutil
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from kiosk.config import Config, load_config, parse_config
from kiosk.errors import ConfigError, PackError, SoundError
from kiosk.places import PROJECT
from kiosk.portraits.captions import Cue, read_captions, write_captions
from kiosk.portraits.manifest import MANIFEST, verify_manifest
from kiosk.portraits.meta import PackMeta, Record
from kiosk.portraits.override import Override, read_override
from kiosk.portraits.pack import load_pack
from kiosk.portraits.parcel import export_pack, import_pack
from kiosk.portraits.performances import write_performance
from kiosk.portraits.programme import PROGRAMME, Programme, read_programme
from kiosk.portraits.recording import LIMITS, from_bytes, to_bytes
from kiosk.portraits.toml import to_toml
from kiosk.sound.clip import read_sound
from tests.fuzz.cases import damaged, damaged_text, fuzz, json_values
from tests.packs import small_meta, write_small_pack
from tests.performing import piece, recording, tone

# files are long to look at
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")

CONFIG = (PROJECT / "config.toml").read_text(encoding="utf-8")
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


def sounds() -> tuple[bytes, ...]:
    import soundfile

    made = []
    for kind, coding in (("OGG", "VORBIS"), ("FLAC", "PCM_16"), ("WAV", "FLOAT")):
        file = io.BytesIO()
        soundfile.write(file, tone(0.2), 48_000, format=kind, subtype=coding)
        made.append(file.getvalue())
    return tuple(made)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def whole(home: Path) -> Path:
    """A small pack that performs."""
    folder = write_small_pack(home / "whole")
    write_performance(folder, piece(sound=sounds()[0]))
    return folder


@pytest.fixture(scope="module")
def parcel(home: Path, whole: Path) -> Iterator[bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kiosk.portraits.pack.check_weights_file", lambda *_, **__: None)
        from kiosk.portraits.manifest import write_manifest

        write_manifest(whole)
        export_pack(whole, home / "whole.portrait")
        yield (home / "whole.portrait").read_bytes()


@fuzz(0.05)
@given(text=st.text() | damaged_text(CONFIG))
@example(text=f"[camera]\nwidth = {BIG}")
@example(text="a = " + "[" * 5000)
@example(text='[portraits]\nfolder = "a\\u0000b"')
@example(text='[sound]\nambience = "a\\u0000b"')
def test_settings_are_read_or_refused(home: Path, text: str) -> None:
    path = home / "config.toml"
    path.write_text(text, encoding="utf-8")
    with suppress(ConfigError):
        load_config(path)


@fuzz(0.08)
@given(
    tables=st.fixed_dictionaries(
        {},
        optional={
            name: st.dictionaries(
                st.sampled_from(tuple(table)), json_values("auto", "0", "#14110f"), max_size=3
            ) | json_values(keys=KEYS)
            for name, table in TABLES.items()
        },
    ) | st.dictionaries(st.text(), json_values(keys=KEYS), max_size=3)
)  # fmt: skip
def test_tables_of_settings_are_taken_or_refused(tables: dict[str, Any]) -> None:
    with suppress(ConfigError):
        parse_config(tables, name="fuzz")


@fuzz(0.08)
@given(text=st.text() | damaged_text(PACK))
@example(text=f"version = {BIG}")
def test_a_packs_record_is_read_or_refused_and_reads_back(text: str) -> None:
    with suppress(PackError):
        meta = PackMeta.from_toml(text, name="fuzz")
        assert PackMeta.from_toml(meta.to_toml(), name="again") == meta


@fuzz(0.04)
@given(words=st.text(st.characters(exclude_categories=["Cs"])), number=st.floats(allow_nan=False))
def test_what_is_written_as_toml_reads_back(words: str, number: float) -> None:
    meta = small_meta().model_copy(
        update={"provenance": {words: words}, "required_statement": words}
    )
    kept = {"training": {"words": words, "number": max(min(number, 1e300), -1e300)}}
    meta = meta.model_copy(update=kept)

    assert PackMeta.from_toml(meta.to_toml(), name="again") == meta


@fuzz(0.05)
@given(text=damaged_text(OVERRIDE, PROGRAMMES))
@example(text=f"every_s = {BIG}")
def test_what_staff_have_changed_is_read_or_refused(home: Path, text: str) -> None:
    (home / ".overrides").mkdir(exist_ok=True)
    (home / ".overrides" / "mona.toml").write_text(text, encoding="utf-8")
    (home / PROGRAMME).write_text(text, encoding="utf-8")
    settings = Config().portraits.model_copy(update={"folder": home})
    with suppress(PackError):
        read_override(home / "mona")
    with suppress(PackError):
        read_programme(settings)


@fuzz(0.02)
@pytest.mark.parametrize("kind", [Override, Programme, PackMeta])
@given(
    record=json_values("mona", "09:00", "en", keys=("label", "gains", "hours", "begins", "title"))
)
def test_a_record_is_taken_or_refused(kind: type[Record], record: Any) -> None:
    with suppress(PackError):
        kind.from_record(record, name="fuzz")


@fuzz(0.04)
@given(data=st.data())
def test_a_manifest_is_read_or_refused(home: Path, whole: Path, data: st.DataObject) -> None:
    folder = home / "manifest"
    folder.mkdir(exist_ok=True)
    text = (whole / MANIFEST).read_bytes()
    (folder / MANIFEST).write_bytes(data.draw(st.binary() | damaged(text)))
    with suppress(PackError):
        verify_manifest(folder)


@fuzz(0.03)
@given(data=st.data())
def test_a_parcel_is_refused_or_hangs_and_leaves_nothing_else(
    home: Path, parcel: bytes, data: st.DataObject
) -> None:
    gallery = home / "gallery"
    shutil.rmtree(gallery, ignore_errors=True)
    gallery.mkdir()
    file = home / "fuzz.portrait"
    file.write_bytes(data.draw(damaged(parcel) | mixed(parcel) | st.binary()))
    try:
        hung = [import_pack(file, gallery, replace=False, trial=lambda _: None).name]
    except PackError:
        hung = []

    assert [path.name for path in gallery.iterdir()] == hung


@st.composite
def mixed(draw: Any, parcel: bytes) -> bytes:
    """A zip whose files were damaged, renamed and left out before they were put into it."""
    with zipfile.ZipFile(io.BytesIO(parcel)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    odd = st.sampled_from(("../x", "/etc/x", "performances/../x", "a\\b", "performances", "é"))
    chosen = draw(st.lists(st.sampled_from(tuple(files)), max_size=len(files), unique=True))
    content = [
        draw(damaged(files[name])) if draw(st.booleans()) else files[name] for name in chosen
    ]
    names = [draw(odd) if draw(st.integers(0, 9)) == 0 else name for name in chosen]
    packing = draw(st.sampled_from((0, 8, 12, 14)))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as target:
        for name, data in zip(names, content, strict=True):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of names that are in it twice
                target.writestr(zipfile.ZipInfo(name), data, packing)
    return made.getvalue()


@fuzz(0.03)
@given(data=st.data())
def test_a_pack_with_a_file_that_is_damaged_is_read_or_refused(
    home: Path, whole: Path, data: st.DataObject
) -> None:
    folder = home / "damaged" / whole.name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(whole, folder)
    path = data.draw(st.sampled_from(sorted(p for p in folder.rglob("*.*") if p.is_file())))
    path.write_bytes(data.draw(damaged(path.read_bytes()) | st.binary()))
    with suppress(PackError):
        load_pack(folder, verify=False)


def tracks(changed: dict[str, tuple[list[int] | None, str, float]]) -> bytes:
    """A recorded motion some of whose tracks have another shape, type and number."""
    known = load(to_bytes(recording(0.1)))
    with np.errstate(all="ignore"):
        for name, (shape, kind, number) in changed.items():
            due = known[name].shape if shape is None else shape
            known[name] = np.asarray(np.full(due, number).astype(kind))
        return bytes(save(known))


@fuzz(0.06)
@given(
    content=damaged(to_bytes(recording(0.3)))
    | st.dictionaries(
        st.sampled_from((*LIMITS, "fps", "voice_only")),
        st.tuples(
            st.none() | st.lists(st.integers(0, 3), max_size=3),
            st.sampled_from(("<f2", "<f4", "<f8", "<i8", "|u1", "|b1")),
            st.floats() | st.floats(-10, 60),
        ),
        max_size=2,
    ).map(tracks)
)
def test_a_recorded_motion_is_read_or_refused(content: bytes) -> None:
    with suppress(ValueError):
        read = from_bytes(content)
        assert all(np.isfinite(getattr(read, name)).all() for name in LIMITS)


@fuzz(0.08)
@given(content=st.binary() | damaged(write_captions([Cue(0.5, 1.0, "Hi"), Cue(1.0, 4e3, "Ho")])))
def test_captions_are_read_or_refused(content: bytes) -> None:
    with suppress(PackError):
        for cue in read_captions(content, name="fuzz"):
            assert 0 <= cue.begin_s < cue.end_s


@fuzz(0.02)
@given(content=st.binary() | damaged(*sounds()))
def test_a_sound_is_read_or_refused(content: bytes) -> None:
    with suppress(SoundError):
        samples = read_sound(content)
        assert np.isfinite(samples).all()
