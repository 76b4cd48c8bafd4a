"""A GPU that goes and comes: when it is looked for, what is done, what staff are told."""

from pathlib import Path

import pytest

from kiosk.comeback import (
    FIRST_S,
    FORSAKEN_S,
    LAST_S,
    PROVED_S,
    Comeback,
    end_if_only_that_helps,
)
from kiosk.config import PortraitSettings
from kiosk.errors import EngineError, StalledError
from kiosk.generator.card import Card
from kiosk.generator.stage import Portrait
from kiosk.hook import Hook
from kiosk.service.anew import ONCE_S, may_begin_anew, note_beginning
from tests.fakes import ManualClock, StillEngine, StillRig
from tests.packs import small_pack


class Machine:
    """A made-up one: how its card is, and when that was looked at."""

    def __init__(self, state: Card, wanted: str = "auto", may: bool = True) -> None:
        self.clock, self.card = ManualClock(0.0), state
        self.looked: list[float] = []
        self.comeback = Comeback(
            wanted, clock=self.clock, look=self.look, may=lambda: may, tells=lambda _: "14:05"
        )

    def look(self) -> Card:
        self.looked.append(self.clock.now)
        return self.card

    def live(self, seconds: float, engine: str = "cpu", broken: set[str] | None = None) -> int:
        """Let time pass; how often a better engine was to be built."""
        wanted, ends = 0, self.clock.now + seconds
        while self.clock.now < ends:
            self.clock.now += 1.0
            wanted += self.comeback.due(engine, broken or set())
        return wanted


def test_a_card_that_is_gone_is_looked_for_later_and_later() -> None:
    machine = Machine(Card.SILENT)
    machine.live(6 * 3600)

    gaps = [b - a for a, b in zip(machine.looked, machine.looked[1:], strict=False)]
    assert gaps[:6] == [2 * FIRST_S, 4 * FIRST_S, 8 * FIRST_S, 16 * FIRST_S, 32 * FIRST_S, LAST_S]
    assert set(gaps[5:]) == {LAST_S}
    assert machine.comeback.fault == (
        "the GPU is not used since 14:05: its driver does not answer; tried again at 14:05"
    )


def test_a_card_that_is_back_is_built_for_and_all_is_well(
    caplog: pytest.LogCaptureFixture,
) -> None:
    machine = Machine(Card.SILENT)
    assert machine.live(100) == 0
    machine.card = Card.HERE
    assert machine.live(100) == 1

    machine.live(10, engine="cuda")
    assert machine.comeback.fault == ""
    assert [record.levelname for record in caplog.records][-1] == "WARNING"
    assert "runs as it should again, on cuda" in caplog.records[-1].message


def test_a_machine_without_a_card_lacks_nothing_unless_one_is_wanted() -> None:
    alone, wanting, content = (
        Machine(Card.ABSENT), Machine(Card.ABSENT, "cuda"), Machine(Card.ABSENT, "cpu"),
    )  # fmt: skip
    for machine in (alone, wanting, content):
        machine.live(3600)

    assert alone.comeback.fault == content.comeback.fault == ""
    assert "it is not there" in wanting.comeback.fault
    assert content.looked == []


def test_nothing_is_tried_while_somebody_leads() -> None:
    machine = Machine(Card.HERE)
    for _ in range(600):
        machine.comeback.notice(attended=True)
        assert machine.live(1) == 0

    assert machine.looked == []
    assert machine.live(10) == 1


def test_an_engine_that_breaks_down_again_and_again_is_tried_ever_more_rarely() -> None:
    machine = Machine(Card.HERE)
    tries = 0
    while machine.clock.now < 24 * 3600:
        if machine.live(1, broken={"cuda"}):
            tries += 1
            machine.live(5, engine="cuda")  # it is built, and lasts five seconds
    assert 20 <= tries <= 30

    machine.live(PROVED_S + 1, engine="cuda")
    at = machine.clock.now
    machine.looked.clear()
    machine.live(200, broken={"cuda"})
    assert machine.looked[0] - at == pytest.approx(FIRST_S, abs=2)


