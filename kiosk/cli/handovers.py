"""``kiosk train handovers``: how fast a portrait moves while it changes hands."""

from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from kiosk.cli.options import ConfigPath
from kiosk.config import load_config
from kiosk.errors import ConfigError

if TYPE_CHECKING:
    from kiosk.evaluation.handover import Speeds


def measure_handovers(
    clips: Annotated[list[Path], typer.Argument(metavar="CLIP...", help="Each of one person.")],
    config: ConfigPath = None,
) -> None:
    """Let visitors from clips take turns before two portraits; print the fastest landmarks."""
    from kiosk.evaluation.handover import compose_play, follow_clip, measure_hand_overs
    from kiosk.portraits.pack import load_pack
    from kiosk.portraits.store import find_packs
    from kiosk.sitter import motion_target

    settings = load_config(config)
    packs = [load_pack(path) for path in find_packs([settings.portraits.folder])[:2]]
    if len(packs) < 2 or len(clips) < 2:
        raise ConfigError("hands cannot change: give two clips, and have two portraits")
    first, also = (motion_target(pack) for pack in packs)
    people = [follow_clip(clip) for clip in clips]
    plays = [compose_play(*pair, first=first, also=also) for pair in permutations(people, 2)]
    found = measure_hand_overs(plays, first, settings.motion)
    _print(found)


def _print(found: "dict[str, Speeds]") -> None:
    """A row for each kind: each part as it is seen to move, and the hand-over's own pace."""
    from kiosk.evaluation.handover import BAR, PARTS

    title = f"fastest landmark, face heights/s; bar for the hand-over alone: {BAR:g}"
    table = Table("hand-over", "frames", *PARTS, "by the hand-over alone", title=title)
    for kind, speeds in found.items():
        figures = [*(speeds.shown[part] for part in PARTS), max(speeds.eased.values())]
        table.add_row(kind, str(speeds.count), *(f"{each:.2f}" for each in figures))
    Console().print(table)
