"""What the stages must know of a pack: its sitter, ready to be moved."""

import numpy as np

from kiosk.display.texels import canvas_slices
from kiosk.errors import PackError
from kiosk.motion.shading import Shading
from kiosk.motion.target import Gains, Limits, MotionTarget
from kiosk.portraits.pack import Pack
from kiosk.rig.landmarks import no_motion
from kiosk.rig.rig import Rig


def motion_target(pack: Pack) -> MotionTarget:
    """What the motion has to know of a pack."""
    return MotionTarget(
        portrait_id=pack.meta.id,
        landmarks=pack.landmarks,
        limits=Limits(**pack.meta.limits.model_dump()),
        gains=Gains(**pack.meta.gains.model_dump()),
    )


def rig_of(pack: Pack) -> Rig:
    """A pack's sitter, ready to move."""
    light = pack.meta.light
    picture = pack.artwork[canvas_slices(pack.meta.canvas)]
    shading = Shading(picture, pack.landmarks, amount=light.amount, crease=light.crease)
    return Rig(picture, pack.landmarks, pack.matte.astype(np.float32) / 255, shading)


def try_portrait(pack: Pack) -> None:
    """Draw one frame of a pack, without a screen.

    Raises:
        PackError: nothing that could be shown comes of it.
    """
    from kiosk.generator.eager import PlainEngine
    from kiosk.model.checkpoint import load_generator
    from kiosk.model.spec import RESOLUTION

    try:
        drawing = rig_of(pack).draw(no_motion(), RESOLUTION)
        maps = PlainEngine(load_generator(pack.weights)).infer(drawing)
    except (ValueError, RuntimeError, np.linalg.LinAlgError) as error:
        raise PackError(f"{pack.meta.id}: no frame of it can be drawn: {error}") from error
    for values in (drawing.flow, drawing.light, maps.paint, maps.cover, maps.light):
        if not np.isfinite(values).all():
            raise PackError(f"{pack.meta.id}: its first frame holds what is no number")
