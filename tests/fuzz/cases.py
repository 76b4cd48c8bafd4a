"""How many cases each test makes, and what several of them make alike.

With the other tests hypothesis makes the same few thousand each time, and looks for the smallest of
those that fail. `make fuzz CASES=1000000` makes so many new ones from the same makers without it,
since it takes longer over a case than what is tried does. `SEED` says with which they begin.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from inspect import signature
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SUITE = 5000
CASES, MANY = int(os.environ.get("CASES", SUITE)), "CASES" in os.environ
SEED = int(os.environ.get("SEED") or Random().getrandbits(40))
LARGEST, NEAR = 5, 200
MEMORY = Path("/dev/shm")  # a disk costs more than most of what is tried

ASCII = "".join(map(chr, range(32, 127)))
ODD = "\0\t\n\r\x1b\x7f\x85\xa0\u200b\u200f\u202e\u2028\u2029\u2066\u3000\ufeff\ufffe\U0010ffff"
SCRIPTS = "éßñİıſﬀאבגعربيไทย中文हिन्दी́\u0301ﷺ👩‍👧²①٣"
LONG = ("a", "wide ", "\u0301", "ﷺ", "中")
PHRASES = (
    "a", "word ", "End. ", "so, ", "–", " ", "\n", "\t", "אבג ", "عربي ", "ไทยไทย", "中文。",
    "हिन्दी ", "\u202e", "\u2066", "e\u0301", "👩\u200d👩\u200d👧", "<b>", "&amp;", "-->",
    "00:00:01.000",
)  # fmt: skip
NUMBERS = (0, 1, -1, 0.0, -0.0, 0.5, 1e-320, 1e308, 2**31, 2**63, -(2**64), 10**400)
NO_NUMBERS = (float("nan"), float("inf"), float("-inf"))
PUT = (b"\xff\xff\xff\xff", b"\0", b"nan", b"inf", b"-", b"0", b"1e999", b"\xc3\xa9", b"\n", b"\r")
HEAVY = (b"9" * 5000, b"[" * 3000)

SEEDS = st.binary(min_size=6, max_size=6).map(lambda drawn: int.from_bytes(drawn, "big"))
SIZES = st.integers(1, LARGEST)

Test = Callable[..., None]
Maker = Callable[["Chance"], Any]


class Chance(Random):
    """What a case is made from: a seed, and a size, 1 to `LARGEST`: how much of it there may be."""

    def __new__(cls, *_: int) -> "Chance":
        return super().__new__(cls)

    def __init__(self, seed: int, size: int) -> None:
        super().__init__(seed)
        self._told, self.size = (seed, size), size

    def __repr__(self) -> str:
        return f"Chance{self._told}"

    def one_in(self, count: int) -> bool:
        return self.random() * count < 1.0

    def coin(self) -> bool:
        return self.one_in(2)


def fuzz(share: float, /, **makers: Maker) -> Callable[[Test], Test]:
    """A test of so large a share of all cases; dear ones get small shares.

    Args:
        share: of all tests' cases.
        makers: what makes the arguments; the others are fixtures.
    """

    def of_many(test: Test) -> Test:
        count = max(round(CASES * share), 1)
        if MANY:
            return _one_after_another(test, makers, count)
        quiet = settings(
            max_examples=count,
            derandomize=True,
            database=None,
            deadline=None,  # a busy machine is no fault
            suppress_health_check=list(HealthCheck),
        )
        return quiet(given(**{name: _drawn(make) for name, make in makers.items()})(test))

    return of_many


def _drawn(make: Maker) -> st.SearchStrategy[Any]:
    @st.composite  # of whose values a failure tells, not how they were drawn
    def build(draw: Callable[..., Any]) -> Any:
        return make(Chance(draw(SEEDS), draw(SIZES)))

    return build()


def _one_after_another(test: Test, makers: dict[str, Maker], count: int) -> Test:
    def case(seed: int, size: int) -> dict[str, Any]:
        chance = Chance(seed, size)
        return {name: make(chance) for name, make in makers.items()}

    def fails(seed: int, size: int, fixtures: dict[str, Any]) -> bool:
        try:
            test(**fixtures, **case(seed, size))
        except Exception:
            return True
        return False

    def many(**fixtures: Any) -> None:
        for seed in range(SEED, SEED + count):
            size = 1 + seed % LARGEST
            try:
                test(**fixtures, **case(seed, size))
            except Exception as error:
                near = product(range(1, size), range(seed, seed + NEAR))
                small = ((other, less) for less, other in near if fails(other, less, fixtures))
                told = case(*next(small, (seed, size)))
                raise AssertionError(f"SEED={seed} fails; the smallest near it: {told}") from error

    known = signature(test)
    left = [each for name, each in known.parameters.items() if name not in makers]
    many.__signature__ = known.replace(parameters=left)  # type: ignore[attr-defined]
    many.__name__, many.__module__, many.__doc__ = test.__name__, test.__module__, test.__doc__
    many.pytestmark = getattr(test, "pytestmark", [])  # type: ignore[attr-defined]
    return many


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """A folder that costs no disk, where there is such a thing."""
    place = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def damaged(chance: Chance, wholes: Sequence[bytes], words: Sequence[bytes] = ()) -> bytes:
    """One of several files, with a few bytes changed, left out, put in or repeated."""
    if chance.one_in(20):
        return chance.randbytes(chance.randint(0, 80))
    content = bytearray(chance.choice(wholes))
    for _ in range(chance.randint(1, chance.size)):
        place = chance.randint(0, len(content))
        length = chance.choice((0, 0, 1, 2, 4, 64, 1 << 12))
        content[place : place + length] = _put(chance, content, words)
    return bytes(content)


def _put(chance: Chance, content: bytearray, words: Sequence[bytes]) -> bytes:
    if words and chance.one_in(2):
        return chance.choice(words)
    if chance.one_in(60):
        return chance.choice(HEAVY)
    if chance.one_in(3):
        return chance.choice(PUT)
    if chance.one_in(2):
        begin = chance.randint(0, len(content))
        return bytes(content[begin : begin + chance.randint(0, 64)])
    return chance.randbytes(chance.randint(0, 8))


def text(chance: Chance, most: int = 20) -> str:
    """Letters of any kind, but half pairs: those come in JSON alone."""
    count = chance.randint(0, most)
    if chance.one_in(4):
        letters = [chr(chance.randrange(0x110000)) for _ in range(count)]
        return "".join(letter for letter in letters if not "\ud800" <= letter <= "\udfff")
    return "".join(chance.choices(chance.choice((ASCII, ASCII, ODD, SCRIPTS, "a \n")), k=count))


def spoken(chance: Chance) -> str:
    """What somebody says: scripts written from both sides, joined letters, marks, none at all."""
    if chance.one_in(6):
        return chance.choice(LONG) * chance.randint(1, 40 * chance.size)
    if chance.one_in(6):
        return text(chance, 60)
    return "".join(chance.choices(PHRASES, k=chance.randint(0, 2 * chance.size)))


def number(chance: Chance) -> float:
    """Whole or not, likely or not, or none."""
    kind = chance.randrange(5)
    if kind == 0:
        return chance.randint(-2, 100)
    if kind == 1:
        return chance.uniform(-100, 100)
    if kind == 2:
        return chance.choice(NUMBERS)
    if kind == 3:
        return chance.choice(NO_NUMBERS)
    return (1 << chance.randrange(70)) - chance.randrange(2)


def json_value(
    chance: Chance, words: Sequence[Any] = (), keys: Sequence[str] = (), depth: int = 4
) -> Any:
    """What JSON can say, with some likely words and keys in it."""
    depth = min(depth, chance.size)
    kind = chance.randrange(9 if depth > 0 else 6)
    if kind == 0:
        return chance.choice((None, True, False, "", [], {}))
    if kind == 1:
        return number(chance)
    if kind <= 3 and words:
        return chance.choice(words)
    if kind <= 5:
        return text(chance) + ("\ud83d" if chance.one_in(30) else "")
    count = chance.randint(0, chance.size)
    if kind == 6:
        return [json_value(chance, words, keys, depth - 1) for _ in range(count)]
    return {_key(chance, keys): json_value(chance, words, keys, depth - 1) for _ in range(count)}


def _key(chance: Chance, keys: Sequence[str]) -> str:
    return chance.choice(keys) if keys and not chance.one_in(6) else text(chance, 8)
