"""Learns from clips of people what the gallery must know of faces in general.

In goes a folder of clips; out come `face_model.npz` (see `face_model`) and `expressions.npz` (see
`bank`). Offline only. Clips named in `HELD_OUT` are never learnt from: they judge the result.
"""

import logging
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.errors import PictureError
from kiosk.face import MESH
from kiosk.motion.bank import Bank, load_bank, save_bank
from kiosk.motion.face_model import FaceModel
from kiosk.motion.geometry import angles_deg
from kiosk.motion.parts import fit_parts, proportions_of, weights_of
from kiosk.motion.typical import find_typical, save_typical
from kiosk.training.performers import Performer, find_mirror, mean_face, perform, track_clip

logger = logging.getLogger(__name__)

Points = NDArray[np.float64]

HELD_OUT = ("d10",)
COMPONENTS = 25
BANK_COMPONENTS, BANK_FRAMES = 40, 1200
MOST_OF_ONE = 350  # frames of one person in the bank
RIDGE = 0.02
STRANGERS = 3  # imaginary faces that each frame's expression is also learnt on
# a handful of people spread less than a museum's visitors do
SMALLEST_SPREAD = np.array([0.012, 0.03, 0.02, 0.02, 0.03, 0.03, 0.03])
# of fourteen people in an earlier trial: a tracker rarely sees closed lips quite touch
SMALLEST_GAP = 0.015
# the mirror image of resting measures: the two eyes and the two brows change places
SWAPPED = [0, 1, 3, 2, 5, 4, 6]
WIDEST_TURN_DEG = 35.0  # beyond it MediaPipe guesses the far side of the face


def learn(clips: Path, out: Path) -> None:
    """Learn from every ``*.mp4`` in a folder, less the held out; writes two files into `out`.

    Raises:
        PictureError: there are not two clips with faces in them.
    """
    seen = []
    for clip in sorted(clips.glob("*.mp4")):
        if clip.stem not in HELD_OUT:
            landmarks = track_clip(clip)
            logger.info("%s: %s frames with a face", clip.name, len(landmarks))
            seen.append(landmarks)
    learn_from([each for each in seen if len(each) >= 30], out)


def learn_from(sequences: list[NDArray[np.float32]], out: Path) -> None:
    """The same from landmarks already tracked: (T, 478, 3) for each person, pixels."""
    if len(sequences) < 2:
        raise PictureError("clips: fewer than two show a face for a second; give more clips")
    mirror = find_mirror(sequences)
    mean = mean_face(sequences, mirror)
    performers = [perform(each, mean) for each in sequences]
    model = _fit_model(performers, mean, mirror)
    out.mkdir(parents=True, exist_ok=True)
    _save_model(model, out / "face_model.npz")
    save_bank(_fill_bank(performers, mean), out / "expressions.npz")
    bank = load_bank(out / "expressions.npz")  # as it is kept
    save_typical(find_typical(bank), out / "typical.npz")


def _fit_model(performers: list[Performer], mean: Points, mirror: NDArray[np.intp]) -> FaceModel:
    rests = np.array([each.rests[each.resting].mean(axis=0) for each in performers])
    rests = np.concatenate([rests, rests[:, SWAPPED]])
    pitches = [angles_deg(each.rotations[each.resting].mean(axis=0))[1] for each in performers]
    shapes, distances, weights = _examples(performers, mean, mirror)
    components, spread = _principal(shapes, weights, COMPONENTS)
    components = components / spread[:, None]
    solution, bias = _ridge(shapes @ components.T, distances, weights)
    usual = np.append(max(rests[:, 0].mean(), SMALLEST_GAP), rests[:, 1:].mean(axis=0))
    return FaceModel(
        mean=mean,
        mirror=mirror,
        rest_mean=usual,
        rest_spread=np.maximum(rests.std(axis=0), SMALLEST_SPREAD),
        rest_pitch_deg=float(np.median(pitches)),
        rest_gaze_y=float(np.median([np.median(each.gazes[..., 1]) for each in performers])),
        reading=solution.T @ components,
        bias=bias,
        response=_response(shapes, distances, weights),
    )


def _examples(
    performers: list[Performer], mean: Points, mirror: NDArray[np.intp]
) -> tuple[Points, Points, Points]:
    """Shapes less the mean (N, 1404), their distance from neutral (N, 7) and weights (N,).

    Each frame is seen on its own face and on imaginary ones, and all in the mirror, so that who it
    is tells nothing about what the face does.
    """
    rng = np.random.default_rng(0)
    across = np.array([-1.0, 1.0, 1.0])
    neutrals = np.array([each.neutral[:MESH] - mean[:MESH] for each in performers])
    neutrals = np.concatenate([neutrals, (neutrals[:, mirror[:MESH]]) * across])
    shapes, distances, weights = [], [], []
    for person in performers:
        offsets = person.shapes[:, :MESH] - person.neutral[:MESH]
        change = person.rests - person.rests[person.resting].mean(axis=0)
        faces = [np.broadcast_to(person.neutral[:MESH] - mean[:MESH], offsets.shape)]
        for _ in range(STRANGERS):
            mixture = rng.dirichlet(np.full(len(neutrals), 0.5), len(offsets))
            faces.append(1.2 * np.einsum("tn,nij->tij", mixture, neutrals))
        for face in faces:
            seen = face + offsets
            shapes += [seen, seen[:, mirror[:MESH]] * across]
            distances += [change, change[:, SWAPPED]]
            weights += [np.full(len(seen), 1.0 / len(seen))] * 2
    weight = np.concatenate(weights)
    flat = np.concatenate(shapes).reshape(len(weight), -1)
    return flat, np.concatenate(distances), weight / weight.sum()


