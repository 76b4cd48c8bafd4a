"""The page's words in each language: `words/<language>.toml`, the same keys in each."""

import sys
from functools import cache
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FOLDER = Path(__file__).parent / "words"
LANGUAGES = ("en", "fr")
SCRIPT = "script"  # the table of what the browser's side says by itself


class Words:
    """One language.

    Args:
        language: of `LANGUAGES`.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._tables = _read(language)

    def __call__(self, key: str, **values: object) -> str:
        """The words of ``table.key``, with values in their places."""
        table, name = key.split(".", 1)
        return self._tables[table][name].format(**values)

    @property
    def script(self) -> dict[str, str]:
        """What the browser's side says, its places still to be filled."""
        return dict(self._tables[SCRIPT])


@cache
def words(language: str) -> Words:
    """The words of a language."""
    return Words(language)


def choose_language(setting: str, accepted: str) -> str:
    """The first language of a browser's Accept-Language that we speak, or what is set."""
    if setting in LANGUAGES:
        return setting
    wanted = [part.split(";")[0].strip().lower()[:2] for part in accepted.split(",")]
    return next((each for each in wanted if each in LANGUAGES), LANGUAGES[0])


def _read(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
