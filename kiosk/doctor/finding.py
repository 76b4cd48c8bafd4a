"""What an examination comes to: a verdict, in a line, and what to do about it."""

from dataclasses import dataclass
from enum import Enum


class Verdict(str, Enum):
    """How it is; the values are those of the JSON."""

    OK = "ok"
    WARNING = "warning"  # it goes on, though not as well as it could, or not for ever
    FAULT = "fault"  # somebody must come


@dataclass(frozen=True, slots=True)
class Finding:
    """One line; the field names are those of the JSON."""

    what: str
    verdict: Verdict
    words: str
    todo: str = ""  # in one line; empty where nothing need be done


def good(what: str, words: str) -> Finding:
    """All is well."""
    return Finding(what, Verdict.OK, words)


def warning(what: str, words: str, todo: str) -> Finding:
    """It goes on, but not as it should."""
    return Finding(what, Verdict.WARNING, words, todo)


def fault(what: str, words: str, todo: str) -> Finding:
    """Somebody must come."""
    return Finding(what, Verdict.FAULT, words, todo)
