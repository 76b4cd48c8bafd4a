"""Pairs on disk: made by other processes, the same whether or not the work was interrupted."""

from pathlib import Path

import numpy as np
import pytest

from kiosk.curation.study import Study
from kiosk.rig.landmarks import pose_landmarks
from kiosk.training import pairs as module
from kiosk.training.pairs import CHUNK, Pairs, Sampler, make_pairs, open_pairs, room_for_pairs

SEED = 7


def make(folder: Path, study: Study, sampler: Sampler, shares: list[float]) -> Pairs:
    return make_pairs(
        folder, study.puppet(), sampler, count=CHUNK + 1, seed=SEED, report=shares.append
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, study: Study, sampler: Sampler) -> Path:
    """Two chunks; the work on them was interrupted after the first to be done."""
    place = tmp_path_factory.mktemp("pairs")

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_pairs(place, study.puppet(), sampler, count=CHUNK, seed=SEED, report=interrupt)
    (done,) = place.glob("*.done")
    assert done.name == "chunk-0.done"
    shares: list[float] = []
    make(place, study, sampler, shares)
    assert shares == [0.5, 1.0]  # another count: both were made anew
    return place


def test_a_chunks_motions_depend_on_its_number_and_the_seed_alone(
    folder: Path, study: Study, sampler: Sampler
) -> None:
    pairs = open_pairs(folder)

    assert len(pairs) == 2 * CHUNK  # whole chunks
    for number in (0, 1):
        motion = sampler(np.random.default_rng((SEED, number)))
        wanted = pose_landmarks(study.landmarks, motion)
        np.testing.assert_allclose(pairs.landmarks[number * CHUNK], wanted, atol=1e-5)
    assert pairs.frame.reshape(len(pairs), -1).max(1).min() > 0  # none is empty


def test_only_what_is_missing_is_made_again_and_the_same(
    folder: Path, study: Study, sampler: Sampler
) -> None:
    before = np.array(open_pairs(folder).frame)
    (folder / "chunk-1.done").unlink()
    frames = np.load(folder / "frame.npy", mmap_mode="r+")
    frames[CHUNK:] = 0
    frames[0, 0, 0] = 1  # chunk 0 is left alone
    frames.flush()
    shares: list[float] = []
    after = make(folder, study, sampler, shares).frame

    assert shares == [1.0]
    assert after[0, 0, 0].tolist() == [1, 1, 1]
    np.testing.assert_array_equal(after[CHUNK:], before[CHUNK:])


@pytest.mark.parametrize("damage", ["cut", "empty", "missing"])
def test_damaged_arrays_are_made_anew(damage: str, tmp_path: Path) -> None:
    module._allocate(tmp_path, CHUNK)
    module._mark(tmp_path, 0).touch()
    module._allocate(tmp_path, CHUNK)
    assert module._mark(tmp_path, 0).exists()
    given = tmp_path / "given.npy"
    content = given.read_bytes()[:5000]
    if damage == "missing":
        given.unlink()
    else:
        given.write_bytes(content if damage == "cut" else b"")

    module._allocate(tmp_path, CHUNK)
    assert not module._mark(tmp_path, 0).exists()
    assert open_pairs(tmp_path).given.shape[0] == CHUNK


def test_the_room_that_pairs_take_is_known_before(folder: Path) -> None:
    taken = sum(path.stat().st_size for path in folder.glob("*.npy"))

    assert room_for_pairs(CHUNK + 1) == pytest.approx(taken, abs=5 * 4096)
