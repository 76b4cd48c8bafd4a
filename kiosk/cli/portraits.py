"""``kiosk portraits``: what hangs in the depot, and whether it is whole."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kiosk.cli.options import ConfigPath
from kiosk.config import load_config
from kiosk.errors import PackError

app = typer.Typer(help="Portrait packs: list, show, check.", no_args_is_help=True)

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="All when none.")]


@app.command("list")
def list_portraits(config: ConfigPath = None) -> None:
    """Print one line for each pack: id, title, artist."""
    from kiosk.portraits.pack import load_pack

    console = Console(soft_wrap=True, highlight=False)
    for folder in pack_folders(load_config(config).portraits.folder):
        try:
            label = load_pack(folder, verify=False).meta.label
        except PackError as error:
            console.print(f"{folder.name}: {error}", markup=False)
            continue
        console.print(f"{folder.name}: {_english(label.title)}, {_english(label.artist)}")


@app.command("show")
def show_portrait(portrait: str, config: ConfigPath = None) -> None:
    """Print what a pack says about its portrait."""
    from kiosk.portraits.pack import load_pack

    pack = load_pack(find_folder(load_config(config).portraits.folder, portrait))
    console = Console(soft_wrap=True, highlight=False)
    height, width = pack.artwork.shape[:2]
    for key, value in pack.meta.model_dump(exclude_none=True).items():
        console.print(f"{key}: {value}", markup=False)
    console.print(f"artwork: {width} x {height} pixels")


@app.command("check")
def check_portraits(portraits: Ids = None, config: ConfigPath = None) -> None:
    """Check packs against their sums and shapes; exit code 2 when one is wrong."""
    from kiosk.portraits.pack import load_pack

    console = Console(soft_wrap=True, highlight=False)
    root = load_config(config).portraits.folder
    folders = [find_folder(root, name) for name in portraits or []] or pack_folders(root)
    faults = 0
    for folder in folders:
        try:
            load_pack(folder)
            console.print(f"{folder.name}: whole")
        except PackError as error:
            faults += 1
            console.print(str(error), markup=False)
    if faults:
        raise PackError(f"{faults} of {len(folders)} packs are refused")


def pack_folders(root: Path) -> list[Path]:
    """Every pack's folder below ``root``, by name.

    Raises:
        PackError: there is none.
    """
    folders = sorted(path.parent for path in root.glob("*/pack.toml"))
    if not folders:
        raise PackError(f"{root}: holds no portrait; make one with: kiosk portraits add IMAGE")
    return folders


def find_folder(root: Path, name: str) -> Path:
    """The folder of one pack.

    Raises:
        PackError: there is none of that name; says which there are.
    """
    folders = {folder.name: folder for folder in pack_folders(root)}
    if name not in folders:
        raise PackError(f"{name}: is not in {root}; there are {', '.join(folders)}")
    return folders[name]


def _english(label: dict[str, str] | None) -> str:
    """The English words of a language map, or the first there are."""
    return (label or {}).get("en") or next(iter((label or {}).values()), "")
