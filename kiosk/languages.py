"""Languages, by their BCP 47 tags, and which of several is nearest to the one that is wanted."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

TAG = r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*"
Language = Annotated[str, Field(pattern=rf"^{TAG}$")]


def nearest(languages: Iterable[str], wanted: str) -> str | None:
    """The language itself, else one of its family, else English, else any; None of none."""

    def distance(language: str) -> tuple[bool, bool, bool]:
        own, other = language.lower(), wanted.lower()
        return own != other, family(own) != family(other), family(own) != "en"

    return min(languages, key=distance, default=None)


def family(language: str) -> str:
    """``pt`` for ``pt-BR``."""
    return language.lower().split("-")[0]
