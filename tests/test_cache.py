"""Compiled engines on disk: recognised, or named for what is wrong with them."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.errors import EngineError
from kiosk.generator.cache import EngineCache, EngineKey

KEY = EngineKey(
    network="generator 6",
    precision="float16",
    builder="TensorRT 10.3",
    gpu="Orin",
    capability="8.7",
    driver="540.4",
    torch="2.8",
)
ENGINE = bytes(range(256)) * 8


@pytest.fixture
def cache(tmp_path: Path) -> EngineCache:
    return EngineCache(tmp_path / "engines")


def test_what_was_written_is_read(cache: EngineCache) -> None:
    cache.write(KEY, ENGINE)

    assert cache.read(KEY) == ENGINE
    assert [entry.key for entry in cache.entries()] == [KEY]


@pytest.mark.parametrize(
    "part", ["network", "precision", "builder", "gpu", "capability", "driver", "torch"]
)
def test_an_engine_of_anything_else_is_not_taken(cache: EngineCache, part: str) -> None:
    cache.write(KEY, ENGINE)

    assert cache.read(replace(KEY, **{part: "another"})) is None


def test_an_engine_under_a_foreign_name_is_told_apart(cache: EngineCache) -> None:
    other = replace(KEY, gpu="Thor")
    cache.write(KEY, ENGINE).rename(cache.path(other))

    with pytest.raises(EngineError, match="gpu 'Orin', not 'Thor'"):
        cache.read(other)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda told: told[:-100], "bytes"),
        (lambda told: told[:-1] + b"x", "its sum differs"),
        (lambda told: b"", "no engine of ours"),
        (lambda told: b"\x00" * 5000, "no engine of ours"),
        (lambda told: told.replace(b"engine 1", b"engine 0", 1), "another format"),
    ],
)
def test_a_damaged_engine_is_named(cache: EngineCache, damage: object, words: str) -> None:
    path = cache.write(KEY, ENGINE)
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]

    with pytest.raises(EngineError, match=f"{path.name}.*{words}"):
        cache.read(KEY)
    assert [bool(entry.fault) for entry in cache.entries()] == [True]


def test_what_cannot_be_written_leaves_what_was_there(cache: EngineCache) -> None:
    cache.write(KEY, ENGINE)
    path = cache.path(KEY)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.mkdir()

    with pytest.raises(EngineError, match="cannot be written"):
        cache.write(KEY, ENGINE + ENGINE)
    partial.rmdir()
    assert cache.read(KEY) == ENGINE


def test_cleaning_keeps_this_machines_engine_alone(cache: EngineCache) -> None:
    kept = cache.write(KEY, ENGINE)
    stale = cache.write(replace(KEY, driver="535"), ENGINE)
    left = kept.with_name("float16-0.partial")
    left.write_bytes(b"half")

    assert cache.clean(None) == [left]  # without a GPU nothing is known to be stale
    assert cache.clean(KEY) == [stale]
    assert list(cache.folder.iterdir()) == [kept]
    assert cache.clean(None, everything=True) == [kept]
