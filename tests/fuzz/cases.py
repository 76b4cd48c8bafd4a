"""How many cases each test makes, and what several of them make alike.

The suite makes the same few thousand each time; `make fuzz CASES=1000000` makes so many new ones.
"""

import json
import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

SUITE = 5000
CASES = int(os.environ.get("CASES", SUITE))

Draw = Callable[..., Any]


def fuzz(share: float) -> settings:
    """So large a share of all cases; dear ones get small shares."""
    return settings(
        max_examples=max(round(CASES * share), 1),
        derandomize=CASES == SUITE,
        database=None,
        deadline=None,  # a busy machine is no fault
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def damaged(draw: Draw, *wholes: bytes) -> bytes:
    """One of several files, with a few bytes changed, left out, put in or repeated."""
    content = bytearray(draw(st.sampled_from(wholes)))
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(content)))
        length = draw(st.sampled_from((0, 1, 2, 4, 64, 1 << 12)))
        put = draw(
            st.binary(max_size=8)
            | st.sampled_from((b"\xff\xff\xff\xff", b"9" * 5000, b"[" * 3000, b"\0", b"nan", b"-"))
            | st.just(bytes(content[:64]))
        )
        content[place : place + length] = put
    return bytes(content)


def damaged_text(*wholes: str) -> st.SearchStrategy[str]:
    """The same of texts."""
    return damaged(*(whole.encode() for whole in wholes)).map(lambda b: b.decode(errors="replace"))


def json_values(*words: str, keys: tuple[str, ...] = ()) -> st.SearchStrategy[Any]:
    """What JSON can say, with some likely words and keys in it."""
    plain = (
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
        | st.sampled_from(("", *words))
    )  # fmt: skip
    names = st.sampled_from(keys) | st.text(max_size=8) if keys else st.text(max_size=8)
    return st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
        max_leaves=24,
    )


def in_json(value: Any) -> Any:
    """As it comes back from JSON."""
    return json.loads(json.dumps(value))
