"""Both ends of the network for a CPU, compiled by numba, and what lays its paint over the rig's.

`look` and `finish` are `Generator.look` and `Generator.finish`.
They move much data and compute little. One pass over it, in the order in which it lies in memory,
takes a quarter of the time of PyTorch's dozen of passes. What they say is the module's: the engine
is compared with it before it is used.
"""

from dataclasses import dataclass

import cv2
import numba
import numpy as np
from torch import Tensor

from kiosk.compiled import compiled
from kiosk.messages import Floats
from kiosk.model import generator as network
from kiosk.model import spec
from kiosk.rig.rig import Drawing

# constants to the compiler: loops of known length run three times as fast. Its cache does not see
# them change in their own files: touch this one then, or the engine is refused
_SIZE, _FINER, _PIXELS = spec.WORKING, spec.FINER, spec.FINER**2
_MASKS, _JUMPS = spec.MASKS, spec.SEEN
_SHARE = np.float32(1 / _PIXELS)
_FLOW_GAIN, _JUMP_GAIN = np.float32(network.FLOW_INPUT_GAIN), np.float32(network.JUMP_GAIN)
_JUMP, _UNPAINTED = np.float32(network.JUMP * network.JUMP_GAIN), np.float32(network.TRACE)
_COLOURS = spec.GIVEN - 3 * _PIXELS  # where they begin
_DIM = np.float32(network.DIM)
_UNSEEN = np.float32(np.log(0.5 / 255))  # logit of a cover that no display shows
_TRACE = np.float32(1e-3)
_ONE_ROUND = np.ones((3, 3), np.uint8)
_ONE, _HALF, _BYTE = np.float32(1), np.float32(0.5), np.float32(1 / 255)


@dataclass(frozen=True, slots=True, eq=False)
class Textures:
    """What a network holds of its artwork, channels last, at both sizes; 0 to 1."""

    artwork: Floats  # (RESOLUTION, RESOLUTION, 4) not premultiplied
    plate: Floats  # (RESOLUTION, RESOLUTION, 3)
    small_artwork: Floats  # (WORKING, WORKING, 4)
    small_plate: Floats  # (WORKING, WORKING, 3)
    slope: Floats  # (3,)

    @classmethod
    def of(cls, generator: network.Generator) -> "Textures":
        """A portrait's."""
        artwork, plate = (channels_last(x) for x in (generator.artwork, generator.plate))
        return cls.make(artwork, plate, generator.slope.flatten().numpy())

    @classmethod
    def make(cls, artwork: Floats, plate: Floats, slope: Floats) -> "Textures":
        """Of an artwork with its matte, its plate, and how its colours follow light."""
        return cls(artwork, plate, _shrink(artwork), _shrink(plate), slope)


def look(drawing: Drawing, textures: Textures) -> Floats:
    """`Generator.look`, channels last.

    Args:
        drawing: the rig's, at RESOLUTION.
        textures: the portrait's.

    Returns:
        (WORKING, WORKING, GIVEN).
    """
    flow, masks = drawing.flow, spec.draw_masks(drawing.landmarks)
    given = np.empty((spec.WORKING, spec.WORKING, spec.GIVEN), np.float32)
    near = np.zeros((spec.WORKING, spec.WORKING), np.uint8)
    _look(flow, masks, textures.small_artwork, textures.small_plate, given, drawing.cover, near)
    near = cv2.dilate(near, _ONE_ROUND)
    pictures = textures.artwork, textures.plate, drawing.paint, drawing.cover
    _look_closely(near, flow, drawing.light, textures.slope, pictures, given)
    return given


def finish(heads: Floats, given: Floats, *, window: Floats) -> tuple[Floats, Floats]:
    """Paint and cover of `Generator.forward`, channels last.

    Nine pixels of ten are covered by nothing that could be seen: there cover is 0, and paint is,
    too, but for those beside a covered one, which a display blends with it.

    Args:
        heads: (WORKING, WORKING, HEADS * FINER ** 2).
        given: (WORKING, WORKING, GIVEN) what `look` gave.
        window: (RESOLUTION, RESOLUTION) the network's.
    """
    size = (spec.RESOLUTION, spec.RESOLUTION)
    paint, cover = np.zeros((*size, 3), np.float32), np.zeros(size, np.float32)
    covered = np.zeros((_SIZE, _SIZE), np.uint8)
    _cover(heads, window, cover, covered)
    _paint(heads, given, cv2.dilate(covered, _ONE_ROUND), paint)
    return paint, cover


