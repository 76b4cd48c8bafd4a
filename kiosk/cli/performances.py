"""``kiosk portraits record``, ``performances``, ``forget``, ``ambience``: what a portrait says."""

import re
import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typing_extensions import TypedDict

from kiosk.cli.lines import faults_as_lines, write_line
from kiosk.cli.options import CameraSource, ConfigPath, read_config
from kiosk.config import Config, load_config
from kiosk.errors import ConfigError, PackError

if TYPE_CHECKING:
    from kiosk.curation.performing import Words
    from kiosk.curation.takes import Take
    from kiosk.messages import Floats
    from kiosk.portraits.performances import Performance


class Said(TypedDict):
    """What is told of whatever is performed."""

    name: str
    language: str
    words: "Words | None"


AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Name = Annotated[str, typer.Option(help="Such as legend; greeting is said to who comes.")]
Language = Annotated[str, typer.Option("--lang", help="Of what is said, such as fr.")]


def record_performance(
    portrait: str,
    name: Name,
    language: Language,
    clip: Annotated[
        Path | None, typer.Option("--from-clip", help="A film of an actor, for the webcam.")
    ] = None,
    text: Annotated[
        Path | None, typer.Option("--from-text", help="A text, spoken by espeak-ng.")
    ] = None,
    audio: Annotated[
        Path | None, typer.Option("--from-audio", help="A voice alone; lips are told from it.")
    ] = None,
    words: Annotated[
        Path | None, typer.Option(help="What is said, for captions: text or WebVTT.")
    ] = None,
    source: Annotated[str, typer.Option(help="Who speaks, and by what right.")] = "",
    seconds: Annotated[float | None, typer.Option(min=1, help="Else until Enter.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    camera: CameraSource = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Record an actor at webcam and microphone, or take a clip or a voice, for a portrait to do."""
    from kiosk.curation.performing import perform_sound, perform_take, read_words
    from kiosk.portraits.amend import amend, note_source
    from kiosk.portraits.pack import load_pack
    from kiosk.portraits.performances import FOLDER, write_performance
    from kiosk.portraits.store import find_pack

    with faults_as_lines(as_json):
        settings = read_config(config, {"camera": {"source": camera}})
        _check_names(name, language)
        if sum(each is not None for each in (clip, audio, text)) > 1:
            raise ConfigError("give one of --from-clip, --from-audio and --from-text")
        folder = find_pack(portrait, [settings.portraits.folder])
        load_pack(folder)  # what is wrong is told before anybody performs
        words = words or text
        said: Said = {
            "name": name,
            "language": language,
            "words": None if words is None else read_words(words),
        }
        if text is not None:
            voice = _speak(read_words(text), language, yes=yes)
            performance = perform_sound(voice, **said)
        elif audio is not None:
            performance = perform_sound(_hear(audio), **said)
        else:
            performance = perform_take(_take(settings, clip, seconds, yes=yes), **said)
        with amend(folder) as copy:
            write_performance(copy, performance)
            told = source or _told_source(clip, audio, text)
            note_source(copy, f"{FOLDER}/{name}.{language}", told)
    _tell(as_json, portrait, performance)


def list_performances(portrait: str, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Print what a portrait can perform."""
    from kiosk.portraits.performances import read_performances
    from kiosk.portraits.store import find_pack

    with faults_as_lines(as_json):
        found = read_performances(find_pack(portrait, [load_config(config).portraits.folder]))
    for performance in found:
        _tell(as_json, portrait, performance)
    if not found and not as_json:
        typer.echo(f"{portrait}: has no performance; make one with `kiosk portraits record`")


def forget_performance(
    portrait: str,
    name: Name,
    language: Language,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Take a performance away; `rollback` brings it back."""
    from kiosk.portraits.amend import amend, note_source
    from kiosk.portraits.performances import FOLDER, remove_performance
    from kiosk.portraits.store import find_pack

    with faults_as_lines(as_json):
        folder = find_pack(portrait, [load_config(config).portraits.folder])
        with amend(folder) as copy:
            if not remove_performance(copy, name, language):
                raise PackError(f"{portrait}: has no {name} in {language}; see `performances`")
            note_source(copy, f"{FOLDER}/{name}.{language}", None)
    words = f"{portrait}: {name} in {language} is forgotten"
    if as_json:
        write_line({"id": portrait, "name": name, "language": language})
    else:
        typer.echo(words)


def set_ambience(
    portrait: str,
    sound: Annotated[Path | None, typer.Argument(help="A sound file.")] = None,
    none: Annotated[bool, typer.Option("--none", help="Take it away.")] = False,
    source: Annotated[str, typer.Option(help="Whose it is, and by what right.")] = "",
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Give a portrait a sound that is heard around it."""
    from kiosk.curation.performing import encode
    from kiosk.portraits.amend import amend, note_source
    from kiosk.portraits.performances import AMBIENCE
    from kiosk.portraits.store import find_pack

    with faults_as_lines(as_json):
        folder = find_pack(portrait, [load_config(config).portraits.folder])
        if (sound is None) != none:
            raise ConfigError("give a sound file, or --none to take the ambience away")
        heard = None if sound is None else _hear(sound)
        with amend(folder) as copy:
            (copy / AMBIENCE).unlink(missing_ok=True)
            if heard is not None:
                (copy / AMBIENCE).write_bytes(encode(heard))
            told = None if sound is None else source or f"{sound.name}, {date.today()}"
            note_source(copy, AMBIENCE, told)
    if as_json:
        write_line({"id": portrait, "ambience": heard is not None})
    else:
        typer.echo(f"{portrait}: {'sounds' if heard is not None else 'is silent'} now")


def _check_names(name: str, language: str) -> None:
    from kiosk.languages import TAG
    from kiosk.portraits.performances import NAME

    if not re.fullmatch(NAME, name):
        raise ConfigError(f"--name is {name!r}; use a-z, 0-9 and hyphens")
    if not re.fullmatch(TAG, language):
        raise ConfigError(f"--lang is {language!r}; give a language such as fr or pt-BR")


def _hear(file: Path) -> "Floats":
    from kiosk.curation.takes import hear

    heard = hear(file)
    if heard is None:
        raise ConfigError(f"{file}: holds no sound")
    return heard


def _speak(words: "Words", language: str, *, yes: bool) -> "Floats":
    """A text, by a program, once somebody answers for whose mouth says it."""
    from kiosk.curation.synthesiser import speak

    typer.echo("A program will speak; put no words into a real person's mouth.", err=True)
    if not yes:
        typer.confirm("Is the sitter nobody real, or have they agreed?", abort=True, err=True)
    text = words if isinstance(words, str) else " ".join(cue.text for cue in words)
    return speak(text, language)


def _take(settings: Config, clip: Path | None, seconds: float | None, *, yes: bool) -> "Take":
    from kiosk.curation.takes import take_of_clip

    if clip is not None:
        return take_of_clip(clip)
    return _take_live(settings, seconds, yes=yes)


def _take_live(settings: Config, seconds: float | None, *, yes: bool) -> "Take":
    """Before the webcam, once whoever stands there has agreed."""
    import time

    from kiosk.camera.source import open_camera
    from kiosk.curation.live import SystemMicrophone, take_live

    typer.echo(
        "How the face moves and what is said will be kept in the portrait, no picture of anybody.",
        err=True,
    )
    if not yes:
        typer.confirm("Has whoever speaks agreed?", abort=True, err=True)
    stop = threading.Event()
    camera = open_camera(settings.camera, clock=time.monotonic, wait=stop.wait)

    def begins() -> None:
        ends = "Enter ends it" if seconds is None else f"{seconds:g} s"
        typer.echo(
            f"Recording; {ends}. Look at the camera, and begin with a resting face.", err=True
        )
        ender = threading.Timer(seconds, stop.set) if seconds else _until_enter(stop)
        ender.daemon = True
        ender.start()

    clock = time.monotonic
    return take_live(camera, SystemMicrophone(clock), stop, clock=clock, begins=begins)


def _until_enter(stop: threading.Event) -> threading.Thread:
    def wait() -> None:
        try:
            input()
        except EOFError:
            return  # nobody can press it: Ctrl-C ends it
        stop.set()

    return threading.Thread(target=wait)


def _told_source(clip: Path | None, audio: Path | None, text: Path | None) -> str:
    if text is not None:
        from kiosk.curation.synthesiser import version

        return f"{text.name}, spoken by {version()}, {date.today()}; lips told from the sound"
    if audio is not None:
        return f"{audio.name}, {date.today()}; lips told from the sound"
    if clip is not None:
        return f"{clip.name}, {date.today()}"
    return f"recorded on {date.today()}"


def _tell(as_json: bool, portrait: str, performance: "Performance") -> None:
    if as_json:
        write_line({
            "id": portrait, "name": performance.name, "language": performance.language,
            "seconds": round(performance.duration_s, 2), "sound": performance.sound is not None,
            "captions": len(performance.cues),
        })  # fmt: skip
        return
    heard = "" if performance.sound is not None else ", silent"
    typer.echo(
        f"{portrait}: {performance.name} in {performance.language}, "
        f"{performance.duration_s:.1f} s, {len(performance.cues)} captions{heard}"
    )
