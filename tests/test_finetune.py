import copy
import logging
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from kiosk.errors import TrainingError
from kiosk.model.generator import Generator
from kiosk.puppet.render import Puppet
from kiosk.training import finetune as module
from kiosk.training.batch import Batch
from kiosk.training.beginning import Beginning, begin_from_base, begin_from_nothing
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.finetune import FinetuneSettings, Finetuning, finetune
from kiosk.training.objective import Answer, shortfall
from kiosk.training.pairs import Pairs

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def canvas(puppet: Puppet) -> TrainingCanvas:
    return TrainingCanvas(puppet.figure)


@pytest.fixture(scope="module")
def fresh(puppet: Puppet, pairs: Pairs) -> Beginning:
    return begin_from_nothing(puppet.figure, pairs.landmarks, seed=0)


@pytest.fixture(autouse=True)
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice is timed: it may differ from one run to the next."""
    monkeypatch.setattr(module, "bfloat16_pays", lambda _: False)


def begin(fresh: Beginning, canvas: TrainingCanvas, seed: int = 0) -> Finetuning:
    return Finetuning(
        copy.deepcopy(fresh),
        canvas,
        FinetuneSettings(seconds=100.0, seed=seed, batch=4, warm_up_steps=4, critic=True),
    )


def batch(pairs: Pairs, step: int) -> Batch:
    return Batch.take(pairs, np.arange(4) + 4 * (step % 5), CPU)


def weights(run: Finetuning) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in run.generator.parameters()])


def test_the_code_tells_landmarks_apart_and_is_of_unit_spread(
    fresh: Beginning, pairs: Pairs
) -> None:
    code = fresh.generator.encode(torch.from_numpy(np.array(pairs.landmarks)))

    assert code[:, 0].std(unbiased=False).item() == pytest.approx(1.0, rel=0.02)
    assert torch.cdist(code, code).fill_diagonal_(1.0).min() > 0.05


def test_a_few_steps_reduce_the_error(
    fresh: Beginning, canvas: TrainingCanvas, pairs: Pairs
) -> None:
    run = begin(fresh, canvas)
    errors = [run.learn(batch(pairs, 0)) for _ in range(20)]

    assert min(errors[-3:]) < 0.985 * errors[0]
    assert run.step == 20


def test_a_saved_run_goes_on_exactly_there(
    fresh: Beginning, canvas: TrainingCanvas, pairs: Pairs, tmp_path: Path
) -> None:
    run = begin(fresh, canvas)
    run.elapsed = 80.0  # the critic judges
    for step in (0, 1):
        run.learn(batch(pairs, step))
    run.save(tmp_path / "run.pt")
    kept = weights(run)
    run.learn(batch(pairs, 2))
    other = begin(fresh, canvas, seed=5)
    other.restore(tmp_path / "run.pt")
    assert (other.elapsed, other.step) == (80.0, 2)
    torch.testing.assert_close(weights(other), kept, rtol=0, atol=0)
    other.learn(batch(pairs, 2))

    torch.testing.assert_close(weights(other), weights(run), rtol=0, atol=0)
    for mine, theirs in zip(run.critic.parameters(), other.critic.parameters(), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=0)
    assert list(tmp_path.iterdir()) == [tmp_path / "run.pt"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.95])
def test_a_checkpoint_cut_short_is_told_and_learning_begins_anew(
    share: float, fresh: Beginning, canvas: TrainingCanvas, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    path = tmp_path / "run.pt"
    run = begin(fresh, canvas)
    run.step, before = 9, weights(run).clone()
    run.save(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    run.step = 0
    with caplog.at_level(logging.WARNING):
        run.restore(path)

    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["run.pt"]
    assert "\n" not in caplog.records[0].getMessage()
    assert run.step == 0
    torch.testing.assert_close(weights(run), before, rtol=0, atol=0)


def test_a_checkpoint_of_another_network_is_refused_whole(
    fresh: Beginning, canvas: TrainingCanvas, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    run = begin(fresh, canvas)
    before = weights(run).clone()
    state = run.state()
    state["generator"] = {name: value + 1 for name, value in state["generator"].items()}
    state["critic"] = {"stranger": torch.zeros(1)}
    torch.save(state, tmp_path / "run.pt")
    run.restore(tmp_path / "run.pt")

    assert "begins anew" in caplog.text
    torch.testing.assert_close(weights(run), before, rtol=0, atol=0)


def test_a_run_ends_with_its_time_and_gives_the_average(
    fresh: Beginning, canvas: TrainingCanvas, pairs: Pairs, tmp_path: Path
) -> None:
    run = begin(fresh, canvas)
    run.elapsed = 99.9
    shares: list[float] = []
    path = tmp_path / "run.pt"
    generator = finetune(run, pairs, checkpoint=path, report=lambda share, _: shares.append(share))

    assert shares[-1] == 1.0
    assert not generator.training
    assert path.exists()
    again = begin(fresh, canvas)
    finetune(again, pairs, checkpoint=path, report=lambda *_: pytest.fail("it was done"))


def test_a_run_shows_what_it_knows_by_now_and_learns_on_undisturbed(
    fresh: Beginning, canvas: TrainingCanvas, pairs: Pairs, tmp_path: Path
) -> None:
    run = begin(fresh, canvas)
    run.elapsed = 99.9
    shown: list[Generator] = []
    generator = finetune(
        run, pairs, checkpoint=tmp_path / "run.pt", report=lambda *_: None, watch=shown.append
    )

    assert len(shown) == 1  # the next is due in a quarter of a minute
    assert not shown[0].training
    assert shown[0] is not generator
    assert next(shown[0].parameters()).data_ptr() != next(run.average.parameters()).data_ptr()


def test_a_run_that_breaks_down_says_where_and_keeps_what_it_had(
    fresh: Beginning, canvas: TrainingCanvas, pairs: Pairs, tmp_path: Path
) -> None:
    run = begin(fresh, canvas)
    run.learn(batch(pairs, 0))
    run.save(tmp_path / "run.pt")
    kept = weights(run).clone()
    broken = replace(batch(pairs, 1), given=batch(pairs, 1).given * torch.nan)
    with pytest.raises(TrainingError, match=r"broke down at step 1: .*run\.pt, step 1"):
        run.learn(broken)

    torch.testing.assert_close(weights(run), kept, rtol=0, atol=0)


def test_from_the_base_a_portrait_is_nearer_at_once_than_from_nothing(
    fresh: Beginning, canvas: TrainingCanvas, puppet: Puppet, pairs: Pairs
) -> None:
    def error(beginning: Beginning) -> float:
        seen = batch(pairs, 0)
        with torch.no_grad():
            painted = beginning.generator.paint(seen.landmarks, seen.given)
            answer = Answer.compose(painted, canvas, seen)
            return shortfall(answer, seen, canvas)[0].item()

    assert error(begin_from_base(puppet.figure)) < 0.8 * error(fresh)
