"""``config.toml`` as frozen models: one table for each part of the road, checked once at start.

Comes in: a TOML file. Goes out: a `Config`, or a `ConfigError` whose one line names file, key and
what is allowed. The defaults live here; the file that comes with the project repeats them.
"""

import logging
import os
import sys
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from kiosk.display.settings import DisplaySettings
from kiosk.errors import ConfigError
from kiosk.experience_settings import ExperienceSettings, PerformanceSettings
from kiosk.migration import modernize
from kiosk.motion.settings import MotionSettings
from kiosk.places import CONFIG, PROJECT, SETTINGS
from kiosk.sound.settings import SoundSettings

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

logger = logging.getLogger(__name__)

MOST_PORTRAITS = 4  # in a gallery


class Table(BaseModel):
    """What all tables share: unknown keys are refused and nothing changes after the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CameraSettings(Table):
    """``[camera]``: where the visitor's picture comes from."""

    source: str = Field("0", min_length=1)
    width: int = Field(640, ge=160, le=3840)
    height: int = Field(480, ge=120, le=2160)
    fps: float = Field(30.0, ge=5, le=120)
    mirror: bool = True
    silence_s: float = Field(2.0, ge=0.5, le=60)
    retry_s: float = Field(1.0, ge=0.1, le=60)
    retry_limit_s: float = Field(15.0, ge=0.1, le=600)


class TrackingSettings(Table):
    """``[tracking]``: which faces are found, and which of them leads."""

    max_faces: int = Field(6, ge=1, le=8)
    detection_confidence: float = Field(0.5, ge=0.1, le=0.95)
    tracking_confidence: float = Field(0.5, ge=0.1, le=0.95)
    min_face_px: float = Field(60.0, ge=20, le=400)
    arrive_s: float = Field(0.25, ge=0, le=5)
    leave_s: float = Field(1.0, ge=0, le=10)
    rival_margin: float = Field(1.4, ge=1, le=5)
    rival_s: float = Field(0.8, ge=0, le=10)
    living_only: bool = True


class GeneratorSettings(Table):
    """``[generator]``: what runs the network."""

    engine: Literal["auto", "tensorrt", "cuda", "cpu"] = "auto"
    threads: int = Field(1, ge=1, le=16)
    engines: Path = Path("engines")


