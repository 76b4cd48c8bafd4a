"""A live system with the kiosk in it, and a table of what each fault took to heal."""

import json
from collections.abc import Callable, Iterator

import pytest

from kiosk.places import PROJECT
from tests.faults.live import UNIT, LiveSystem, wait_until, why_not
from tests.faults.wall import Healing, Wall

TABLE = PROJECT / "out" / "faults.json"
BLACK_S = 5.0  # the bar: no longer than it takes to restart
START_S = 60.0  # the first start compiles what is compiled

Tell = Callable[[str, Healing], None]


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveSystem]:
    if reason := why_not():
        pytest.skip(reason)
    with LiveSystem(tmp_path_factory.mktemp("live")) as live:
        yield live


@pytest.fixture(scope="session")
def wall(system: LiveSystem) -> Iterator[Wall]:
    """The screen of a kiosk that runs."""
    system.run(f"systemctl start --no-block {UNIT}")
    watched = Wall(system.root / "run/wall/Xvfb_screen0")
    watched.heal(lambda: None, within_s=START_S)
    yield watched
    watched.close()


@pytest.fixture
def hung(system: LiveSystem, wall: Wall) -> Iterator[Wall]:
    """The same, whatever the test before has left behind."""
    yield wall
    if system.state() != "active":
        system.run(f"systemctl reset-failed {UNIT}; systemctl restart --no-block {UNIT}")
    wait_until(lambda: system.state() == "active", START_S, "it runs again")
    wall.heal(lambda: None, within_s=START_S)


@pytest.fixture(scope="session")
def tell() -> Iterator[Tell]:
    """Keeps the table."""
    rows: dict[str, dict[str, float]] = {}

    def keep(fault: str, healing: Healing) -> None:
        rows[fault] = {"healed_s": healing.healed_s, "black_s": healing.black_s}

    yield keep
    TABLE.parent.mkdir(exist_ok=True)
    before = json.loads(TABLE.read_text()) if TABLE.is_file() else {}
    TABLE.write_text(json.dumps({**before, **rows}, indent=2) + "\n")
