"""``[sound]``: where the portrait is heard, and how loud."""

from pydantic import BaseModel, ConfigDict, Field


class SoundSettings(BaseModel):
    """How the portrait sounds. Frozen; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    device: str = Field("", max_length=200)  # a part of its name, or its number; "": the system's
    volume: float = Field(0.8, ge=0, le=1)
    ambience: str = ""  # a sound file that goes on and on; "": none
    ambience_volume: float = Field(0.25, ge=0, le=1)
