"""What staff change about a portrait lies beside its pack, which stays as it was signed."""

from pathlib import Path

import pytest

from kiosk.errors import PackError
from kiosk.portraits.manifest import verify_manifest
from kiosk.portraits.override import Override, override_of, read_override, write_override
from kiosk.portraits.pack import load_meta
from tests.packs import write_small_pack

CHANGES = Override.from_record(
    {"gains": {"mouth": 0.5}, "label": {"title": {"fr": "Une « dame »", "en": "A lady"}}},
    name="page",
)


def test_changes_hold_over_the_pack_and_taking_them_away_brings_it_back(tmp_path: Path) -> None:
    folder = write_small_pack(tmp_path, "mona")
    before = load_meta(folder)
    write_override(folder, CHANGES)

    assert read_override(folder) == CHANGES
    assert load_meta(folder).gains.mouth == 0.5
    assert load_meta(folder).label.title["fr"] == "Une « dame »"
    assert load_meta(folder).limits == before.limits
    verify_manifest(folder)

    write_override(folder, Override())
    assert load_meta(folder) == before
    assert not override_of(folder).exists()


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"gains": {"mouth": 99}}, "gains.mouth is 99"),
        ({"limits": {"yaw_deg": [-90, 20]}}, "limits.yaw_deg"),
        ({"rights": "mine"}, "rights is no key"),
        ({"gains": {"mouth": float("nan")}}, "gains.mouth"),
    ],
)
def test_changes_out_of_bounds_are_refused_by_name(record: object, words: str) -> None:
    with pytest.raises(PackError, match=words):
        Override.from_record(record, name="page")


def test_damaged_changes_are_told_and_the_pack_hangs_as_it_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = write_small_pack(tmp_path, "mona")
    before = load_meta(folder)
    override_of(folder).parent.mkdir()
    override_of(folder).write_text("[gains]\nmouth = 99\n")

    assert load_meta(folder) == before
    assert "mona.toml: gains.mouth is 99" in caplog.text
