"""The packs on this machine: the next good one is shown when one is damaged."""

import logging
from pathlib import Path

import pytest

from kiosk.errors import PackError
from kiosk.portraits.store import find_pack, find_packs, open_first_good, remove_pack
from tests.packs import write_small_pack


def test_packs_are_found_by_name_and_half_written_ones_are_not(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        write_small_pack(tmp_path, name)
    (tmp_path / "c").rename(tmp_path / ".c")

    assert find_packs([tmp_path, tmp_path / "nowhere"]) == [tmp_path / "a", tmp_path / "b"]


def test_a_name_that_is_not_there_lists_those_that_are(tmp_path: Path) -> None:
    write_small_pack(tmp_path, "a")

    assert find_pack("a", [tmp_path]) == tmp_path / "a"
    with pytest.raises(PackError, match=r"^b: there is no such portrait; there are: a$"):
        find_pack("b", [tmp_path])


def test_a_damaged_pack_is_refused_by_name_and_the_next_is_shown(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folders = [write_small_pack(tmp_path, name) for name in ("a", "b")]
    (folders[0] / "matte.png").write_bytes(b"")

    with caplog.at_level(logging.ERROR):
        pack = open_first_good(folders, check_weights=False)

    assert pack.meta.id == "b"
    assert "a: matte.png is damaged" in caplog.text


def test_no_good_pack_is_one_error_with_every_reason(tmp_path: Path) -> None:
    folder = write_small_pack(tmp_path, "a")
    (folder / "matte.png").unlink()

    with pytest.raises(PackError, match=r"no portrait can be shown: a: matte.png is missing"):
        open_first_good([folder], check_weights=False)


def test_a_removed_pack_leaves_nothing(tmp_path: Path) -> None:
    remove_pack(write_small_pack(tmp_path, "a"))

    assert not list(tmp_path.iterdir())


def test_only_packs_are_removed(tmp_path: Path) -> None:
    (tmp_path / "photographs").mkdir()

    with pytest.raises(PackError, match=r"photographs: there is no pack in"):
        remove_pack(tmp_path / "photographs")
    assert (tmp_path / "photographs").is_dir()