class PortraitSettings(Table):
    """``[portraits]``: which picture hangs, and where the packs lie."""

    folder: Path = Path("assets/portraits")
    portrait: str = "personne"
    playlist: tuple[str, ...] = ()
    every_s: float = Field(600.0, ge=5, le=86400)
    gallery: tuple[str, ...] = ()
    signed: bool = False
    keys: tuple[Path, ...] = ()
    usb: bool = False

    @field_validator("gallery")
    @classmethod
    def _can_hang(cls, gallery: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if gallery and not 2 <= len(gallery) <= MOST_PORTRAITS:
            raise ValueError(f"give two to {MOST_PORTRAITS} portraits, or none")
        if twice := sorted({each for each in gallery if gallery.count(each) > 1}):
            raise ValueError(f"each hangs once; twice: {', '.join(twice)}")
        if gallery and info.data.get("playlist"):
            raise ValueError("in a gallery nobody takes turns; empty portraits.playlist, or this")
        return gallery

    @property
    def trusted(self) -> tuple[Path, ...] | None:
        """The keys of which one must have signed what is imported; None if none need have."""
        return self.keys if self.signed else None


class ConsoleSettings(Table):
    """``[console]``: the staff page, and the socket over which it asks the kiosk."""

    socket: str = Field("auto", min_length=1)
    port: int = Field(8765, ge=1, le=65535)
    language: Literal["auto", "en", "fr"] = "auto"


class LogSettings(Table):
    """``[log]``: what is said, and how often."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    every_s: float = Field(60.0, ge=1, le=3600)


class Config(Table):
    """The whole of ``config.toml``."""

    camera: CameraSettings = CameraSettings()
    tracking: TrackingSettings = TrackingSettings()
    experience: ExperienceSettings = ExperienceSettings()
    performances: PerformanceSettings = PerformanceSettings()
    motion: MotionSettings = MotionSettings()
    generator: GeneratorSettings = GeneratorSettings()
    display: DisplaySettings = DisplaySettings()
    sound: SoundSettings = SoundSettings()
    portraits: PortraitSettings = PortraitSettings()
    console: ConsoleSettings = ConsoleSettings()
    log: LogSettings = LogSettings()


def load_config(path: Path | None = None) -> Config:
    """Read and check the settings.

    Args:
        path: the file; None takes the one that `find_config` finds, or else the defaults. Relative
            folders in it are taken from where the file lies.

    Raises:
        ConfigError: the file cannot be read, or a key or value in it is not allowed.
    """
    found = path or find_config()
    if found is None:
        return Config()
    config = parse_config(read_toml(found), name=found.name)

    def place(folder: Path) -> Path:
        try:
            return (found.resolve().parent / folder).resolve()
        except ValueError as error:  # a NUL in it
            raise ConfigError(f"{found.name}: {str(folder)!r} is no path: {error}") from error

    places = {
        "folder": place(config.portraits.folder),
        "keys": tuple(map(place, config.portraits.keys)),
    }
    portraits = config.portraits.model_copy(update=places)
    generator = config.generator.model_copy(update={"engines": place(config.generator.engines)})
    console = config.console
    if console.socket != "auto":
        console = console.model_copy(update={"socket": str(place(Path(console.socket)))})
    sound = config.sound
    if sound.ambience:
        sound = sound.model_copy(update={"ambience": str(place(Path(sound.ambience)))})
    display = config.display
    if display.credentials:
        credentials = str(place(Path(display.credentials)))
        display = display.model_copy(update={"credentials": credentials})
    update = {
        "portraits": portraits,
        "generator": generator,
        "display": display,
        "console": console,
        "sound": sound,
    }
    return config.model_copy(update=update)


def parse_config(tables: Mapping[str, Any], *, name: str) -> Config:
    """Check settings that were read already; those of an older version are told, and understood.

    Args:
        tables: what TOML makes of the file.
        name: what the error calls it.

    Raises:
        ConfigError: names the first key that is wrong and what is allowed.
    """
    tables, remarks = modernize(tables)
    for remark in remarks:
        logger.warning("%s: %s; `kiosk config migrate` rewrites it", name, remark)
    try:
        return Config.model_validate(tables)
    except ValidationError as error:
        raise ConfigError(f"{name}: {_explain(error)}") from error


def parse_known(tables: Mapping[str, Any], *, name: str) -> Config:
    """Check settings that any version may have kept: what means nothing here is left out, and told.

    Raises:
        ConfigError: they are no settings at all.
    """
    try:
        return parse_config(tables, name=name)
    except ConfigError as error:
        cause = error.__cause__
        found = cause.errors(include_url=False) if isinstance(cause, ValidationError) else []
        faults = {fault["loc"][:2] for fault in found}
        if not faults or () in faults:
            raise
        logger.warning("%s: without %s", error, ", ".join(sorted(map(_dotted, faults))))
        known = {
            table: _without(
                content, {fault[1] for fault in faults if fault[0] == table and fault[1:]}
            )
            for table, content in tables.items()
            if (table,) not in faults
        }
        return parse_config(known, name=name)


def find_config() -> Path | None:
    """The settings that count here: the working folder's, the machine's, or what comes with us."""
    for folder in (Path.cwd(), SETTINGS, PROJECT):
        if os.path.isfile(folder / CONFIG):  # noqa: PTH113  a folder that we may not see has none
            return folder / CONFIG
    return None


def speechless(config: Config) -> Config:
    """The same without performances and sound: a portrait that only mirrors."""
    performances = config.performances.model_copy(update={"greeting": False, "story_after_s": 0.0})
    sound = config.sound.model_copy(update={"enabled": False})
    return config.model_copy(update={"performances": performances, "sound": sound})


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file's tables; raises `ConfigError`."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); give a file that can") from (
            error
        )
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, brackets
        raise ConfigError(f"{path.name}: is not TOML: {error}") from error


def _dotted(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location))


def _without(table: Mapping[str, Any], settings: Set[int | str]) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name not in settings}


def _explain(error: ValidationError) -> str:
    """One line for the first fault: the key, what it is, what is allowed."""
    fault = error.errors(include_url=False)[0]
    key = _dotted(fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{key} is no setting; allowed here: {', '.join(_known_keys(fault['loc']))}"
    return f"{key} is {fault['input']!r}; {_allowed(fault['msg'])}"


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = Config
    for part in location[:-1]:
        inner = model.model_fields[str(part)].annotation
        assert isinstance(inner, type)
        model = inner
    return sorted(model.model_fields)


def _allowed(message: str) -> str:
    """Pydantic's sentence in this project's words."""
    if "valid dictionary" in message:
        return "it should be a table"
    if "pattern '^#" in message:
        return "it should be a colour such as '#14110f'"
    message = message.removeprefix("Value error, ")  # one of ours
    return message.replace("Input should be", "it should be").replace("String should", "it should")
