"""Which of a portrait's performances is next, and in which language.

In go the performances of the portrait that hangs, out comes one, or none. Languages are set, change
by the hour, or take turns from visit to visit; within a visit there is one.
"""

from collections.abc import Callable, Sequence

from kiosk.experience_settings import PerformanceSettings
from kiosk.hours import held_at
from kiosk.languages import nearest
from kiosk.portraits.performances import GREETING, Performance


class Repertoire:
    """One screen's.

    Args:
        settings: the table ``[performances]``.
        language: the visitors', where the settings name none.
        performances: what the portrait that hangs can perform.
        time_of_day: HH:MM.
    """

    def __init__(
        self,
        settings: PerformanceSettings,
        language: str,
        performances: Callable[[], Sequence[Performance]],
        *,
        time_of_day: Callable[[], str],
    ) -> None:
        self._settings, self._usual = settings, language
        self._performances, self._time_of_day = performances, time_of_day
        self._visits = 0
        self._language = self._next_language()
        self._heard: set[str] = set()  # by this visitor
        self._last = ""  # story, told to whomever

    def begin_visit(self) -> None:
        """Somebody new has come: nothing was told to them yet."""
        self._language = self._next_language()
        self._visits += 1
        self._heard.clear()

    def greeting(self) -> Performance | None:
        """What is said to who comes."""
        if not self._settings.greeting:
            return None
        return self._in_language([each for each in self._performances() if each.name == GREETING])

    def story(self) -> Performance | None:
        """The next story that this visitor has not heard; they take turns."""
        told = [each for each in self._performances() if each.name != GREETING]
        names = sorted({each.name for each in told} - self._heard)
        if not names:
            return None
        name = next((each for each in names if each > self._last), names[0])
        self._heard.add(name)
        self._last = name
        return self._in_language([each for each in told if each.name == name])

    def holds(self, performance: Performance) -> bool:
        """Whether the portrait that hangs has it: another one may hang by now."""
        return any(each is performance for each in self._performances())

    def _next_language(self) -> str:
        settings = self._settings
        if settings.language_hours:
            return held_at(self._time_of_day(), settings.language_hours)
        if settings.languages:
            return settings.languages[self._visits % len(settings.languages)]
        return self._usual

    def _in_language(self, versions: Sequence[Performance]) -> Performance | None:
        """The version in the visit's language, or the nearest to it."""
        spoken = {version.language: version for version in versions}
        language = nearest(spoken, self._language)
        return None if language is None else spoken[language]
