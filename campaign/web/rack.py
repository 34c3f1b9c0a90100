"""The cards a process has drawn last, and the turn to draw: drawing is the only thing here that takes a processor long."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock, Semaphore

from campaign.drawing.card import Card

_PATIENCE = 3.0
"""Seconds one waits for the turn where there is nothing to show meanwhile."""
_MOST_WAITING = 2
"""How many may wait at once: with the one who draws, fewer than the threads of a process. The others are for readers."""


class Busy(Exception):  # noqa: N818 - a state, not a mistake
    """Others are drawing, and there is nothing older to show."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card, the PNG that shows it, and the picture it was drawn with."""

    card: Card
    body: bytes
    picture: bytes | None


class Turn:
    """One thread draws at a time and few wait for it; the others answer requests."""

    def __init__(self) -> None:
        self._lock, self._waiting = Lock(), Semaphore(_MOST_WAITING)

    @contextmanager
    def taken(self, patience: float = _PATIENCE) -> Iterator[None]:
        """Raises Busy where it is not one's turn within `patience` seconds, and at once where enough are waiting for it."""
        if not self._lock.acquire(blocking=False) and not self._waited(patience):
            raise Busy
        try:
            yield
        finally:
            self._lock.release()

    def _waited(self, patience: float) -> bool:
        if not patience or not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._lock.acquire(timeout=patience)
        finally:
            self._waiting.release()


class Rack:
    """The last card of each campaign in each language, the least wanted forgotten first."""

    def __init__(self, turn: Turn, most: int = 200) -> None:
        self._turn, self._most = turn, most
        self._drawn: OrderedDict[Hashable, Drawn] = OrderedDict()
        self._ordering = Lock()

    def card(
        self, key: Hashable, card: Card, draw: Callable[[Card, bytes | None], bytes], picture: Callable[[], bytes | None]
    ) -> Drawn:
        """The card, or the last one under its key while another thread draws. Raises Busy.

        `picture` is asked only where the card shows another than the last one did.
        """
        last = self._taken_down(key)
        if last is not None and last.card == card:
            return last
        try:
            with self._turn.taken(_PATIENCE if last is None else 0):
                last = self._taken_down(key)
                if last is not None and last.card == card:
                    return last
                kept = last is not None and last.card.picture == card.picture
                shown = last.picture if last is not None and kept else picture() if card.picture else None
                return self._hung(key, Drawn(card, draw(card, shown), shown))
        except Busy:
            if last is None:
                raise
            return last

    def _taken_down(self, key: Hashable) -> Drawn | None:
        with self._ordering:
            if key in self._drawn:
                self._drawn.move_to_end(key)
            return self._drawn.get(key)

    def _hung(self, key: Hashable, drawn: Drawn) -> Drawn:
        with self._ordering:
            self._drawn[key] = drawn
            self._drawn.move_to_end(key)
            while len(self._drawn) > self._most:
                self._drawn.popitem(last=False)
        return drawn
