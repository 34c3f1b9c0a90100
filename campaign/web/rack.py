"""The cards a process has drawn last."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from campaign.drawing.card import Card
from campaign.web.turn import PATIENCE, Busy, Turn


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card, the PNG that shows it, and the picture it was drawn with."""

    card: Card
    body: bytes
    picture: bytes | None


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
            with self._turn.taken(PATIENCE if last is None else 0):
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
