"""``pack.toml``: what is said about a portrait, its canvas and the limits of its motion.

Comes in: the text of a ``pack.toml``, or the values of a new one. Goes out: a frozen `PackMeta`,
or the text. The pictures and the weights beside it are `pack.py`'s.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from typing_extensions import Self

from kiosk.errors import PackError
from kiosk.languages import Language, nearest
from kiosk.portraits.toml import to_toml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

RIGHTS_HOSTS = ("creativecommons.org", "rightsstatements.org")
MAX_ANGLE_DEG = 45.0  # MediaPipe's depth, weak perspective, is no guide beyond about 35 degrees
ID_PATTERN = r"^[a-z0-9][a-z0-9-]{0,63}$"

LanguageMap = dict[Language, str]
Gain = Annotated[float, Field(ge=0.0, le=2.6, allow_inf_nan=False)]  # 0: stays still
Slope = Annotated[float, Field(ge=0.5, le=2.0, allow_inf_nan=False)]
Scalar = bool | int | Annotated[float, Field(allow_inf_nan=False)] | str


class Record(BaseModel):
    """Frozen, and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def from_record(cls, record: object, *, name: str) -> Self:
        """Check what came from elsewhere; ``name`` is what errors call it.

        Raises:
            PackError: a key is unknown, or a value out of its bounds.
        """
        try:
            return cls.model_validate(record)
        except ValidationError as error:
            raise PackError("; ".join(explain(error, name=name))) from error


class Label(Record):
    """What hangs beside the artwork; each a map from language to text, as IIIF has it."""

    title: LanguageMap = Field(default_factory=dict)
    artist: LanguageMap = Field(default_factory=dict)
    date: LanguageMap = Field(default_factory=dict)
    collection: LanguageMap = Field(default_factory=dict)  # where it belongs
    text: LanguageMap = Field(default_factory=dict)  # a few sentences for who wants to know more


class CanvasPlace(Record):
    """The square of the artwork that moves, in pixels of the artwork."""

    left: int = Field(ge=0)
    top: int = Field(ge=0)
    side: int = Field(ge=64, le=16384)


class Limits(Record):
    """Soft limits of the head's turn from the painted pose: (negative, positive) degrees."""

    yaw_deg: tuple[float, float] = (-20.0, 20.0)
    pitch_deg: tuple[float, float] = (-15.0, 12.0)
    roll_deg: tuple[float, float] = (-15.0, 15.0)

    @field_validator("yaw_deg", "pitch_deg", "roll_deg")
    @classmethod
    def _check_range(cls, value: tuple[float, float]) -> tuple[float, float]:
        low, high = value
        if not (-MAX_ANGLE_DEG <= low <= 0 <= high <= MAX_ANGLE_DEG):
            use = f"use two numbers, the first -{MAX_ANGLE_DEG:g} to 0, the second 0 to"
            raise ValueError(f"{use} {MAX_ANGLE_DEG:g}")
        return value


class Gains(Record):
    """How strongly the sitter answers; 1 as tuned."""

    expression: Gain = 1.0
    mouth: Gain = 1.15
    gaze: Gain = 1.0
    brows: Gain = 1.0
    closure: Gain = 1.0


class Light(Record):
    """How light on the face changes with its expression."""

    amount: float = Field(1.0, ge=0.0, le=2.0, allow_inf_nan=False)  # less for children
    crease: float = Field(1.0, ge=0.0, le=2.0, allow_inf_nan=False)  # of folds alone
    slope: tuple[Slope, Slope, Slope] = (1.0, 1.0, 1.0)  # of red, green, blue by luminance


class PackMeta(Record):
    """All of ``pack.toml``."""

    version: Literal[1] = 1
    id: str = Field(pattern=ID_PATTERN)
    rights: str = ""  # empty: not stated
    required_statement: str = ""
    homepage: str = Field("", pattern=r"^(https?://\S+)?$")
    label: Label = Field(default_factory=Label)
    canvas: CanvasPlace
    limits: Limits = Field(default_factory=Limits)
    gains: Gains = Field(default_factory=Gains)
    light: Light = Field(default_factory=Light)
    provenance: dict[str, str] = Field(default_factory=dict)
    training: dict[str, Scalar] = Field(default_factory=dict)

    @field_validator("rights")
    @classmethod
    def _check_rights(cls, value: str) -> str:
        hosts = [host.removeprefix("www.") for host in value.split("/")[2:3]]
        if value and not (value.startswith(("http://", "https://")) and hosts[0] in RIGHTS_HOSTS):
            raise ValueError(f"use a URI of {' or '.join(RIGHTS_HOSTS)}, or nothing")
        return value

    @classmethod
    def from_toml(cls, text: str, *, name: str) -> Self:
        """The record in ``text``; ``name`` is the pack's, for the message of the `PackError`."""
        return cls.from_record(parse_toml(text, name=f"{name}: pack.toml"), name=name)

    def to_toml(self) -> str:
        """The text of a ``pack.toml`` that reads back as this record."""
        return to_toml(self.model_dump())


def parse_toml(text: str, *, name: str) -> dict[str, Any]:
    """What a file says; raises `PackError` when it is no TOML."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, brackets
        raise PackError(f"{name} cannot be read: {error}") from error


def read_toml(path: Path, *, name: str) -> dict[str, Any] | None:
    """What a file says, which need not be there; raises `PackError` when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise PackError(f"{name}: cannot be read: {error}") from error
    return parse_toml(text, name=name)


def in_language(words: dict[str, str], language: str) -> str:
    """The words of a language map: in a language, else in its family's, in English, in any."""
    spoken = [each for each, text in words.items() if text]
    found = nearest(spoken, language)
    return "" if found is None else words[found]


def explain(error: ValidationError, *, name: str) -> list[str]:
    """One line a curator can act on for each fault that pydantic found."""
    return [_explain_one(dict(fault), name) for fault in error.errors()]


def _explain_one(fault: dict[str, Any], name: str) -> str:
    key = ".".join(str(part) for part in fault["loc"] if part != "[key]")
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "extra_forbidden":
        return f"{name}: {key} is no key; remove it or correct its spelling"
    if fault["type"] == "missing":
        return f"{name}: {key} is missing; add it"
    value = json.dumps(fault["input"], ensure_ascii=False, default=str)
    shown = value if len(value) <= 60 else value[:57] + "..."
    return f"{name}: {key} is {shown}; {message[:1].lower()}{message[1:]}"
