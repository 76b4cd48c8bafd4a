"""A run is kept, gone on with, and ends loudly when its numbers break."""

import errno
from pathlib import Path
from typing import Any

import pytest
import torch

from kiosk.errors import TrainingError
from kiosk.model.spec import NETWORK
from kiosk.training.run import Run, rate_at


def run() -> tuple[Run, torch.nn.Linear, torch.optim.Optimizer]:
    torch.manual_seed(0)
    line = torch.nn.Linear(2, 1)
    optimiser = torch.optim.SGD(line.parameters(), 0.1)
    return Run({"line": line, "optimiser": optimiser}, seed=0), line, optimiser


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_an_error_that_is_no_number_stops_the_run_and_leaves_its_weights(
    tmp_path: Path, value: float
) -> None:
    one, line, optimiser = run()
    one.step = 12
    one.save(tmp_path / "run.pt")
    one.step = 17
    before = line.weight.detach().clone()
    with pytest.raises(TrainingError, match=r"step 17: .*goes on from .*run\.pt, step 12"):
        one.descend(optimiser, line(torch.full((1, 2), value)).sum())

    torch.testing.assert_close(line.weight.detach(), before, rtol=0, atol=0)


def test_a_full_disk_leaves_what_was_kept_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _, _ = run()
    one.step = 3
    one.save(tmp_path / "run.pt")
    kept = (tmp_path / "run.pt").read_bytes()

    def fail(state: object, path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(torch, "save", fail)
    one.step = 9
    with pytest.raises(TrainingError, match=r"No space left.*goes on from .*run\.pt, step 3"):
        one.save(tmp_path / "run.pt")

    assert (tmp_path / "run.pt").read_bytes() == kept
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]


def test_a_checkpoint_of_another_network_is_refused_with_both_names(tmp_path: Path) -> None:
    one, _, _ = run()
    state: dict[str, Any] = one.state() | {"network": "another generator 7"}
    torch.save(state, tmp_path / "run.pt")

    with pytest.raises(TrainingError, match=rf"another generator 7.*{NETWORK}"):
        one.restore(tmp_path / "run.pt")


def test_the_rate_rises_stays_and_falls_to_little() -> None:
    rates = [rate_at(n / 100, step=n, warm_up=10, finish_from=0.7) for n in range(101)]

    assert rates[0] == pytest.approx(0.1)
    assert rates[10:71] == [1.0] * 61
    assert rates[-1] == pytest.approx(0.03)
    assert rates[70:] == sorted(rates[70:], reverse=True)
