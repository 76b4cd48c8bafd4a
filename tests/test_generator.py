from dataclasses import replace

import numpy as np
import pytest
import torch

from kiosk.curation.study import Study
from kiosk.errors import EngineError
from kiosk.generator.eager import CpuEngine, PlainEngine
from kiosk.generator.engine import Maps, check_agreement
from kiosk.generator.stage import GeneratorStage
from kiosk.messages import Floats, PortraitMotion
from kiosk.model import spec
from kiosk.model.generator import Generator
from kiosk.model.layers import canvas_grid, foveate, into_frame, unfoveate
from kiosk.training.prior import anchor


@pytest.fixture(scope="module")
def generator(study: Study) -> Generator:
    """A network that knows no artwork, but answers to landmarks with all that it has."""
    torch.manual_seed(0)
    network = Generator()
    with torch.no_grad():
        network.heads.weight.normal_(0, 0.05)
        network.artwork.uniform_()
        network.plate.uniform_()
        network.code_basis.normal_(0, 0.05)
        network.prior.flow_basis.normal_(0, 0.003)
        network.prior.anchor.copy_(torch.from_numpy(anchor(study.landmarks)))
    return network.eval()


class Liar:
    """An engine whose flow is off by a little."""

    name = "liar"

    def __init__(self, honest: PlainEngine, error_px: float) -> None:
        self._honest, self._error = honest, error_px / 256

    def infer(self, landmarks: Floats) -> Maps:
        maps = self._honest.infer(landmarks)
        return replace(maps, flow=maps.flow + np.float32(self._error))


def moved(study: Study) -> Floats:
    return study.landmarks * np.float32(1.05)


def test_without_its_head_it_shows_the_prior_alone(generator: Generator, study: Study) -> None:
    bare = Generator()
    bare.load_state_dict(generator.state_dict())
    with torch.inference_mode():
        bare.heads.weight.zero_()
        bare.heads.bias.zero_()
        landmarks = torch.from_numpy(moved(study))[None]
        masks = torch.zeros(spec.INPUTS["masks"])
        flow, _, _ = bare.layers(landmarks, masks)
        coarse = bare.prior(bare.encode(landmarks), landmarks, bare.grid)
        prior = coarse * bare.window

    assert float(prior.abs().max()) > 0.01
    torch.testing.assert_close(flow, prior)


def test_the_priors_frame_goes_where_the_head_goes(generator: Generator, study: Study) -> None:
    still = torch.from_numpy(study.landmarks)[None]
    turn = torch.tensor([[0.9, 0.2], [-0.1, 1.1]])
    shift = torch.tensor([0.05, -0.1])
    carried = torch.cat([still[..., :2] @ turn + shift, still[..., 2:]], -1)
    grid = canvas_grid(9)

    torch.testing.assert_close(
        into_frame(grid @ turn + shift, generator.prior.frame(carried)), grid, atol=1e-5, rtol=0
    )


def test_nothing_moves_at_the_canvass_border(generator: Generator, study: Study) -> None:
    maps = PlainEngine(generator).infer(moved(study))

    for edge in (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1]):
        assert not maps.flow[edge].any()
        assert not maps.cover[edge].any()
    assert np.abs(maps.flow[100:150, 100:150]).max() > 0.01
    assert maps.cover.max() > 0.01


def test_maps_have_the_shapes_and_ranges_of_the_spec(generator: Generator, study: Study) -> None:
    maps = PlainEngine(generator).infer(moved(study))
    r = spec.RESOLUTION

    assert (maps.flow.shape, maps.paint.shape, maps.cover.shape) == ((r, r, 2), (r, r, 3), (r, r))
    assert all(x.dtype == np.float32 for x in (maps.flow, maps.paint, maps.cover))
    with torch.inference_mode():
        given = [torch.zeros(shape) for shape in spec.INPUTS.values()]
        layers = generator.layers(*given)
    assert [tuple(x.shape) for x in layers] == list(spec.OUTPUTS.values())
    assert 0 <= maps.paint.min() <= maps.paint.max() <= 1
    assert 0 <= maps.cover.min() <= maps.cover.max() <= 1


def test_the_same_landmarks_give_the_same_maps(generator: Generator, study: Study) -> None:
    engine = PlainEngine(generator)
    first, second = engine.infer(moved(study)), engine.infer(moved(study))
    other = engine.infer(study.landmarks)

    np.testing.assert_array_equal(first.flow, second.flow)
    np.testing.assert_array_equal(first.paint, second.paint)
    assert np.abs(first.flow - other.flow).max() > 1e-3


def test_the_unet_in_low_precision_agrees_with_the_plain_network(
    generator: Generator, study: Study
) -> None:
    threads = torch.get_num_threads()
    engine = CpuEngine(generator, threads=1, low=True)
    torch.set_num_threads(threads)

    check_agreement(engine, generator, study.landmarks)
    assert engine.name == "cpu-bfloat16"
    assert generator.expand.weight.dtype == torch.float32  # the plain one is left as it was


def test_the_traced_engine_agrees_with_the_plain_one(generator: Generator, study: Study) -> None:
    threads = torch.get_num_threads()
    engine = CpuEngine(generator, threads=1)
    torch.set_num_threads(threads)
    check_agreement(engine, generator, study.landmarks)
    found, wanted = engine.infer(moved(study)), PlainEngine(generator).infer(moved(study))

    np.testing.assert_allclose(found.flow, wanted.flow, atol=1e-4)
    np.testing.assert_allclose(found.paint, wanted.paint, atol=1e-3)


def test_a_disagreeing_engine_is_refused_with_figures(generator: Generator, study: Study) -> None:
    check_agreement(Liar(PlainEngine(generator), 0.05), generator, study.landmarks)
    with pytest.raises(EngineError, match=r"flow by 0\.2\d\d px of 512 \(limit 0\.1\)"):
        check_agreement(Liar(PlainEngine(generator), 0.2), generator, study.landmarks)


def test_an_engine_that_answers_with_nan_is_refused(generator: Generator, study: Study) -> None:
    liar = Liar(PlainEngine(generator), float("nan"))
    with pytest.raises(EngineError, match="liar differs"):
        check_agreement(liar, generator, study.landmarks)


def test_the_stage_passes_on_whose_moment_it_is(generator: Generator, study: Study) -> None:
    stage = GeneratorStage(PlainEngine(generator))
    layers = stage(PortraitMotion("hopper", study.landmarks, captured_at=7.5))

    assert stage(None) is None
    assert layers is not None
    assert (layers.portrait_id, layers.captured_at) == ("hopper", 7.5)


def test_the_prior_flows_grid_is_densest_about_the_face_and_keeps_the_border() -> None:
    centre, grid = torch.tensor([0.1, -0.2]), canvas_grid(33)
    dense = unfoveate(grid, centre)
    steps = dense.diff(dim=2)[0, 16, :, 0]
    border = torch.tensor([[-1.0, -1.0], [1.0, 1.0]])

    torch.testing.assert_close(foveate(dense, centre), grid)
    torch.testing.assert_close(foveate(border, centre), border)
    assert steps.argmin().item() in (17, 18)  # at x = 0.1
    assert steps[0] > 2 * steps.min()
