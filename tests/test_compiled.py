"""What numba compiles is kept where that can be, and nothing fails where it cannot."""

import importlib.util
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import numba
import pytest

from kiosk import compiled as compiled_module

SOURCE = """
from kiosk.compiled import compiled

@compiled(nogil=True)
def twice(x):
    return 2 * x
"""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], ModuleType]]:
    """A module with a compiled function, as if begun anew each time."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    path = tmp_path / "sums.py"
    path.write_text(SOURCE)

    def begin() -> ModuleType:
        compiled_module._say.cache_clear()
        spec = importlib.util.spec_from_file_location("sums", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["sums"] = module
        spec.loader.exec_module(module)
        return module

    yield begin
    sys.modules.pop("sums", None)


def kept(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "cache").rglob("*") if path.is_file())


def test_what_was_compiled_is_kept_and_found_again(
    tmp_path: Path, program: Callable[[], ModuleType], caplog: pytest.LogCaptureFixture
) -> None:
    assert program().twice(3) == 6
    assert [path.suffix for path in kept(tmp_path)] == [".nbc", ".nbi"]
    again = program()

    assert again.twice(4) == 8
    assert sum(again.twice.stats.cache_hits.values()) == 1
    assert caplog.text == ""


@pytest.mark.parametrize("content", [b"", b"\x80\x04", b"moths"])
def test_half_a_file_is_compiled_anew(
    tmp_path: Path, program: Callable[[], ModuleType], content: bytes,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    program().twice(3)
    for path in kept(tmp_path):
        path.write_bytes(content)

    assert program().twice(3) == 6
    assert "cannot be read" in caplog.text


def test_a_folder_that_goes_away_ends_nothing(
    tmp_path: Path, program: Callable[[], ModuleType], caplog: pytest.LogCaptureFixture
) -> None:
    module = program()
    (tmp_path / "cache").rename(tmp_path / "gone")
    (tmp_path / "cache").write_text("no folder")

    assert module.twice(3) == 6
    assert module.twice(3.5) == 7
    warnings = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert [line for line in warnings if "cannot be written" in line] == warnings[-1:]


def test_without_any_folder_it_is_compiled_at_each_start(
    program: Callable[[], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr("numba.core.caching.CompileResultCacheImpl.__init__", refuse)

    assert program().twice(3) == 6
    assert "is compiled at each start" in caplog.text
