"""A service whose cache cannot be written to keeps it beside what outlives a restart."""

from pathlib import Path

from kiosk.service.caches import settle_caches


def told(cache: Path, state: Path) -> dict[str, str]:
    given = {"XDG_CACHE_HOME": str(cache), "NUMBA_CACHE_DIR": "n", "STATE_DIRECTORY": str(state)}
    settle_caches(given)
    return given


def test_a_cache_that_can_be_written_to_stays(tmp_path: Path) -> None:
    given = told(tmp_path / "cache" / "kiosk", tmp_path)

    assert given["XDG_CACHE_HOME"] == str(tmp_path / "cache" / "kiosk")
    assert given["NUMBA_CACHE_DIR"] == "n"


def test_else_the_services_own_folder_holds_it(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder")
    given = told(tmp_path / "cache" / "kiosk", tmp_path / "state")

    assert given["XDG_CACHE_HOME"] == str(tmp_path / "state" / "cache")
    assert given["NUMBA_CACHE_DIR"] == str(tmp_path / "state" / "cache" / "numba")
    assert (tmp_path / "state" / "cache").is_dir()


def test_where_neither_can_be_nothing_changes(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    given = told(tmp_path / "file" / "cache", tmp_path / "file" / "state")

    assert given["XDG_CACHE_HOME"] == str(tmp_path / "file" / "cache")


def test_who_is_no_service_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    given = {"XDG_CACHE_HOME": str(tmp_path / "file" / "cache")}
    settle_caches(given)

    assert given == {"XDG_CACHE_HOME": str(tmp_path / "file" / "cache")}