def _principal(rows: Points, weights: Points, count: int) -> tuple[Points, Points]:
    """Principal components through the origin, (count, D), and their spread, (count,)."""
    values, vectors = np.linalg.eigh((rows * weights[:, None]).T @ rows)
    return vectors[:, ::-1][:, :count].T, np.sqrt(values[::-1][:count])


def _ridge(inputs: Points, outputs: Points, weights: Points) -> tuple[Points, Points]:
    """Weighted ridge regression with a constant: (C, 7), (7,)."""
    centre_in, centre_out = weights @ inputs, weights @ outputs
    inputs, outputs = inputs - centre_in, outputs - centre_out
    weighted = inputs * weights[:, None]
    normal = inputs.T @ weighted + RIDGE * np.eye(inputs.shape[1])
    solution = np.linalg.solve(normal, weighted.T @ outputs)
    return solution, centre_out - centre_in @ solution


def _response(shapes: Points, distances: Points, weights: Points) -> Points:
    """What a unit of each resting measure does to the whole shape: (7, 468, 3)."""
    weighted = distances * weights[:, None]
    normal = distances.T @ weighted + 1e-5 * np.eye(distances.shape[1])
    return np.asarray(np.linalg.solve(normal, weighted.T @ shapes).reshape(-1, MESH, 3))


def _fill_bank(performers: list[Performer], mean: Points) -> Bank:
    """Expressions as the mean face would make them, the most varied frames of everybody."""
    goal, weights = proportions_of(mean), weights_of(mean)
    offsets, closures, gazes, heads, people = [], [], [], [], []
    for number, person in enumerate(performers):
        own = proportions_of(person.neutral)
        turns = np.array([angles_deg(rotation) for rotation in person.rotations])
        for index in np.flatnonzero(np.abs(turns[:, 0]) < WIDEST_TURN_DEG):
            seen = person.shapes[index, :MESH] - person.neutral[:MESH]
            offsets.append(fit_parts(seen, own, goal, weights=weights).ravel())
            opened = person.rests[person.resting, 2:4].mean(axis=0)
            closures.append(1.0 - person.rests[index, 2:4] / opened)
            gazes.append(person.gazes[index] - person.gazes[person.resting].mean(axis=0))
            heads.append(turns[index] - np.median(turns, axis=0))
            people.append(number)
    rows = np.array(offsets)
    basis, _ = _principal(rows, np.full(len(rows), 1.0 / len(rows)), BANK_COMPONENTS)
    codes = rows @ basis.T
    kept = _most_varied(codes, np.array(people))
    return Bank(
        basis=basis.reshape(-1, MESH, 3),
        codes=codes[kept],
        closure=np.array(closures)[kept],
        gaze=np.array(gazes)[kept],
        turn_deg=np.array(heads)[kept],
        person=np.array(people)[kept],
    )


def _most_varied(codes: Points, people: NDArray[np.intp]) -> NDArray[np.intp]:
    """Frames that differ: each next is the farthest from all before it; nobody fills the bank."""
    chosen = [int(np.argmin(np.square(codes).sum(axis=1)))]
    nearest = np.full(len(codes), np.inf)
    while len(chosen) < min(BANK_FRAMES, len(codes)):
        nearest = np.minimum(nearest, np.square(codes - codes[chosen[-1]]).sum(axis=1))
        counts = np.bincount(people[chosen], minlength=int(people.max()) + 1)
        free = counts[people] < MOST_OF_ONE
        if not free.any() or nearest[free].max() <= 0:
            break
        chosen.append(int(np.where(free, nearest, -1.0).argmax()))
    return np.sort(chosen)


def _save_model(model: FaceModel, path: Path) -> None:
    half = {name: getattr(model, name).astype(np.float16) for name in ("reading", "response")}
    np.savez_compressed(
        path,
        mean=model.mean.astype(np.float32),
        mirror=model.mirror.astype(np.int16),
        rest_mean=model.rest_mean,
        rest_spread=model.rest_spread,
        rest_pitch_deg=model.rest_pitch_deg,
        rest_gaze_y=model.rest_gaze_y,
        bias=model.bias,
        **half,
    )
