"""The base learns from people: episodes, steps, whole runs, alone and in two processes."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from kiosk.__main__ import main
from kiosk.base import learner as module
from kiosk.base.episodes import Episode, Episodes, draw_episode, read_episodes
from kiosk.base.identity import Identity, keep_identity
from kiosk.base.learn import Trials
from kiosk.base.learner import Learning, LearnSettings
from kiosk.base.prepare import FORMAT
from kiosk.base.sources import find_sources
from kiosk.errors import TrainingError
from kiosk.model.checkpoint import Base, load_base
from kiosk.model.spec import EMBEDDING, WORKING
from kiosk.portraits.pictures import write_picture
from kiosk.puppet.render import Puppet
from kiosk.training.pairs import Pairs

CPU = torch.device("cpu")
SETTINGS = LearnSettings(steps=10, batch=2, warm_up_steps=2, finish_from=0.1)


@pytest.fixture(scope="module")
def home(puppet: Puppet, pairs: Pairs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data of three people, prepared already: one as they are, two in other colours."""
    folder = tmp_path_factory.mktemp("base")
    (folder / "data").mkdir()
    for number in range(3):
        picture = np.full((8, 8, 3), 40 * number, np.uint8)
        write_picture(folder / "data" / f"person-{number}.png", picture)
    for number, source in enumerate(find_sources(folder / "data")):
        figure = replace(puppet.figure, artwork=puppet.figure.artwork * (1 - 0.2 * number))
        drawn = Pairs(**{name: getattr(pairs, name)[4 * number :][:4] for name in Pairs.__slots__})
        keep_identity(folder / "work" / "people" / FORMAT / source.key, figure, drawn, None)
    return folder


@pytest.fixture(scope="module")
def people(home: Path) -> list[Identity]:
    return [Identity(folder) for folder in sorted((home / "work" / "people" / FORMAT).iterdir())]


