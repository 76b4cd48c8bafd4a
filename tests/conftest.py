"""What tests of the curator's road share, made once: a photograph, studied, and its puppet."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from kiosk.curation.study import Study, study_picture
from kiosk.motion.bank import load_bank
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.target import MotionTarget
from kiosk.puppet import figure
from kiosk.puppet.render import Puppet
from kiosk.training.pairs import Pairs, Sampler, stack_pairs


@pytest.fixture(scope="session", autouse=True)
def coarse_pieces() -> Iterator[None]:
    """Ground behind a sitter takes a quarter of a minute in full, and is looked at in one test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figure, "PIECED_AT", 96)
        yield


@pytest.fixture(scope="session")
def photograph() -> Path:
    """Grace Hopper, 512 x 600, U.S. Navy, public domain: it lies in matplotlib's wheel."""
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "sample_data" / "grace_hopper.jpg"


@pytest.fixture(scope="session")
def study(photograph: Path) -> Study:
    return study_picture(photograph)


@pytest.fixture(scope="session")
def puppet(study: Study) -> Puppet:
    return study.puppet()


@pytest.fixture(scope="session")
def sampler(study: Study) -> Sampler:
    """Draws the motions that a generator learns from."""
    return Rehearsal(load_bank(), MotionTarget("hopper", study.landmarks)).draw


@pytest.fixture(scope="session")
def pairs(puppet: Puppet, sampler: Sampler) -> Pairs:
    """Two dozen moments, in memory."""
    rng = np.random.default_rng(0)
    return stack_pairs(puppet.render(sampler(rng)) for _ in range(24))


@dataclass(frozen=True)
class Depot:
    """A portrait made by the command's own function, interrupted on its way, and what was told."""

    config: Path
    packs: Path
    cache: Path
    begun: list[str]  # stages until the interruption
    left: list[str]  # in the packs' folder after the interruption
    resumed: list[str]  # stages after it
    log: list[str]
    previews: list[bytes]  # the first one seen after it


@pytest.fixture(scope="session")
def depot(photograph: Path, tmp_path_factory: pytest.TempPathFactory) -> Depot:
    """`hopper`, learnt in seconds: whole, but no beauty."""
    from kiosk.curation.add import add_portrait
    from kiosk.curation.commission import Commission
    from kiosk.curation.timetable import Progress
    from kiosk.portraits.meta import Label

    home = tmp_path_factory.mktemp("depot")
    (home / "config.toml").write_text('[portraits]\nfolder = "packs"\nportrait = "hopper"\n')
    depot = Depot(home / "config.toml", home / "packs", home / "cache", [], [], [], [], [])
    rights = "https://creativecommons.org/publicdomain/mark/1.0/"
    commission = Commission(
        photograph,
        "hopper",
        minutes=0.2,
        label=Label(title={"en": "Grace Hopper"}),
        rights=rights,
        seed=3,
    )

    def stop_when_learning(done: Progress) -> None:
        depot.begun.append(done.stage)
        if done.stage.startswith("learning"):
            raise KeyboardInterrupt

    def go_on(done: Progress) -> None:
        depot.resumed.append(done.stage)
        if done.preview is not None and not depot.previews:
            depot.previews.append(done.preview.read_bytes())

    handler = logging.Handler()
    handler.emit = lambda record: depot.log.append(record.getMessage())  # type: ignore[method-assign]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(depot.cache))
        with pytest.raises(KeyboardInterrupt):
            add_portrait(commission, depot.packs, stop_when_learning)
        if depot.packs.exists():
            depot.left.extend(path.name for path in depot.packs.iterdir())
        (pairs,) = depot.cache.rglob("pairs")
        pairs.with_name("finetuning.pt").write_bytes(b"")  # a power cut shortened it
        logging.getLogger("kiosk").addHandler(handler)
        try:
            add_portrait(commission, depot.packs, go_on)
        finally:
            logging.getLogger("kiosk").removeHandler(handler)
    return depot
