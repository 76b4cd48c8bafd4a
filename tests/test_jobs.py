"""Long work in processes of its own: how far it is, what went wrong, how it is stopped."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.console.jobs import MOST, Job, Jobs
from kiosk.errors import ControlError

# does what its arguments say, as the command line would
WORKER = """
import json, sys, time
kind, *words = sys.argv[1:]
for word in words:
    if word == "wait":
        time.sleep(60)
    elif word.startswith("exit"):
        sys.exit(int(word[4:]))
    elif word.startswith("!"):
        print(word[1:], file=sys.stderr, flush=True)
    elif word != "--json":
        print(word, flush=True)
"""


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    worker = tmp_path / "worker.py"
    worker.write_text(WORKER)
    jobs = Jobs([sys.executable, str(worker)])
    yield jobs
    jobs.close()


def until(job: Job, key: str) -> dict[str, Any]:
    """The job's state once it has told a thing."""
    gives_up_at = time.monotonic() + 30
    while not job.state().get(key) and time.monotonic() < gives_up_at:
        time.sleep(0.01)
    assert job.state().get(key), job.state()
    return job.state()


def test_what_was_told_last_of_each_thing_is_kept(jobs: Jobs) -> None:
    job = jobs.start("look", "mona", [
        '{"stage": "looking", "share": 0.5}', '{"remark": "dark"}', "no JSON at all",
        '{"remarks": ["small"]}', '{"share": 1.0}', '["neither"]',
    ], key="1")  # fmt: skip
    state = until(job, "done")

    assert (state["stage"], state["share"]) == ("looking", 1.0)
    assert state["remarks"] == ["dark", "small"]
    assert "fault" not in state


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (['{"fault": "no face"}', "!kiosk: no face", "exit2"], "no face"),
        (["!Traceback", "!kiosk: no room", "exit2"], "no room"),
        (["exit3"], "it ended with code 3"),
    ],
)
def test_what_goes_wrong_is_one_line(jobs: Jobs, words: list[str], fault: str) -> None:
    assert until(jobs.start("look", "mona", words, key="1"), "done")["fault"] == fault


def test_work_can_be_stopped_and_says_that_it_goes_on(jobs: Jobs) -> None:
    job = jobs.start("add", "mona", ['{"share": 0.1}', "wait"], key="1")
    until(job, "share")
    jobs.stop(job.number)

    assert "goes on" in until(job, "done")["fault"]
    assert jobs.learning is None


def test_one_portrait_is_learnt_at_a_time_and_looks_go_on_beside_it(jobs: Jobs) -> None:
    job = jobs.start("add", "mona", ["wait"], key="1")

    assert jobs.learning is job
    with pytest.raises(ControlError, match="mona is being worked on"):
        jobs.start("add", "girl", [], key="2")
    until(jobs.start("look", "girl", [], key="2"), "done")


def test_the_same_work_is_not_begun_twice(jobs: Jobs) -> None:
    first = jobs.start("look", "mona", ["wait"], key="1")

    assert jobs.start("look", "mona", ["wait"], key="1") is first


def test_another_look_at_the_same_picture_takes_the_place_of_the_first(jobs: Jobs) -> None:
    first = jobs.start("look", "mona", ["wait"], key="1")
    until(jobs.start("look", "mona", ['{"face": 2}'], key="1"), "done")

    assert until(first, "done")["stopped"]


def test_what_cannot_be_kept_is_said_and_the_job_is_done(jobs: Jobs) -> None:
    def full(_: dict[str, Any]) -> None:
        raise OSError(28, "No space left on device")

    job = jobs.start("look", "mona", [], key="1", after=full)
    assert "No space left" in until(job, "done")["fault"]


def test_too_much_at_a_time_is_refused(jobs: Jobs) -> None:
    for number in range(MOST):
        jobs.start("look", f"picture {number}", ["wait"], key=str(number))
    with pytest.raises(ControlError, match="picture 0 is being worked on"):
        jobs.start("look", "one more", [], key="more")


def test_what_follows_is_done_before_the_job_is(jobs: Jobs) -> None:
    seen: list[dict[str, Any]] = []
    job = jobs.start("look", "mona", ['{"a": 1}'], key="1", after=seen.append)
    until(job, "done")

    assert seen[0]["a"] == 1


def test_no_child_outlives_the_page(jobs: Jobs) -> None:
    job = jobs.start("add", "mona", ["wait"], key="1")
    jobs.close()

    assert job.process.poll() is not None


def test_a_job_that_is_not_known_is_said_so(jobs: Jobs) -> None:
    with pytest.raises(ControlError, match="no job 7"):
        jobs.get(7)
