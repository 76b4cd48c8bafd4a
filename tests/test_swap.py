"""One pack in the place of another: whole at any moment, and taken back at once."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kiosk.errors import PackError
from kiosk.portraits import swap
from kiosk.portraits.store import find_packs, mark_of
from kiosk.portraits.swap import exchange, install, previous_of, rollback

SWAPPER = """
import sys
from pathlib import Path
from kiosk.portraits.swap import install
root = Path(sys.argv[1])
number = 0
print("ready", flush=True)
while True:
    number += 1
    staging = root / ".incoming" / "mona"
    staging.mkdir(parents=True)
    for name in ("pack.toml", "manifest-sha256.txt", "artwork.jpg"):
        (staging / name).write_text(f"{number}")
    install(staging, root / "mona")
    staging.parent.rmdir()
"""


def make(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("pack.toml", "manifest-sha256.txt"):
        (folder / name).write_text(text)
    return folder


def says(folder: Path) -> str:
    return (folder / "pack.toml").read_text()


@pytest.fixture(params=["one call", "two renames"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "two renames":
        monkeypatch.setattr(swap, "exchange", swap._exchange_in_steps)
    return tmp_path


def test_the_first_pack_is_put_in_place(root: Path) -> None:
    install(make(root / ".new" / "mona", "1"), root / "mona")

    assert says(root / "mona") == "1"
    with pytest.raises(PackError, match="mona: there is no version before this one"):
        rollback(root / "mona")


def test_a_newer_pack_keeps_the_one_before_and_no_older(root: Path) -> None:
    for text in "123":
        install(make(root / ".new" / "mona", text), root / "mona")

    assert says(root / "mona") == "3"
    assert says(previous_of(root / "mona")) == "2"
    assert find_packs([root]) == [root / "mona"]
    assert list((root / ".new").iterdir()) == []


def test_what_was_rolled_back_comes_again(root: Path) -> None:
    for text in "12":
        install(make(root / ".new" / "mona", text), root / "mona")
    seen = []
    for _ in range(3):
        rollback(root / "mona")
        seen.append(says(root / "mona"))

    assert seen == ["1", "2", "1"]


def test_another_pack_has_another_mark(root: Path) -> None:
    marks = []
    for text in "123":
        install(make(root / ".new" / "mona", text), root / "mona")
        marks.append(mark_of(root / "mona"))

    assert len(set(marks)) == 3
    assert mark_of(root / "mona") == marks[-1]
    assert mark_of(root / "nobody") is None


def test_an_exchange_that_cannot_be_leaves_both(tmp_path: Path) -> None:
    one = make(tmp_path / "one", "1")

    with pytest.raises(OSError, match="No such file"):
        exchange(one, tmp_path / "nowhere")
    assert says(one) == "1"


def test_killed_at_any_moment_a_whole_pack_hangs(tmp_path: Path) -> None:
    chance = random.Random(0)
    seen = set()
    for _ in range(12):
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        command = [sys.executable, "-c", SWAPPER, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0.02, 0.12))
            process.send_signal(signal.SIGKILL)
        texts = {path.read_text() for path in (tmp_path / "mona").iterdir()}
        assert len(list((tmp_path / "mona").iterdir())) == 3
        assert len(texts) == 1  # all of one version
        seen |= texts
        for left in tmp_path.glob(".incoming*"):
            subprocess.run(["rm", "-r", str(left)], check=True)

    assert len(seen) > 3
