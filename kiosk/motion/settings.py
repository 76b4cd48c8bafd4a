"""The table ``[motion]`` of ``config.toml``: how freely portraits follow and how they idle."""

from pydantic import BaseModel, ConfigDict, Field


class MotionSettings(BaseModel):
    """Settings of the motion stage; every default is the tuned one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    handover_s: float = Field(
        0.6,
        ge=0.1,
        le=3.0,
        description="seconds over which one hand gives the portrait to the next",
    )
    steadiness: float = Field(
        1.0, ge=0.3, le=3.0, description="of the jitter filter: more is steadier and later"
    )
    expression: float = Field(
        1.0, ge=0.0, le=1.35, description="how much of a visitor's expression is taken over"
    )
    turn: float = Field(
        1.5, ge=0.3, le=1.6, description="how much of a visitor's turn of the head is taken over"
    )
    follow: float = Field(
        0.25, ge=0.0, le=1.0, description="how much of a visitor's sideways steps is taken over"
    )
    shift_limit: float = Field(
        0.10, ge=0.0, le=0.3, description="farthest shift of the head, in face heights"
    )
    scale_limit: float = Field(
        1.10, ge=1.0, le=1.3, description="farthest growth of the head when a visitor comes near"
    )
    breath_hz: float = Field(0.25, ge=0.05, le=1.0, description="breaths a second")
    breath: float = Field(
        0.006, ge=0.0, le=0.03, description="rise and fall of the breath, in face heights"
    )
    blink_every_s: float = Field(
        4.0, ge=2.5, le=20.0, description="mean seconds between the blinks of an idle portrait"
    )
    idle_turn_deg: float = Field(
        4.0, ge=0.0, le=12.0, description="widest turn of an idle head, degrees"
    )
    idle_gaze: float = Field(
        0.12, ge=0.0, le=0.25, description="widest glance of an idle portrait, eye widths"
    )


def calmed(settings: MotionSettings) -> MotionSettings:
    """The same with smaller and slower movement of the head; the face answers as it did."""
    return settings.model_copy(
        update={
            "handover_s": min(2 * settings.handover_s, 3.0),
            "turn": max(0.5 * settings.turn, 0.3),
            "follow": 0.0,
            "scale_limit": 1.0,
            "breath": 0.5 * settings.breath,
            "idle_turn_deg": 0.4 * settings.idle_turn_deg,
        }
    )