@pytest.fixture(autouse=True)
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice is timed: it may differ from one run to the next."""
    monkeypatch.setattr(module, "bfloat16_pays", lambda _: False)


def begin(people: list[Identity], seed: int = 0) -> Learning:
    torch.manual_seed(seed)
    base = Base()
    base.generator.code_basis.normal_(0, 0.01)
    return Learning(base, [each.folder.name for each in people], SETTINGS, device=CPU)


def episode(people: list[Identity], number: int) -> Episode:
    return draw_episode(people, 2, np.random.default_rng(number))


def weights(run: Learning) -> torch.Tensor:
    state = run.state()
    parts = [state[part] for part in ("portraitist", "average", "judge")]
    return torch.cat([value.flatten().float() for part in parts for value in part.values()])


def test_an_episode_shows_different_people_and_asks_for_one_moment_of_each(
    people: list[Identity],
) -> None:
    one = episode(people, 0)

    assert len(set(one.who.tolist())) == 2
    assert one.shown.shape[0] == 2
    assert one.shown.shape[2:] == (3, WORKING, WORKING)
    assert len(one.canvas.picture) == len(one.batch.landmarks) == 2
    portraits = [people[number].landmarks for number in one.who]
    np.testing.assert_array_equal(one.canvas.landmarks.numpy(), portraits)


@pytest.mark.parametrize("readers", [0, 2])
def test_episodes_depend_on_seed_rank_and_step_alone(people: list[Identity], readers: int) -> None:
    def third(rank: int, step: int) -> Episode:
        episodes = read_episodes(Episodes(people, 2, 3, rank), step=step, readers=readers)
        for _ in range(3 - step):
            last = next(episodes)
        return last

    torch.testing.assert_close(third(0, 0).batch.picture, third(0, 2).batch.picture)
    one, other = third(0, 2), third(1, 2)
    assert one.shown.shape != other.shown.shape or (one.shown != other.shown).any()


def test_steps_reduce_the_error_and_bring_the_embedder_to_the_critics_people(
    people: list[Identity],
) -> None:
    run = begin(people)
    run.step = 5
    errors = []
    for _ in range(8):
        errors.append(run.learn(episode(people, 0)))
        run.step = 5

    assert errors[-1]["all"] < errors[0]["all"]
    assert errors[-1]["likeness"] < errors[0]["likeness"]
    assert set(errors[0]) == {"picture", "all", "critic", "features", "verdict", "likeness"}


def test_a_run_goes_on_exactly_where_it_was_kept(people: list[Identity], tmp_path: Path) -> None:
    run = begin(people)
    for number in range(3):
        run.learn(episode(people, number))
    run.save(tmp_path / "base.pt")
    other = begin(people, seed=9)
    other.restore(tmp_path / "base.pt")
    assert other.step == 3
    for each in (run, other):
        each.learn(episode(people, 3))

    torch.testing.assert_close(weights(run), weights(other), rtol=0, atol=0)


def test_a_checkpoint_of_other_people_is_refused_and_stays(
    people: list[Identity], tmp_path: Path
) -> None:
    begin(people[:2]).save(tmp_path / "base.pt")
    kept = (tmp_path / "base.pt").read_bytes()
    with pytest.raises(TrainingError, match=r"base\.pt: its people is '2, .*this run's is '3, "):
        begin(people).restore(tmp_path / "base.pt")

    assert (tmp_path / "base.pt").read_bytes() == kept


def test_numbers_that_break_stop_the_run(people: list[Identity]) -> None:
    run = begin(people)
    one = episode(people, 0)
    broken = replace(one, batch=replace(one.batch, given=one.batch.given * torch.nan))
    with pytest.raises(TrainingError, match="broke down at step 0"):
        run.learn(broken)


def test_people_nobody_learns_from_are_tried_beside_the_rig_alone(people: list[Identity]) -> None:
    tried = Trials(people[:1]).of(begin(people))

    assert set(tried) == {"unseen people, dB", "unseen people, rig alone, dB"}
    assert all(20 < value < 80 for value in tried.values())
    assert Trials([]).of(begin(people)) == {}


def command(home: Path, out: Path, *options: str) -> list[str]:
    where = ["--data", str(home / "data"), "--work", str(home / "work"), "--out", str(out)]
    return ["train", "base", *where, "--imaginary", "0", "--batch", "1", *options]


def test_the_command_writes_a_base_its_notes_and_its_curves(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "base.safetensors"
    assert main(command(home, out, "--steps", "2", "--seed", "4")) == 0
    notes = json.loads(out.with_suffix(".json").read_text())

    assert load_base(out).embedder.describe.weight.shape == (EMBEDDING, EMBEDDING)
    assert {"steps": 2, "seed": 4, "people": 3, "processes": 1}.items() <= notes.items()
    assert notes["commit"]
    assert list((home / "work" / "curves").iterdir())
    (home / "work" / "base.pt").unlink()


@pytest.mark.parametrize("what", ["notes", "out"])
def test_what_cannot_begin_is_told_in_one_line(
    home: Path, tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = command(home, tmp_path / "base.safetensors")
    wrong[wrong.index("--data" if what == "notes" else "--out") + 1] = "/proc/nowhere/base"

    assert main(wrong) == 2
    told = capsys.readouterr().err
    assert "/proc/nowhere/base" in told
    assert len(told.strip().splitlines()) == 1


def torchrun(arguments: list[str]) -> "subprocess.Popen[str]":
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [*launcher, "--nproc-per-node", "2", "-m", "kiosk", *arguments],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip


def test_two_processes_learn_one_base_and_one_that_dies_ends_the_run(
    home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "base.safetensors"
    first = torchrun(command(home, out, "--steps", "2"))
    told, _ = first.communicate(timeout=240)
    assert first.returncode == 0, told
    assert json.loads(out.with_suffix(".json").read_text())["processes"] == 2
    checkpoint = home / "work" / "base.pt"
    kept = checkpoint.read_bytes()

    second = torchrun(command(home, out, "--steps", "5000"))
    try:
        workers = wait_for_workers(second.pid)
        os.kill(workers[1], signal.SIGKILL)
        second.communicate(timeout=90)
    finally:
        with_all(second)
    assert second.returncode != 0
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    assert checkpoint.read_bytes() == kept
    assert torch.load(checkpoint, weights_only=True)["step"] == 2


def wait_for_workers(parent: int) -> list[int]:
    """Both, once they learn: each has then threads that read episodes."""
    for _ in range(600):
        time.sleep(0.2)
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        if len(children) == 2 and all(len(list(threads(child))) > 3 for child in children):
            time.sleep(3)
            return [int(child) for child in children]
    raise AssertionError("the processes never began")


def threads(process: str) -> list[str]:
    return [thread.name for thread in Path(f"/proc/{process}/task").iterdir()]


def with_all(process: "subprocess.Popen[str]") -> None:
    """End whatever is left of a test's own processes."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
