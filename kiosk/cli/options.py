"""What several commands are asked in the same words."""

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from kiosk.config import Config, load_config, parse_config
from kiosk.errors import ConfigError

ConfigPath = Annotated[
    Path | None, typer.Option("--config", help="The settings; else config.toml here.")
]
PortraitId = Annotated[str | None, typer.Option("--portrait", help="The portrait that hangs.")]
CameraSource = Annotated[
    str | None,
    typer.Option("--camera", help="A number, a device, a clip's path, or demo."),
]
Size = Annotated[
    str | None, typer.Option("--size", metavar="WxH", help="Pixels, such as 720x1280.")
]
Seconds = Annotated[float | None, typer.Option("--seconds", min=0.1, help="End after so long.")]

FacePoints = Annotated[
    Path | None,
    typer.Option("--points", help="Places of the face's parts: TOML, for faces nobody finds."),
]

PictureFile = Annotated[
    Path | None, typer.Argument(metavar="IMAGE", help="The picture, of any format.")
]
Manifest = Annotated[
    str | None, typer.Option(metavar="URL", help="Of a museum's IIIF manifest, for IMAGE.")
]
ManifestCanvas = Annotated[int, typer.Option(min=1, help="Which picture of the manifest.")]

Tables = dict[str, dict[str, Any]]


def read_config(path: Path | None, changes: Tables) -> Config:
    """The settings of the file with those of the command line over them.

    Args:
        path: the file; None takes the one that is there.
        changes: table to key to value; a value of None leaves what the file says.

    Raises:
        ConfigError: either says something that is not allowed.
    """
    return change_config(load_config(path), changes)


def read_alone(path: Path | None, portrait: str | None, camera: str, size: str | None) -> Config:
    """The settings of the file for one portrait and one camera, whatever else hangs here.

    Raises:
        ConfigError: something is not allowed.
    """
    changes: Tables = {
        "camera": {"source": camera},
        "portraits": {"portrait": portrait, "playlist": (), "gallery": ()},
        "display": dict(read_size(size)),
    }
    return read_config(path, changes)


def change_config(config: Config, changes: Tables) -> Config:
    """Settings with those of the command line over them; raises `ConfigError`."""
    tables = config.model_dump()
    for table, keys in changes.items():
        tables[table] |= {key: value for key, value in keys.items() if value is not None}
    return parse_config(tables, name="command line")


def find_socket(path: Path | None) -> Path:
    """The socket of this machine's kiosk, also where the newest settings are wrong.

    The kiosk goes on with those of before then, and staff must be able to ask it.
    """
    from kiosk.control.place import AUTO, socket_to_ask
    from kiosk.service.last_good import last_good

    try:
        return socket_to_ask(load_config(path).console.socket)
    except ConfigError as error:
        typer.echo(f"{error}", err=True)
        before = last_good()
        return socket_to_ask(AUTO if before is None else before.console.socket)


def check_one_source(image: Path | None, manifest: str | None) -> None:
    """Make sure that a picture is named in one way.

    Raises:
        ConfigError: it is not, or in two.
    """
    if (image is None) == (manifest is None):
        raise ConfigError("give a picture's file, or --iiif and the address of a manifest")


def read_size(text: str | None) -> dict[str, int]:
    """``720x1280`` as width and height; nothing for None.

    Raises:
        ConfigError: it is written otherwise.
    """
    if text is None:
        return {}
    match = re.fullmatch(r"(\d+)[x×](\d+)", text.strip().lower())
    if match is None:
        raise ConfigError(f"--size is {text!r}; give width x height in pixels, such as 720x1280")
    return {"width": int(match[1]), "height": int(match[2])}


def check_writable(path: Path | None, *, leave: bool = True) -> None:
    """Make sure that a file can be written before the work begins; leaves no empty one behind.

    Args:
        path: the file; its folders are made.
        leave: the folders; else those that were made for the trial are taken away again.

    Raises:
        ConfigError: its folder cannot be made or written to.
    """
    if path is None:
        return
    missing = [folder for folder in path.parents if not folder.exists()]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        known = path.exists()
        with path.open("ab"):
            pass
        if not known:
            path.unlink()
        for folder in () if leave else missing:  # the innermost first
            folder.rmdir()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