def relight(light: Floats, flow: Floats, textures: Textures) -> Floats:
    """Light of `Generator.forward`: (RESOLUTION, RESOLUTION).

    Args:
        light: (WORKING / 2, WORKING / 2) change of log luminance.
        flow: (RESOLUTION, RESOLUTION, 2) the rig's.
        textures: the portrait's.
    """
    size = (spec.RESOLUTION, spec.RESOLUTION)
    if np.abs(light).max() <= network.DIM:  # as a rule, where no photograph taught it any
        return np.zeros(size, np.float32)
    fine = cv2.resize(light, size, interpolation=cv2.INTER_LINEAR)
    _light_sitter(fine, flow, textures.artwork)
    return fine


def _shrink(picture: Floats) -> Floats:
    size = (spec.WORKING, spec.WORKING)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


@compiled
def lay_under(paint, cover, below, below_cover):  # type: ignore[no-untyped-def]
    """Put one coat of paint under another, in place: one paint and one cover that show both.

    Args:
        paint: (RESOLUTION, RESOLUTION, 3) the upper coat, 0 to 1.
        cover: (RESOLUTION, RESOLUTION) what it hides, 0 to 1.
        below: (RESOLUTION, RESOLUTION, 3) the lower coat, black where there is none.
        below_cover: (RESOLUTION, RESOLUTION) what that hides.
    """
    for y in range(len(cover)):
        for x in range(len(cover)):
            if below[y, x, 0] + below[y, x, 1] + below[y, x, 2] == 0:
                continue
            own = cover[y, x]
            # where neither covers anything it is the lower paint: a display blends neighbours
            share = (_ONE - own) * max(below_cover[y, x], _TRACE)
            for k in range(3):
                mixed = own * paint[y, x, k] + share * below[y, x, k]
                paint[y, x, k] = mixed / (own + share)
            cover[y, x] = own + (_ONE - own) * below_cover[y, x]


@compiled
def _look(flow, masks, artwork, plate, given, cover, near):  # type: ignore[no-untyped-def]
    half, last = np.float32(_SIZE) * _HALF, np.float32(_SIZE - 1)
    for row in range(_SIZE):
        for column in range(_SIZE):
            x, y = np.float32(0), np.float32(0)
            for i in range(_FINER):
                for j in range(_FINER):
                    x += flow[row * _FINER + i, column * _FINER + j, 0] * _SHARE
                    y += flow[row * _FINER + i, column * _FINER + j, 1] * _SHARE
            for i in range(_FINER):
                for j in range(_FINER):
                    at = _JUMPS + i * _FINER + j
                    fine_x = flow[row * _FINER + i, column * _FINER + j, 0]
                    fine_y = flow[row * _FINER + i, column * _FINER + j, 1]
                    jump_x, jump_y = (fine_x - x) * _JUMP_GAIN, (fine_y - y) * _JUMP_GAIN
                    given[row, column, at] = jump_x
                    given[row, column, at + _PIXELS] = jump_y
                    painted = cover[row * _FINER + i, column * _FINER + j] > _UNPAINTED
                    if painted or abs(jump_x) > _JUMP or abs(jump_y) > _JUMP:
                        near[row, column] = 1
            given[row, column, 3], given[row, column, 4] = x * _FLOW_GAIN, y * _FLOW_GAIN
            for k in range(_MASKS):
                given[row, column, 5 + k] = np.float32(masks[k, row, column]) * _BYTE
            x = min(max(np.float32(column) + x * half, np.float32(0)), last)
            y = min(max(np.float32(row) + y * half, np.float32(0)), last)
            alpha = _sample(artwork, x, y, 3)
            for k in range(3):
                behind = plate[row, column, k]
                mixed = behind + alpha * (_sample(artwork, x, y, k) - behind)
                given[row, column, k] = mixed * np.float32(2) - _ONE


