"""How a kiosk that runs fares, in figures and in words."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class StageStatus:
    """One stage of the road."""

    age_s: float | None  # since its heart last beat; None: it never did
    failures: int


@dataclass(frozen=True, slots=True)
class Status:
    """One kiosk, now; the field names are those of the JSON."""

    version: str
    portrait: str  # the id of what hangs
    engine: str  # what runs its network; "none" until it is ready
    up_s: float
    attended: bool  # whether a visitor leads
    state: str  # of the visit: attract, greet, mirror, tell, farewell
    fps: float  # of the last seconds
    latency_ms: float  # from capture to composed, the median of the last seconds
    shown_age_s: float | None  # since the last moving picture; None: there was none yet
    trying: bool  # whether staff are trying out gains or limits
    dropped: int
    rss_mb: float
    stages: dict[str, StageStatus] = field(default_factory=dict)
    faults: tuple[str, ...] = ()  # what someone should look at; empty: all is well
    dark: bool = False  # the screen is black on purpose
    unhealthy: tuple[str, ...] = ()  # those of them with which the portrait does not live
    quality_step: int = 0  # 0: all pictures; more: fewer, see `kiosk.thrift`


@dataclass(frozen=True, slots=True)
class PlaceStatus:
    """One portrait of a gallery."""

    portrait: str
    engine: str
    attended: bool
    state: str
    fps: float
    latency_ms: float


@dataclass(frozen=True, slots=True)
class GalleryStatus(Status):
    """A kiosk with several portraits: what is said of one is said of the first."""

    gallery: tuple[PlaceStatus, ...] = ()
