"""What the road's stages are made of. What takes long to import waits until one is built."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from kiosk.config import Config
from kiosk.health import Health
from kiosk.hook import Hook
from kiosk.hours import time_of_day
from kiosk.narrator import Narrator
from kiosk.portraits.pack import Pack
from kiosk.room import Room

if TYPE_CHECKING:
    from kiosk.generator.stage import Portrait
    from kiosk.mirror import Mirror


def build_mirror(
    config: Config,
    room: Room,
    hook: Hook,
    *,
    narrator: Narrator,
    health: Health,
    clock: Callable[[], float],
) -> "Mirror":
    """Tracking and motion of what hangs on a hook."""
    from kiosk.experience import Experience
    from kiosk.mirror import Mirror
    from kiosk.motion.director import Director
    from kiosk.motion.settings import calmed
    from kiosk.repertoire import Repertoire

    experience, performances = config.experience, config.performances
    motion = calmed(config.motion) if experience.reduced_motion else config.motion
    repertoire = Repertoire(
        performances,
        config.display.language,
        lambda: hook.pack.performances,
        time_of_day=time_of_day,
    )
    visits = Experience(
        experience, clock(), room.manners(repertoire), story_after_s=performances.story_after_s
    )
    landmarker, presence = room.tracking()
    return Mirror(
        landmarker,
        presence,
        Director(
            hook.target(),
            motion,
            seed=room.place,  # no two blink together
            smile=experience.smile,
            ahead_s=lambda: health.recent().latency_ms / 1000,
        ),
        hook.target,
        experience=narrator.narrating(visits),
        health=health,
        clock=clock,
    )


def build_portrait(config: Config, pack: Pack, without: Collection[str] = ()) -> "Portrait":
    """All that makes a pack's layers, without engines of these names."""
    from kiosk.generator.choice import choose_engine
    from kiosk.generator.stage import Portrait
    from kiosk.sitter import rig_of

    rig = rig_of(pack)
    engine = choose_engine(pack, rig, config.generator, without=without)
    return Portrait(pack.meta.id, rig, engine)
