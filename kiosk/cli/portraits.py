"""``kiosk portraits``: what hangs in the depot, and whether it is whole."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from kiosk.cli.lines import faults_as_lines, write_line
from kiosk.cli.options import ConfigPath
from kiosk.config import load_config
from kiosk.errors import PackError
from kiosk.portraits.meta import in_language

app = typer.Typer(
    help="Portrait packs: made, listed, shown, checked, removed.", no_args_is_help=True
)

FILMS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".wav", ".ogg", ".mp3", ".m4a", ".flac")

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Password = Annotated[
    str,
    typer.Option(prompt="Password of the secret key (empty for none)", hide_input=True),
]
Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="All when none.")]


@app.command("list")
def list_portraits(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Print one line for each pack: id, title, artist."""
    from kiosk.portraits.pack import load_meta

    console = Console(soft_wrap=True, highlight=False)
    rows: list[dict[str, Any]] = []
    for folder in all_packs(config):
        row: dict[str, Any] = {"id": folder.name}
        try:
            label = load_meta(folder).label
            row |= {"title": label.title, "artist": label.artist}
            words = f"{folder.name}: {_english(label.title)}, {_english(label.artist)}"
        except PackError as error:
            row["fault"] = words = str(error)
        rows.append(row)
        if not as_json:
            console.print(words.rstrip(", "), markup=False)
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))


@app.command("show")
def show_portrait(portrait: str, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Print what a pack says about its portrait."""
    from kiosk.portraits.pack import load_pack
    from kiosk.portraits.store import find_pack

    pack = load_pack(find_pack(portrait, [load_config(config).portraits.folder]))
    height, width = pack.artwork.shape[:2]
    if as_json:
        told = pack.meta.model_dump(mode="json") | {"artwork_px": [width, height]}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    print(pack.meta.to_toml())  # noqa: T201
    print(f"# artwork: {width} x {height} pixels")  # noqa: T201


@app.command("check")
def check_portraits(
    portraits: Ids = None, as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """Check packs against their sums and shapes; exit code 2 when one is wrong."""
    from kiosk.portraits.pack import load_pack
    from kiosk.portraits.store import find_pack

    console = Console(soft_wrap=True, highlight=False)
    root = load_config(config).portraits.folder
    folders = [find_pack(name, [root]) for name in portraits or []] or all_packs(config)
    faults: dict[str, str | None] = {}
    for folder in folders:
        try:
            load_pack(folder)
            faults[folder.name] = None
        except PackError as error:
            faults[folder.name] = str(error)
        if not as_json:
            console.print(faults[folder.name] or f"{folder.name}: whole", markup=False)
    if as_json:
        rows = [{"id": name, "fault": fault} for name, fault in faults.items()]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    if wrong := sum(fault is not None for fault in faults.values()):
        raise PackError(f"{wrong} of {len(folders)} packs refused; restore the files named above")


@app.command("export")
def export_portrait(
    portrait: str,
    file: Annotated[Path | None, typer.Argument(help="Else ID.portrait here.")] = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Write a pack into one file, to be sent or kept."""
    from kiosk.portraits.parcel import SUFFIX, export_pack
    from kiosk.portraits.store import find_pack

    target = file or Path(f"{portrait}{SUFFIX}")
    with faults_as_lines(as_json):
        export_pack(find_pack(portrait, [load_config(config).portraits.folder]), target)
    size = target.stat().st_size
    _tell(as_json, f"{target}: {size / 1e6:.1f} MB", id=portrait, file=str(target), bytes=size)


@app.command("import")
def import_portrait(
    file: Path,
    replace: Annotated[bool, typer.Option("--replace", help="An older pack of its id.")] = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Unpack, check and hang a pack from a file; the one before is kept for `rollback`."""
    from kiosk.portraits.parcel import import_pack
    from kiosk.sitter import try_portrait

    settings = load_config(config).portraits
    with faults_as_lines(as_json):
        if file.suffix.lower() in FILMS:
            raise PackError(
                f"{file.name}: is no .portrait; a film or a voice becomes what a portrait performs "
                "with `kiosk portraits record ID --from-clip` or `--from-audio`"
            )
        folder = import_pack(
            file, settings.folder, replace=replace, trial=try_portrait, keys=settings.trusted
        )
    words = f"{folder.name}: hangs in {folder.parent}"
    _tell(as_json, words, id=folder.name, folder=str(folder))


@app.command("import-stick")
def import_portraits_of_stick(
    folder: Annotated[Path, typer.Argument(help="Where the stick is mounted.")],
    config: ConfigPath = None,
) -> None:
    """Import every portraits/*.portrait of a USB stick; exit code 2 when one is refused."""
    from kiosk.portraits.stick import import_stick
    from kiosk.service.depot import fill
    from kiosk.sitter import try_portrait

    deliveries, settings = [], load_config(config).portraits
    fill(settings.folder)
    for delivery in import_stick(folder, settings, try_portrait):
        deliveries.append(delivery)
        typer.echo(delivery.line)
    if refused := sum(each.refused for each in deliveries):
        raise PackError(f"{folder}: {refused} of {len(deliveries)} refused; see above")
    if not deliveries:
        typer.echo(f"{folder}: holds no portraits/*.portrait")


@app.command("keys")
def make_signing_keys(
    name: Annotated[Path, typer.Argument(help="NAME.key and NAME.pub are written.")],
    password: Password = "",
) -> None:
    """Make a pair of keys, to sign packs with and to trust them by."""
    from kiosk.portraits.signing import make_keys

    for file in make_keys(name, password):
        print(file)  # noqa: T201


@app.command("sign")
def sign_portrait(
    portrait: str,
    key: Annotated[Path, typer.Option(help="A secret key of minisign's.")],
    password: Password = "",
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Vouch for a pack as it is now."""
    from kiosk.portraits.signing import sign_pack
    from kiosk.portraits.store import find_pack

    with faults_as_lines(as_json):
        sign_pack(find_pack(portrait, [load_config(config).portraits.folder]), key, password)
    _tell(as_json, f"{portrait}: signed", id=portrait)


@app.command("rollback")
def roll_back_portrait(portrait: str, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Hang the version before; once more brings the newer one back."""
    from kiosk.portraits.store import find_pack, roll_back

    with faults_as_lines(as_json):
        roll_back(find_pack(portrait, [load_config(config).portraits.folder]))
    _tell(as_json, f"{portrait}: the version before hangs now", id=portrait)


@app.command("remove")
def remove_portrait(
    portrait: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Take a pack away for good."""
    from kiosk.portraits.store import find_pack, remove_pack

    with faults_as_lines(as_json):
        folder = find_pack(portrait, [load_config(config).portraits.folder])
        if not (yes or as_json or typer.confirm(f"Remove {folder} for good?")):
            return
        remove_pack(folder)
    _tell(as_json, f"{portrait}: removed", id=portrait)


def all_packs(config: Path | None) -> list[Path]:
    """Every pack's folder, by name.

    Raises:
        PackError: there is none.
    """
    from kiosk.portraits.store import find_packs

    root = load_config(config).portraits.folder
    folders = find_packs([root])
    if not folders:
        raise PackError(f"{root}: holds no portrait; make one with `kiosk portraits add IMAGE`")
    return folders


def _tell(as_json: bool, words: str, **record: object) -> None:
    """What was done: to a person, or to a program."""
    if as_json:
        write_line(record)
    else:
        typer.echo(words)


def _english(label: dict[str, str]) -> str:
    return in_language(label, "en")
