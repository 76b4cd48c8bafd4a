"""What tests of the curator's road share, made once: a photograph, studied, and its puppet."""

from pathlib import Path

import numpy as np
import pytest

from kiosk.curation.study import Study, study_picture
from kiosk.motion.bank import load_bank
from kiosk.motion.rehearsal import Rehearsal
from kiosk.motion.target import MotionTarget
from kiosk.puppet.render import Puppet
from kiosk.training.pairs import Pairs, Sampler, stack_pairs


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
    return Puppet(study.figure())


@pytest.fixture(scope="session")
def sampler(study: Study) -> Sampler:
    """Draws the motions that a generator learns from."""
    return Rehearsal(load_bank(), MotionTarget("hopper", study.landmarks)).draw


@pytest.fixture(scope="session")
def pairs(puppet: Puppet, sampler: Sampler) -> Pairs:
    """Two dozen moments, in memory."""
    rng = np.random.default_rng(0)
    return stack_pairs(puppet.render(sampler(rng)) for _ in range(24))