def test_an_engine_of_the_processor_comes_back_without_a_card() -> None:
    machine = Machine(Card.ABSENT, "cpu")

    assert machine.live(100, broken={"cpu-bfloat16"}) == 1
    assert machine.comeback.fault.startswith("the network is slower since 14:05: cpu-bfloat16 br")
    assert machine.looked == []


def test_only_forsaken_the_process_ends_for_the_cards_sake_and_once() -> None:
    machine, other = Machine(Card.ELSEWHERE), Machine(Card.ABSENT)
    noted: list[bool] = []

    def note() -> bool:
        noted.append(True)
        return True

    both = [machine.comeback, other.comeback]
    assert machine.live(FORSAKEN_S) == 0
    other.clock.now = machine.clock.now
    other.comeback.notice(attended=True)
    end_if_only_that_helps(both, note)  # somebody is before the other one

    other.clock.now += FORSAKEN_S
    with pytest.raises(StalledError, match="begin anew"):
        end_if_only_that_helps(both, note)
    assert noted == [True]


def test_what_cannot_be_noted_ends_nothing() -> None:
    machine = Machine(Card.ELSEWHERE)
    machine.live(FORSAKEN_S)
    end_if_only_that_helps([machine.comeback], lambda: False)

    assert not machine.comeback.anew


def test_without_leave_the_process_goes_on() -> None:
    machine = Machine(Card.ELSEWHERE, may=False)
    machine.live(3600)
    end_if_only_that_helps([machine.comeback], lambda: True)

    assert "only a new process can use it" in machine.comeback.fault


def test_leave_is_given_once_a_day_and_to_a_service_alone(tmp_path: Path) -> None:
    service = {"STATE_DIRECTORY": str(tmp_path)}
    assert not may_begin_anew({})
    assert not note_beginning({})

    assert may_begin_anew(service)
    assert note_beginning(service, now=lambda: 1e9)
    assert not may_begin_anew(service, now=lambda: 1e9 + ONCE_S - 1)
    assert may_begin_anew(service, now=lambda: 1e9 + ONCE_S)
    assert not note_beginning({"STATE_DIRECTORY": str(tmp_path / "nowhere")})


class Named(StillEngine):
    def __init__(self, name: str) -> None:
        self.name = name


def test_the_hook_takes_the_better_engine_and_the_portrait_goes_on_hanging(tmp_path: Path) -> None:
    machine = Machine(Card.HERE)
    engines = ["cpu", EngineError("not yet"), "cpu", "cuda"]
    given: list[set[str]] = []

    def build(pack: object, without: object) -> Portrait:
        given.append(set(without))  # type: ignore[call-overload]
        engine = engines.pop(0)
        if isinstance(engine, Exception):
            raise engine
        return Portrait("gradient", StillRig(), Named(engine))  # type: ignore[arg-type]

    pack = small_pack(tmp_path)
    hook = Hook(
        pack,
        PortraitSettings(folder=tmp_path),
        build=build,  # type: ignore[arg-type]
        clock=machine.clock,
        comeback=machine.comeback,
    )
    hook.give_up("cuda")
    hook.make_ready()
    names = []
    for _ in range(3 * 3600):
        machine.clock.now += 1.0
        hook._try_better()
        names.append(hook.portrait().engine.name)  # type: ignore[union-attr]
        if len(names) == 300:
            assert "cuda broke down" in hook.fault or "no engine works" in hook.fault

    assert given == [{"cuda"}, set(), set(), set()]
    assert list(dict.fromkeys(names)) == ["cpu", "cuda"]
    assert hook.pack is pack
    assert hook.fault == ""


def test_without_a_card_an_engine_that_broke_down_is_tried_again_and_the_fault_goes() -> None:
    machine = Machine(Card.ABSENT)
    assert machine.live(3 * FIRST_S, engine="cpu", broken={"cpu-bfloat16"}) >= 1
    assert machine.comeback.fault.startswith("the network is slower since 14:05: cpu-bfloat16")

    machine.live(2.0, engine="cpu")
    assert machine.comeback.fault == ""
