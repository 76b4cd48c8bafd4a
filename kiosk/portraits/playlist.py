"""Which portrait hangs next, and when: in turn, and rather while nobody stands before it."""

from collections.abc import Sequence

PATIENCE = 2.0  # times the span after which a portrait goes though somebody is watching


class Playlist:
    """Portraits in turn.

    Args:
        ids: in their order; the first one hangs. With one alone nothing ever changes.
        every_s: how long each hangs.
        now: seconds.
    """

    def __init__(self, ids: Sequence[str], every_s: float, now: float) -> None:
        self._ids, self._every_s = tuple(ids), every_s
        self._place, self._since = 0, now

    def due(self, now: float, *, attended: bool) -> str | None:
        """The id of the portrait that shall hang from now on; None while none is due.

        Args:
            now: seconds.
            attended: whether somebody leads the portrait that hangs.
        """
        patience = PATIENCE if attended else 1.0
        if len(self._ids) < 2 or now - self._since < patience * self._every_s:
            return None
        self._place = (self._place + 1) % len(self._ids)
        self.hung(now)
        return self._ids[self._place]

    def hung(self, now: float) -> None:
        """A portrait hangs since now: its time begins."""
        self._since = now
