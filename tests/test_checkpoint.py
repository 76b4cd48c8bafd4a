"""What portraits begin from: written, read back, refused."""

from pathlib import Path

import pytest
import torch

from kiosk.errors import PackError
from kiosk.model import checkpoint, spec
from kiosk.model.checkpoint import BASE, Base, load_base, save_base


def base(seed: int) -> Base:
    torch.manual_seed(seed)
    return Base()


def test_a_base_comes_back_as_it_was_but_for_what_is_one_portraits_own(tmp_path: Path) -> None:
    kept = base(1)
    kept.generator.artwork.fill_(0.5)
    save_base(kept, tmp_path / "base.safetensors")
    found = load_base(tmp_path / "base.safetensors")

    assert not found.generator.artwork.any()
    for part, network in found.parts().items():
        wanted = kept.parts()[part].state_dict()
        for name, value in network.state_dict().items():
            if name != "artwork":
                torch.testing.assert_close(value, wanted[name], atol=1e-3, rtol=1e-3)
    assert [path.name for path in tmp_path.iterdir()] == ["base.safetensors"]


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_damaged_base_is_told(tmp_path: Path, share: float) -> None:
    content = BASE.read_bytes()
    (tmp_path / "base.safetensors").write_bytes(content[: int(share * len(content))])

    with pytest.raises(PackError, match=r"base\.safetensors: cannot be read"):
        load_base(tmp_path / "base.safetensors")


@pytest.mark.parametrize(
    ("module", "name", "value", "told"),
    [
        (spec, "NETWORK", "another generator 7", rf"'another generator 7'.*'{spec.NETWORK}'"),
        (
            checkpoint,
            "_ONES_OWN",
            ("artwork", "plate", "code_mean", "heads.bias"),
            r"base\.safetensors: generator\.heads\.bias is missing",
        ),
    ],
    ids=["of another network", "that lacks a tensor"],
)
def test_another_programs_base_is_refused_by_its_name(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    name: str,
    value: object,
    told: str,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(module, name, value)
        save_base(base(0), tmp_path / "base.safetensors")

    with pytest.raises(PackError, match=told):
        load_base(tmp_path / "base.safetensors")


def test_the_base_that_ships_fits_is_small_and_of_finite_numbers() -> None:
    shipped = load_base()

    assert BASE.stat().st_size < 12e6
    for network in shipped.parts().values():
        for name, value in network.state_dict().items():
            assert bool(value.isfinite().all()), name
    assert shipped.generator.code_basis.abs().max() > 0
