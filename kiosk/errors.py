"""Every error this project raises, so that one line can tell a user what to do.

    KioskError
    |-- ConfigError       a setting is unknown or out of range
    |-- CameraError       a camera or clip cannot be opened
    |-- DisplayError      there is nothing to draw on
    |-- PackError         a portrait pack is damaged or inconsistent
    |-- PictureError      a picture cannot become a portrait
    |-- PerformanceError  a film or a sound cannot become a performance
    |-- CatalogueError    a museum's catalogue does not give what a portrait needs
    |-- TrainingError     learning cannot begin, or broke down
    |-- ServiceError      what belongs to systemd cannot be put in its place
    |-- StalledError      a road that moves no more
    |-- ControlError      a kiosk that runs does not answer, or refuses what it is asked
    |-- SoundError        a sound file or a sound device cannot be used
    `-- EngineError       a compiled network cannot be used

A message says what is wrong, where and what to do: ``mona: limits.yaw is 70 degrees; use 5 to 45``
"""


class KioskError(Exception):
    """The root of the tree; carries one line for the user."""


class ConfigError(KioskError):
    """A setting in ``config.toml`` or on the command line is unknown or out of range."""


class CameraError(KioskError):
    """A camera or clip cannot be opened at all; one that falls silent later is no error."""


class DisplayError(KioskError):
    """Neither a screen nor an off-screen context can be had."""


class PackError(KioskError):
    """A portrait pack is damaged, incomplete or inconsistent."""


class PictureError(KioskError):
    """A picture cannot become a portrait: unreadable, no face, several faces, too small."""


class PerformanceError(KioskError):
    """A film or a sound cannot become a performance: unreadable, no face, too long."""


class CatalogueError(KioskError):
    """A museum's server or manifest does not give what a portrait needs."""


class TrainingError(KioskError):
    """Learning cannot begin or go on: its data, its numbers, or where it is kept."""


class ServiceError(KioskError):
    """What belongs to systemd cannot be put in its place, or taken back."""


class StalledError(KioskError):
    """A road moves no more, and nothing within the process helps."""


class ControlError(KioskError):
    """A kiosk that runs does not answer, or refuses what it is asked."""


class SoundError(KioskError):
    """A sound file or a sound device cannot be used; the show goes on without."""


class EngineError(KioskError):
    """A compiled network does not load, or disagrees with the plain one."""
