"""One stroke after another, compiled: traced along the field, then laid with its bristles.

Comes in: starts, chances, and what the strokes follow. Goes out: paint, on ``canvas`` and
``height``, which are written to. Where to start and how thick a brush to take is left to ``brush``.
"""

import numpy as np

from kiosk.compiled import compiled

BRISTLES = 192  # across the widest brush
BRISTLE_PX = 1.7
STRETCH = 1024  # length of the bristle pattern along a stroke
POINTS = 12  # of a stroke's path, at most


@compiled
def lay_strokes(fields, starts, chance, brush):  # type: ignore[no-untyped-def]
    """Trace and lay a stroke from every one of ``starts`` (N, 2), in order."""
    canvas, height, goal, matter, along, bristles = fields
    radius, opacity, load = brush
    reach = int(2 * radius * (POINTS * 0.6 + 2)) + 4
    near = np.empty((reach, reach), np.float32)
    side = np.empty((reach, reach), np.float32)
    path = np.empty((POINTS, 2), np.float32)
    colour = np.empty(3, np.float32)
    for i in range(len(starts)):
        count = _trace(path, starts[i], (canvas, goal, along), (radius, chance[i, 0]))
        _choose_colour(colour, path[:count], (goal, matter), chance[i])
        body = load * (0.6 + 0.8 * chance[i, 4])
        hard = 4.0 - 2.6 * matter[int(starts[i, 1]), int(starts[i, 0])]  # flesh is blended wet
        stroke = (radius * (0.8 + 0.3 * chance[i, 5]), opacity, body, chance[i, 6], hard)
        _lay(canvas, height, (path[:count], colour, bristles), stroke, (near, side))


@compiled
def _trace(path, start, fields, manner):  # type: ignore[no-untyped-def]
    """Fill ``path`` with points along the field from ``start``; return how many."""
    canvas, goal, along = fields
    radius, chance = manner
    h, w = along.shape[:2]
    x, y = start[0], start[1]
    first = goal[int(y), int(x)]
    before_x, before_y = np.float32(0.0), np.float32(0.0)
    count = 0
    longest = 4 + int(chance * (POINTS - 4))
    while count < longest:
        path[count, 0], path[count, 1] = x, y
        count += 1
        column, row = int(x), int(y)
        kept, changed = np.float32(0.0), np.float32(0.0)
        for c in range(3):
            kept += abs(goal[row, column, c] - canvas[row, column, c])
            changed += abs(goal[row, column, c] - first[c])
        if count > 3 and kept < changed:
            break
        dx, dy = along[row, column, 0], along[row, column, 1]
        if dx * before_x + dy * before_y < 0:
            dx, dy = -dx, -dy
        if count > 1:  # a brush turns slowly
            dx, dy = 0.55 * dx + 0.45 * before_x, 0.55 * dy + 0.45 * before_y
            size = max(np.sqrt(dx * dx + dy * dy), 1e-3)
            dx, dy = dx / size, dy / size
        before_x, before_y = dx, dy
        x, y = x + dx * radius * 0.6, y + dy * radius * 0.6
        if x < 0 or y < 0 or x >= w or y >= h:
            break
    return count


@compiled
def _choose_colour(colour, path, fields, chance):  # type: ignore[no-untyped-def]
    """The mean of the goal under the path, a shade lighter, darker, warmer or cooler."""
    goal, matter = fields
    colour[:] = 0.0
    for i in range(len(path)):
        for c in range(3):
            colour[c] += goal[int(path[i, 1]), int(path[i, 0]), c] / len(path)
    freedom = 1.0 - 0.75 * matter[int(path[0, 1]), int(path[0, 0])]
    light = 1.0 + (chance[1] - 0.5) * 0.16 * freedom
    warm = (chance[2] - 0.5) * 0.07 * freedom
    colour[0] = colour[0] * (light + warm) + (chance[3] - 0.5) * 6 * freedom
    colour[1] = colour[1] * light + (chance[3] - 0.5) * 5 * freedom
    colour[2] = colour[2] * (light - warm) + (chance[3] - 0.5) * 4 * freedom


@compiled
def _lay(canvas, height, what, stroke, scratch):  # type: ignore[no-untyped-def]
    """Lay one stroke: paint thins out along it, hairs leave streaks, edges stand up."""
    path, colour, bristles = what
    radius, opacity, body, chance, hard = stroke
    near, side = scratch
    h, w = height.shape
    left = max(int(path[:, 0].min() - radius) - 1, 0)
    top = max(int(path[:, 1].min() - radius) - 1, 0)
    right = min(int(path[:, 0].max() + radius) + 2, w)
    bottom = min(int(path[:, 1].max() + radius) + 2, h)
    near[: bottom - top, : right - left] = 9e9
    _measure(path, radius, (left, top, right, bottom), (near, side))
    length = (len(path) - 1) * radius * 0.6 + 2 * radius
    for y in range(top, bottom):
        for x in range(left, right):
            away = near[y - top, x - left] / radius
            if away >= 1.0:
                continue
            s, v = _along_and_across(side[y - top, x - left], path, x, y)
            hair = int(v / BRISTLE_PX + BRISTLES // 2 + chance * 40) % BRISTLES
            held = bristles[int(s + chance * 7919) % STRETCH, hair]
            dry = max(0.0, 1.6 * (s + radius) / length - 0.9)
            edge = min(1.0, (1.0 - away) * radius * 0.7, (1.0 - away) * hard)
            a = opacity * edge * min(1.0, max(0.0, 1.3 + 0.6 * held - 1.4 * dry))
            shade = 1.0 + 0.02 * hard * (held - 0.5)
            for c in range(3):
                canvas[y, x, c] += (colour[c] * shade - canvas[y, x, c]) * a
            ridge = body * (0.35 + 0.9 * held) * (0.75 + 0.5 * away * away)
            height[y, x] += (0.4 * height[y, x] + ridge - height[y, x]) * a


@compiled
def _measure(path, radius, box, scratch):  # type: ignore[no-untyped-def]
    """For every pixel of ``box``: the distance to the path, and the nearest segment."""
    left, top, right, bottom = box
    near, side = scratch
    for i in range(max(len(path) - 1, 1)):
        j = min(i + 1, len(path) - 1)
        ax, ay, bx, by = path[i, 0], path[i, 1], path[j, 0], path[j, 1]
        square = max((bx - ax) ** 2 + (by - ay) ** 2, np.float32(1e-6))
        for y in range(
            max(top, int(min(ay, by) - radius)), min(bottom, int(max(ay, by) + radius) + 2)
        ):
            for x in range(
                max(left, int(min(ax, bx) - radius)), min(right, int(max(ax, bx) + radius) + 2)
            ):
                t = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square
                t = min(max(t, 0.0), 1.0)
                d = np.sqrt((x - ax - t * (bx - ax)) ** 2 + (y - ay - t * (by - ay)) ** 2)
                if d < near[y - top, x - left]:
                    near[y - top, x - left] = d
                    side[y - top, x - left] = i


@compiled
def _along_and_across(segment, path, x, y):  # type: ignore[no-untyped-def]
    """Where a pixel lies in a stroke: pixels along its path, and across it to the left."""
    i = int(segment)
    j = min(i + 1, len(path) - 1)
    dx, dy = path[j, 0] - path[i, 0], path[j, 1] - path[i, 1]
    size = max(np.sqrt(dx * dx + dy * dy), np.float32(1e-3))
    px, py = x - path[i, 0], y - path[i, 1]
    return i * size + (px * dx + py * dy) / size, (px * dy - py * dx) / size
