import logging
from pathlib import Path

import numpy as np
import pytest
import torch

from kiosk.model.generator import Generator
from kiosk.puppet.render import Puppet
from kiosk.training import finetune as module
from kiosk.training.beginning import begin_generator
from kiosk.training.canvas import TrainingCanvas
from kiosk.training.finetune import Batch, FinetuneSettings, Finetuning, finetune
from kiosk.training.pairs import Pairs

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def canvas(puppet: Puppet) -> TrainingCanvas:
    return TrainingCanvas(puppet.figure, puppet.slope)


@pytest.fixture(scope="module")
def fresh(canvas: TrainingCanvas, pairs: Pairs) -> Generator:
    return begin_generator(canvas, pairs.landmarks, seed=0)


@pytest.fixture(autouse=True)
def full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """The choice is timed: it may differ from one run to the next."""
    monkeypatch.setattr(module, "bfloat16_pays", lambda _: False)


def begin(fresh: Generator, canvas: TrainingCanvas, seed: int = 0) -> Finetuning:
    generator = Generator()
    generator.load_state_dict(fresh.state_dict())
    return Finetuning(
        generator,
        canvas,
        FinetuneSettings(seconds=100.0, seed=seed, batch=4, warm_up_steps=4),
    )


def batch(pairs: Pairs, step: int) -> Batch:
    return Batch.take(pairs, np.arange(4) + 4 * (step % 5), CPU)


def weights(run: Finetuning) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in run.generator.parameters()])


def test_the_code_tells_landmarks_apart_and_is_of_unit_spread(
    fresh: Generator, pairs: Pairs
) -> None:
    code = fresh.encode(torch.from_numpy(np.array(pairs.landmarks)))

    torch.testing.assert_close(code[:, :16].mean(0), torch.zeros(16), atol=1e-4, rtol=0)
    assert code[:, 0].std(unbiased=False).item() == pytest.approx(1.0, rel=0.02)
    assert torch.cdist(code, code).fill_diagonal_(1.0).min() > 0.05


def test_a_few_steps_reduce_the_error(
    fresh: Generator, canvas: TrainingCanvas, pairs: Pairs
) -> None:
    run = begin(fresh, canvas)
    errors = [run.learn(batch(pairs, 0)) for _ in range(12)]

    assert min(errors[-3:]) < 0.99 * errors[0]
    assert run.step == 12


def test_a_saved_run_goes_on_exactly_there(
    fresh: Generator, canvas: TrainingCanvas, pairs: Pairs, tmp_path: Path
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
    share: float, fresh: Generator, canvas: TrainingCanvas, tmp_path: Path,
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
    fresh: Generator, canvas: TrainingCanvas, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    run = begin(fresh, canvas)
    before = weights(run).clone()
    state = run._state()
    state["generator"] = {name: value + 1 for name, value in state["generator"].items()}
    state["critic"] = {"stranger": torch.zeros(1)}
    torch.save(state, tmp_path / "run.pt")
    run.restore(tmp_path / "run.pt")

    assert "begins anew" in caplog.text
    torch.testing.assert_close(weights(run), before, rtol=0, atol=0)


def test_a_run_ends_with_its_time_and_gives_the_average(
    fresh: Generator, canvas: TrainingCanvas, pairs: Pairs, tmp_path: Path
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
