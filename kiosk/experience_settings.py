"""``[experience]`` and ``[performances]``: how a visit goes, and what is said in it."""

from pydantic import BaseModel, ConfigDict, Field

from kiosk.hours import TimeOfDay
from kiosk.languages import Language


class ExperienceSettings(BaseModel):
    """``[experience]``: how long each part of a visit takes; with 0 it is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    greet_s: float = Field(1.6, ge=0, le=10)
    farewell_s: float = Field(2.0, ge=0, le=10)
    again_s: float = Field(20.0, ge=0, le=600)
    smile: float = Field(0.6, ge=0, le=1)
    reduced_motion: bool = False


class PerformanceSettings(BaseModel):
    """``[performances]``: what a portrait says, when, and in which language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    greeting: bool = True
    story_after_s: float = Field(25.0, ge=0, le=3600)
    languages: tuple[Language, ...] = ()
    language_hours: tuple[tuple[TimeOfDay, Language], ...] = ()
    captions: bool = True
