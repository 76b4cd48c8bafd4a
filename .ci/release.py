"""A clean checkout becomes a release: changelog, version, wheel and sdist, sums, commit and tag.

    python .ci/release.py 0.2.0 [--key FILE] [--dry-run]

The newest section of CHANGELOG.md, "unreleased", gets version and date; pyproject.toml, the only
place where the version stands, gets it, too. What is built lies in dist/VERSION, with its sums and,
with minisign's secret key, a signature over them. Nothing is pushed. What goes wrong leaves the
checkout as it was.
"""

import argparse
import getpass
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

CHANGELOG, PROJECT, SUMS = "CHANGELOG.md", "pyproject.toml", "SHA256SUMS"
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
HEAD = re.compile(r"^## (?:\d+\.\d+\.\d+, )?unreleased$", re.MULTILINE | re.IGNORECASE)
NUMBER = re.compile(r'^version = "([^"]*)"$', re.MULTILINE)


class ReleaseError(Exception):
    """Why there can be no release, in one line."""


@dataclass(frozen=True)
class Plan:
    """A release that nothing speaks against."""

    folder: Path
    version: str
    moment: datetime
    files: dict[str, str]  # name to new text
    news: str  # what has changed since the one before

    @property
    def tag(self) -> str:
        """Of git."""
        return f"v{self.version}"

    @property
    def dist(self) -> Path:
        """Where what is built lies."""
        return self.folder / "dist" / self.version


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code; 2: there is no release, and why is told."""
    parser = argparse.ArgumentParser(description="A clean checkout becomes a release.")
    parser.add_argument("version", help="such as 0.2.0")
    parser.add_argument("--key", type=Path, help="minisign's secret key, which signs the sums")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be")
    parser.add_argument("--folder", type=Path, default=Path(__file__).resolve().parents[1])
    given = parser.parse_args(arguments)
    try:
        plan = make_plan(given.folder, given.version, datetime.now(timezone.utc))
        print(f"{plan.tag}, {plan.moment:%Y-%m-%d}:\n\n{plan.news}")
        if given.dry_run:
            print("\nnothing was done")
            return 0
        carry_out(plan, given.key)
    except ReleaseError as error:
        print(f"no release: {error}", file=sys.stderr)
        return 2
    print(f"\n{plan.dist}: built; committed and tagged {plan.tag}, not pushed")
    return 0


def make_plan(folder: Path, version: str, moment: datetime) -> Plan:
    """Raises `ReleaseError` if something speaks against it."""
    if not VERSION.fullmatch(version):
        raise ReleaseError(f"{version!r} is no version; give one such as 0.2.0")
    if changed := git(folder, "status", "--porcelain"):
        raise ReleaseError(
            f"the tree is dirty; commit or take back: {'; '.join(changed.splitlines())}"
        )
    project = (folder / PROJECT).read_text(encoding="utf-8")
    number = NUMBER.search(project)
    if number is None:
        raise ReleaseError(f"{PROJECT} says no version")
    tags = [tag.removeprefix("v") for tag in git(folder, "tag", "--list", "v*").split()]
    for before in filter(VERSION.fullmatch, tags):
        if ordered(version) <= ordered(before):
            raise ReleaseError(f"{version} is not greater than {before}, which is out")
    if ordered(version) < ordered(number[1]):
        raise ReleaseError(f"{version} is less than {number[1]} in {PROJECT}")
    changelog = (folder / CHANGELOG).read_text(encoding="utf-8")
    dated, news = date_changes(changelog, f"## {version}, {moment:%Y-%m-%d}")
    numbered = NUMBER.sub(f'version = "{version}"', project, count=1)
    return Plan(folder, version, moment, {CHANGELOG: dated, PROJECT: numbered}, news)


def date_changes(changelog: str, head: str) -> tuple[str, str]:
    """The changelog with its newest section under another head, and that section's lines."""
    found = HEAD.search(changelog)
    if found is None or "\n## " in changelog[: found.start()]:
        raise ReleaseError(f'the first section of {CHANGELOG} must be "## Unreleased"')
    news = changelog[found.end() :].partition("\n## ")[0].strip()
    if not news:
        raise ReleaseError(f"{CHANGELOG} says nothing of what has changed")
    fresh = f"## Unreleased\n\n{head}"
    return changelog[: found.start()] + fresh + changelog[found.end() :], news


def carry_out(plan: Plan, key: Path | None) -> None:
    """Write, build, sum up, commit, tag; raises `ReleaseError`, and then nothing was changed."""
    try:
        for name, text in plan.files.items():
            (plan.folder / name).write_text(text, encoding="utf-8", newline="\n")
        build(plan)
        sum_up(plan.dist)
        if key is not None:
            sign(plan, key)
        git(plan.folder, "add", *plan.files)
        git(plan.folder, "commit", "--quiet", "--message", f"Release {plan.version}")
    except BaseException:  # whatever it is
        git(plan.folder, "reset", "--quiet", "--", *plan.files)
        git(plan.folder, "checkout", "--quiet", "--", *plan.files)
        raise
    try:
        git(plan.folder, "tag", "--annotate", plan.tag, "--message", f"Release {plan.version}")
    except BaseException:
        git(plan.folder, "reset", "--quiet", "--hard", "HEAD~1")
        raise


def build(plan: Plan) -> None:
    """Wheel and sdist, the same to the byte wherever the same is built on the same day."""
    plan.dist.mkdir(parents=True, exist_ok=True)
    for old in plan.dist.iterdir():  # of a try that came to nothing
        if old.is_file():
            old.unlink()
    day = plan.moment.replace(hour=0, minute=0, second=0, microsecond=0)
    run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(plan.dist)],
        plan.folder,
        SOURCE_DATE_EPOCH=str(int(day.timestamp())),
    )


def sum_up(dist: Path) -> None:
    """As `sha256sum --check` reads it."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(dist.iterdir())
    ]
    (dist / SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def sign(plan: Plan, key: Path) -> None:
    """Sign the sums; `minisign -Vm SHA256SUMS -p KEY.pub` reads it."""
    try:
        import minisign

        secret = minisign.SecretKey.from_file(key)
        if secret.is_encrypted():
            secret.decrypt(getpass.getpass(f"password of {key}: "))
    except ImportError as error:
        raise ReleaseError("py-minisign is not installed") from error
    except (OSError, ValueError) as error:
        raise ReleaseError(f"{key}: is no secret key, or its password is wrong") from error
    content = (plan.dist / SUMS).read_bytes()
    signature = secret.sign(content, trusted_comment=f"tableau-vivant {plan.version}")
    (plan.dist / f"{SUMS}.minisig").write_bytes(bytes(signature))


def ordered(version: str) -> tuple[int, ...]:
    """What can be compared."""
    found = VERSION.match(version)
    return tuple(map(int, found.groups())) if found else ()


def git(folder: Path, *arguments: str) -> str:
    """What git answers; raises `ReleaseError` with what it complains of."""
    return run(["git", *arguments], folder)


def run(command: Sequence[str], folder: Path, **environment: str) -> str:
    """What a program says; raises `ReleaseError` with what it complains of."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise ReleaseError(f"{' '.join(command[:3])}: {(done.stderr or done.stdout).strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
