"""A release comes from a clean tree, with changes to tell and a greater version, or not at all."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import minisign
import pytest

from kiosk.places import PROJECT
from kiosk.portraits.signing import make_keys

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed"
)
SCRIPT = PROJECT / ".ci" / "release.py"
CHANGELOG = """\
# Changes

## 0.2.0, unreleased

- It dances.

## 0.1.0, 2026-01-01

- It hangs.
"""
PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "thing"
version = "0.1.0"
"""


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=ann", "-c", "user.email=ann@example.org", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project of which 0.1.0 is out."""
    folder = tmp_path / "project"
    (folder / "thing").mkdir(parents=True)
    (folder / "thing" / "__init__.py").write_text("")
    (folder / "CHANGELOG.md").write_text(CHANGELOG)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / ".gitignore").write_text("dist/\n")
    git(folder, "init", "--quiet")
    git(folder, "config", "user.name", "ann")
    git(folder, "config", "user.email", "ann@example.org")
    git(folder, "config", "commit.gpgsign", "false")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "all")
    git(folder, "tag", "v0.1.0")
    return folder


def release(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--folder", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def state(folder: Path) -> tuple[str, ...]:
    return git(folder, "rev-parse", "HEAD"), git(folder, "tag"), git(folder, "status", "--short")


def test_a_release_is_built_summed_up_committed_and_tagged(tree: Path) -> None:
    done = release(tree, "0.2.0")
    assert done.returncode == 0, done.stderr

    changes = (tree / "CHANGELOG.md").read_text()
    assert changes.startswith("# Changes\n\n## Unreleased\n\n## 0.2.0, 20")
    assert changes.count("- It dances.") == 1
    assert 'version = "0.2.0"' in (tree / "pyproject.toml").read_text()
    dist = tree / "dist" / "0.2.0"
    names = sorted(path.name for path in dist.iterdir())
    assert names == ["SHA256SUMS", "thing-0.2.0-py2.py3-none-any.whl", "thing-0.2.0.tar.gz"]
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=dist, check=True)
    assert git(tree, "log", "-1", "--format=%s") == "Release 0.2.0\n"
    assert git(tree, "tag", "--points-at", "HEAD") == "v0.2.0\n"
    assert git(tree, "status", "--short") == ""


def test_the_same_day_the_same_bytes_are_built(tree: Path) -> None:
    release(tree, "0.2.0")
    sums = (tree / "dist" / "0.2.0" / "SHA256SUMS").read_text()
    git(tree, "tag", "--delete", "v0.2.0")
    git(tree, "reset", "--hard", "--quiet", "HEAD~1")
    release(tree, "0.2.0")

    assert (tree / "dist" / "0.2.0" / "SHA256SUMS").read_text() == sums


def test_the_sums_are_signed(tree: Path, tmp_path: Path) -> None:
    secret, public = make_keys(tmp_path / "museum", "")
    assert release(tree, "0.2.0", "--key", str(secret)).returncode == 0
    sums = tree / "dist" / "0.2.0" / "SHA256SUMS"
    signature = minisign.Signature.from_file(sums.with_name("SHA256SUMS.minisig"))

    minisign.PublicKey.from_file(public).verify(sums.read_bytes(), signature)
    assert signature.trusted_comment == "tableau-vivant 0.2.0"


@pytest.mark.parametrize(
    ("version", "changelog", "words"),
    [
        ("0.1.0", CHANGELOG, "0.1.0 is not greater than 0.1.0, which is out"),
        ("0.0.9", CHANGELOG, "is not greater than 0.1.0"),
        ("two", CHANGELOG, "'two' is no version"),
        ("0.2.0", CHANGELOG.replace("- It dances.\n\n", ""), "says nothing of what has changed"),
        ("0.2.0", CHANGELOG.replace("## 0.2.0, unreleased\n\n- It dances.\n\n", ""), "must be"),
        ("0.2.0", "# Changes\n", "must be"),
    ],
)
def test_what_speaks_against_it_is_told_and_nothing_changes(
    tree: Path, version: str, changelog: str, words: str
) -> None:
    if changelog != CHANGELOG:
        (tree / "CHANGELOG.md").write_text(changelog)
        git(tree, "commit", "--quiet", "-am", "changes")
    before = state(tree)
    done = release(tree, version)

    assert done.returncode == 2
    assert words in done.stderr
    assert state(tree) == before


def test_a_dirty_tree_is_refused(tree: Path) -> None:
    (tree / "new.py").write_text("")
    done = release(tree, "0.2.0")

    assert done.returncode == 2
    assert "the tree is dirty" in done.stderr
    assert "new.py" in done.stderr


def test_a_dry_run_tells_the_news_and_does_nothing(tree: Path) -> None:
    before = state(tree)
    done = release(tree, "0.2.0", "--dry-run")

    assert done.returncode == 0
    assert "- It dances." in done.stdout
    assert "- It hangs." not in done.stdout
    assert state(tree) == before
    assert not (tree / "dist").exists()


def test_what_cannot_be_built_leaves_the_tree_as_it_was(tree: Path) -> None:
    (tree / "thing" / "__init__.py").unlink()  # hatchling finds no package then
    git(tree, "commit", "--quiet", "-am", "nothing left")
    before = state(tree)
    done = release(tree, "0.2.0")

    assert done.returncode == 2
    assert "no release: " in done.stderr
    assert state(tree) == before


def test_the_projects_own_changelog_can_be_released() -> None:
    lines = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    heads = [line for line in lines if line.startswith("## ")]

    assert heads[0].lower().endswith("unreleased")
