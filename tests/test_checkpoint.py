"""What of a network is every portrait's, and what is one portrait's own."""

from pathlib import Path

import pytest
import torch

from kiosk.__main__ import main
from kiosk.errors import PackError
from kiosk.model.checkpoint import BASE, begin_from_base, is_base, load_generator, save_base
from kiosk.model.generator import Generator
from tests.conftest import Depot


def network(seed: int) -> Generator:
    torch.manual_seed(seed)
    return Generator()


def test_a_new_network_takes_the_convolutions_and_nothing_else(tmp_path: Path) -> None:
    teacher, pupil, fresh = network(1), network(2), network(2)
    save_base(teacher, tmp_path / "base.safetensors", learnt_from="nobody")
    begin_from_base(pupil, tmp_path / "base.safetensors")

    names = set(pupil.state_dict())
    assert {"down0.convolution.weight", "heads.bias", "detail.weight"} <= set(
        filter(is_base, names)
    )
    for name, value in pupil.state_dict().items():
        wanted = teacher.state_dict()[name].half().float() if is_base(name) else None
        torch.testing.assert_close(value, fresh.state_dict()[name] if wanted is None else wanted)


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_damaged_base_is_told(tmp_path: Path, share: float) -> None:
    content = BASE.read_bytes()
    (tmp_path / "base.safetensors").write_bytes(content[: int(share * len(content))])

    with pytest.raises(PackError, match=r"base\.safetensors: cannot be read"):
        begin_from_base(network(0), tmp_path / "base.safetensors")


def test_the_base_that_ships_fits_and_is_small() -> None:
    begin_from_base(network(0))

    assert BASE.stat().st_size < 12e6


def test_a_portraits_network_becomes_the_base(depot: Depot, tmp_path: Path) -> None:
    out = tmp_path / "base.safetensors"
    command = ["train", "base", "--portrait", "hopper", "--out", str(out)]
    assert main([*command, "--config", str(depot.config)]) == 0
    begun = network(3)
    begin_from_base(begun, out)
    taught = load_generator(depot.packs / "hopper" / "generator.safetensors")

    torch.testing.assert_close(begun.heads.weight, taught.heads.weight, atol=1e-3, rtol=1e-2)
