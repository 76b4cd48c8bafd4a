"""Which portrait hangs next, and when: in turn, and rather while nobody stands before it."""

from collections.abc import Sequence

PATIENCE = 2.0  # times the span after which a portrait goes though somebody is watching


class Playlist:
    """Portraits in turn.

    Args:
        now: seconds; since then the first portrait hangs.
    """

    def __init__(self, now: float) -> None:
        self._ids: tuple[str, ...] = ()
        self._since = now
        self._moved = False  # others take turns than before, and none of them hangs yet
        self._last: str | None = None  # whose turn it was last, whether it could be hung or not

    def due(
        self, ids: Sequence[str], hanging: str, *, every_s: float, now: float, attended: bool
    ) -> str | None:
        """The id of the portrait that shall hang from now on; None while none is due.

        Args:
            ids: the portraits that take turns now; none: nothing changes.
            hanging: what hangs; staff may have hung one that is not among them, for its turn.
            every_s: how long each hangs.
            now: seconds.
            attended: whether somebody leads the portrait that hangs.
        """
        if tuple(ids) != self._ids:
            self._ids, self._moved, self._last = tuple(ids), hanging not in ids, None
        if not ids or tuple(ids) == (hanging,):
            return None
        patience = PATIENCE if attended else 1.0
        over = now - self._since >= patience * every_s
        if not over and (attended or not self._moved):
            return None
        self.hung(now)
        self._last = _after(self._last or hanging, ids)
        return None if self._last == hanging else self._last

    def hung(self, now: float) -> None:
        """A portrait hangs since now: its time begins."""
        self._since, self._moved = now, False


def _after(portrait: str, ids: Sequence[str]) -> str:
    place = ids.index(portrait) + 1 if portrait in ids else 0
    return ids[place % len(ids)]
