"""More pictures of a person, learnt and judged."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.__main__ import main
from kiosk.curation.study import Study
from kiosk.evaluation import fewshot as module
from kiosk.evaluation.fewshot import Trial, judge, learn, line, photographs
from kiosk.puppet.calm import track_faces
from kiosk.puppet.photographs import pair_tracked
from kiosk.puppet.render import Puppet
from kiosk.training.pairs import Pairs, stack_pairs


@pytest.fixture(scope="module")
def trial(study: Study, puppet: Puppet, photograph: Path) -> Trial:
    """The photograph and three that differ from it in size."""
    image = cv2.imread(str(photograph))[:, :, ::-1]
    sizes = (1.0, 0.9, 0.8, 1.1)
    calm, *others = track_faces(
        [np.ascontiguousarray(cv2.resize(image, None, fx=k, fy=k)) for k in sizes]
    )
    tests = [stack_pairs(iter([pair_tracked(puppet, others[0])]))]
    return Trial(puppet, study, calm, others, tests)


def test_the_portraits_own_picture_comes_first(trial: Trial) -> None:
    alone, three = photographs(trial, 1), photographs(trial, 3)

    assert (len(alone), len(three)) == (1, 3)
    np.testing.assert_array_equal(alone.frame[0], three.frame[0])


def test_what_was_learnt_is_judged_beside_the_rig_alone(
    trial: Trial, pairs: Pairs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "make_pairs", lambda *given, **named: pairs)
    generator = learn(trial, 2, seconds=1.0, folder=tmp_path)
    rig, learnt = judge(trial, None, 0), judge(trial, generator, 2)

    assert rig.frames == 0
    assert learnt.frames == 2
    assert learnt.psnr_db != rig.psnr_db
    for each in (rig, learnt):
        assert 15 < each.psnr_db < 50
        assert 0.3 < each.ssim < 1
        assert each.landmarks_pct < 3
    assert line(learnt).split()[0] == "2"


def test_bad_numbers_of_frames_are_told_before_any_work(
    photograph: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "fewshot", str(photograph), "--frames", "1,zero"]) == 2
    assert "--frames is '1,zero'" in capsys.readouterr().err
