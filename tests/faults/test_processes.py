"""Processes that die, hang or are stopped, under a live systemd."""

import time

import pytest

from tests.faults.conftest import BLACK_S, Tell
from tests.faults.live import PYTHON, UNIT, LiveSystem, wait_until
from tests.faults.wall import Wall

pytestmark = pytest.mark.live

AGAIN_S = 20.0
KIOSK = f"^{PYTHON} -m kiosk run"
PAGE = "http://127.0.0.1:8765/"


@pytest.mark.parametrize(
    ("fault", "strike"),
    [
        ("kill -9 of the kiosk", f"pkill -KILL -f '{KIOSK}'"),
        ("kill -9 of X", "pkill -KILL -x Xvfb"),
        ("kill -9 of xinit", "pkill -KILL -x xinit"),
        ("kill -TERM of X", "pkill -TERM -x Xvfb"),
    ],
)
def test_whoever_is_killed_the_painting_hangs_again(
    system: LiveSystem, hung: Wall, tell: Tell, fault: str, strike: str
) -> None:
    healing = hung.heal(lambda: system.run(strike), within_s=AGAIN_S)
    tell(fault, healing)

    assert healing.black_s <= BLACK_S
    assert system.state() == "active"


def test_a_kiosk_that_stands_still_is_begun_anew(
    system: LiveSystem, hung: Wall, tell: Tell
) -> None:
    before = system.restarts()
    healing = hung.heal(lambda: system.run(f"pkill -STOP -f '{KIOSK}'"), within_s=45, bites_s=24)
    tell("SIGSTOP of the kiosk, tracker and all", healing)

    assert system.restarts() == before + 1
    assert healing.black_s <= BLACK_S


def test_an_x_server_that_stands_still_is_begun_anew(
    system: LiveSystem, hung: Wall, tell: Tell
) -> None:
    healing = hung.heal(lambda: system.run("pkill -STOP -x Xvfb"), within_s=60, bites_s=24)
    tell("SIGSTOP of X", healing)

    assert healing.black_s <= BLACK_S


def test_without_the_staff_page_the_portrait_lives_on(
    system: LiveSystem, hung: Wall, tell: Tell
) -> None:
    def answers() -> bool:
        return "<html" in system.run(f"curl -s --max-time 2 {PAGE}", check=False)

    system.run("systemctl start kiosk-console")
    wait_until(answers, 30, "the staff page answers")
    healing = hung.heal(lambda: system.run("systemctl kill -s KILL kiosk-console"), within_s=5)
    tell("kill -9 of the staff page", healing)
    wait_until(answers, 30, "the staff page answers again")

    assert healing.healed_s == healing.black_s == 0


def test_what_is_stopped_on_purpose_stays_so(system: LiveSystem, hung: Wall) -> None:
    system.run(f"systemctl stop {UNIT}")
    stopped = system.state()
    time.sleep(3)

    assert stopped == system.state() == "inactive"
    assert system.run("systemctl show -P NRestarts kiosk-recover").strip() in ("0", "")
    assert system.state("kiosk-recover") == "inactive"
    assert hung.black()
    assert "Triggering OnFailure" not in system.run(f"journalctl --no-pager -u {UNIT}")


def test_after_twenty_ends_it_is_recovered_and_hangs_again(
    system: LiveSystem, hung: Wall, tell: Tell
) -> None:
    began = time.time()

    def end_it_again_and_again() -> None:
        def ended() -> bool:
            system.run("pkill -KILL -x xinit", check=False)
            return system.state() == "failed"

        wait_until(ended, 120, "systemd takes the ends for a failure")

    healing = hung.heal(end_it_again_and_again, within_s=180)
    tell("twenty ends one after the other", healing)

    told = system.said(began, "kiosk-recover")  # the kiosk has begun before the first end
    assert "/var/cache/kiosk: what can be made again: cleared away" in told
    assert system.state() == "active"