@compiled
def _look_closely(near, flow, light, slope, pictures, given):  # type: ignore[no-untyped-def]
    artwork, plate, paint, cover = pictures
    half, last = np.float32(_SIZE * _FINER) * _HALF, np.float32(_SIZE * _FINER - 1)
    for row in range(_SIZE):
        for column in range(_SIZE):
            if near[row, column] == 0:
                for at in range(3 * _PIXELS):
                    given[row, column, _COLOURS + at] = np.float32(0)
                continue
            for at in range(_PIXELS):
                i, j = row * _FINER + at // _FINER, column * _FINER + at % _FINER
                x = min(max(np.float32(j) + flow[i, j, 0] * half, np.float32(0)), last)
                y = min(max(np.float32(i) + flow[i, j, 1] * half, np.float32(0)), last)
                alpha, hidden = _sample(artwork, x, y, 3), cover[i, j]
                for k in range(3):
                    lit = _sample(artwork, x, y, k) * np.exp(light[i, j] * slope[k])
                    colour = plate[i, j, k] + alpha * (lit - plate[i, j, k])
                    colour += hidden * (paint[i, j, k] - colour)
                    apart = colour * np.float32(2) - _ONE - given[row, column, k]
                    given[row, column, _COLOURS + k * _PIXELS + at] = apart


@numba.njit(nogil=True, inline="always")
def _sample(image, x, y, k):  # type: ignore[no-untyped-def]
    left, top = min(int(x), image.shape[1] - 2), min(int(y), image.shape[0] - 2)
    x, y = x - np.float32(left), y - np.float32(top)
    above = image[top, left, k] + x * (image[top, left + 1, k] - image[top, left, k])
    top += 1
    below = image[top, left, k] + x * (image[top, left + 1, k] - image[top, left, k])
    return above + y * (below - above)


@compiled
def _cover(heads, window, cover, covered):  # type: ignore[no-untyped-def]
    for y in range(_SIZE * _FINER):
        row, first = y // _FINER, y % _FINER * _FINER
        for column in range(_SIZE):
            for j in range(_FINER):
                x, at = column * _FINER + j, first + j
                logit = heads[row, column, at + 3 * _PIXELS]
                if logit > _UNSEEN:
                    cover[y, x] = _sigmoid(logit) * window[y, x]
                    covered[row, column] = 1


@compiled
def _paint(heads, given, wanted, paint):  # type: ignore[no-untyped-def]
    for row in range(_SIZE):
        for column in range(_SIZE):
            if wanted[row, column] == 0:
                continue
            for at in range(_PIXELS):
                y, x = row * _FINER + at // _FINER, column * _FINER + at % _FINER
                for k in range(3):
                    apart = given[row, column, _COLOURS + k * _PIXELS + at]
                    colour = (given[row, column, k] + apart) * _HALF + _HALF
                    colour += heads[row, column, at + k * _PIXELS]
                    paint[y, x, k] = min(max(colour, np.float32(0)), _ONE)


@compiled
def _light_sitter(light, flow, artwork):  # type: ignore[no-untyped-def]
    half, last = np.float32(_SIZE * _FINER) * _HALF, np.float32(_SIZE * _FINER - 1)
    for i in range(_SIZE * _FINER):
        for j in range(_SIZE * _FINER):
            meant = light[i, j] - min(max(light[i, j], -_DIM), _DIM)
            if meant != 0:
                x = min(max(np.float32(j) + flow[i, j, 0] * half, np.float32(0)), last)
                y = min(max(np.float32(i) + flow[i, j, 1] * half, np.float32(0)), last)
                meant *= _sample(artwork, x, y, 3)
            light[i, j] = meant


@compiled
def _sigmoid(x):  # type: ignore[no-untyped-def]
    return _ONE / (_ONE + np.exp(-x))


def channels_last(x: Tensor) -> Floats:
    """(1, C, H, W) to (H, W, C), contiguous."""
    return np.ascontiguousarray(x[0].permute(1, 2, 0).numpy())
