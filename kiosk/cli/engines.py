"""``kiosk engines``: what runs the network here; TensorRT's are built, listed, checked, removed."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from kiosk.cli.options import ConfigPath, PortraitId, read_config
from kiosk.errors import EngineError

if TYPE_CHECKING:
    from kiosk.generator.cache import EngineKey

app = typer.Typer(
    help="What runs the network: built, listed, checked, removed.", no_args_is_help=True
)


@app.command("build")
def build_engines(config: ConfigPath = None) -> None:
    """Build TensorRT's engine for this machine, unless it is there already."""
    from kiosk.cli.progress import progress_bar
    from kiosk.generator.build import open_engine, what_fits
    from kiosk.generator.cache import EngineCache

    fitting = what_fits()
    if fitting is None:
        raise EngineError(
            "there is nothing to build here: TensorRT needs an NVIDIA GPU, and the engines that "
            "run elsewhere need no building; see kiosk engines check"
        )
    console = Console(soft_wrap=True, highlight=False)
    cache = EngineCache(read_config(config, {}).generator.engines)
    with progress_bar(console, "stopped; nothing was kept") as report:
        open_engine(cache, *fitting, report=report)
    console.print(f"{cache.path(fitting[0])}: ready", markup=False)


@app.command("list")
def list_engines(config: ConfigPath = None) -> None:
    """Print one line for each engine that is kept: what it is for, and whether it fits here."""
    from kiosk.generator.cache import EngineCache

    here = _fitting_key()
    console = Console(soft_wrap=True, highlight=False)
    cache = EngineCache(read_config(config, {}).generator.engines)
    entries = list(cache.entries())
    if not entries:
        console.print(f"{cache.folder}: no engine is kept here", markup=False)
    for entry in entries:
        if entry.key is None:
            words = entry.fault
        else:
            told = f"{entry.path.name}: {entry.key.builder}, {entry.key.gpu}, {entry.key.network}"
            words = f"{told}; {_verdict(here, entry.key)}"
        console.print(words, markup=False)


@app.command("clean")
def clean_engines(
    everything: Annotated[
        bool, typer.Option("--all", help="The one that fits this machine, too.")
    ] = False,
    config: ConfigPath = None,
) -> None:
    """Remove engines that do not fit this machine, and what interrupted builds left.

    Without a GPU that fits any, only damaged ones go, unless --all is given.
    """
    from kiosk.generator.cache import EngineCache

    cache = EngineCache(read_config(config, {}).generator.engines)
    for path in cache.clean(_fitting_key(), everything=everything):
        typer.echo(f"{path.name}: removed")


@app.command("check")
def check_engines(portrait: PortraitId = None, config: ConfigPath = None) -> None:
    """Compare each engine of this machine with the plain network; exit code 2 if none agrees."""
    from kiosk.generator.choice import build_engines, check_agreement
    from kiosk.model.checkpoint import load_generator
    from kiosk.portraits.store import choose_pack
    from kiosk.sitter import rig_of

    settings = read_config(config, {"portraits": {"portrait": portrait}})
    pack = choose_pack(settings.portraits)
    rig, generator = rig_of(pack), load_generator(pack.weights)
    agreeing = 0
    for name, build in build_engines(generator, settings.generator):
        try:
            check_agreement(build(), generator, rig)
        except (EngineError, ImportError, RuntimeError) as error:
            typer.echo(f"{name}: {error}")
        else:
            typer.echo(f"{name}: agrees")
            agreeing += 1
    if not agreeing:
        raise EngineError(f"{pack.meta.id}: no engine agrees with the plain network here")


def _fitting_key() -> "EngineKey | None":
    """Of engines for this machine; None where TensorRT cannot be used."""
    from kiosk.generator.build import what_fits

    try:
        fitting = what_fits()
    except EngineError:
        return None
    return None if fitting is None else fitting[0]


def _verdict(here: "EngineKey | None", key: "EngineKey") -> str:
    if here is None:
        return "of no use here: there is no GPU with TensorRT"
    return "fits" if here == key else f"does not fit: {here.differences(key)}"
