"""The cards a process has drawn last."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock

from campaign.rendering.card import Card
from campaign.web.cache.single_flight import WAIT_SECONDS, BusyError, SingleFlight


@dataclass(frozen=True, slots=True)
class CachedCard:
    """A card, the PNG that shows it, and the picture it was drawn with."""

    card: Card
    png: bytes
    picture: bytes | None


class CardCache:
    """The last card of each campaign in each language, the least wanted forgotten first."""

    def __init__(self, single_flight: SingleFlight, max_cards: int = 200) -> None:
        self._single_flight, self._max_cards = single_flight, max_cards
        self._cards: OrderedDict[Hashable, CachedCard] = OrderedDict()
        self._lock = Lock()

    def get(
        self, key: Hashable, card: Card, draw: Callable[[Card, bytes | None], bytes], picture: Callable[[], bytes | None]
    ) -> CachedCard:
        """The card, or the last one under its key while another thread draws. Raises Busy.

        `picture` is asked only where the card shows another than the last one did.
        """
        last = self._cached(key)
        if last is not None and last.card == card:
            return last
        try:
            with self._single_flight.acquired(WAIT_SECONDS if last is None else 0):
                last = self._cached(key)
                if last is not None and last.card == card:
                    return last
                kept = last is not None and last.card.picture == card.picture
                shown = last.picture if last is not None and kept else picture() if card.picture else None
                return self._store(key, CachedCard(card, draw(card, shown), shown))
        except BusyError:
            if last is None:
                raise
            return last

    def _cached(self, key: Hashable) -> CachedCard | None:
        with self._lock:
            if key in self._cards:
                self._cards.move_to_end(key)
            return self._cards.get(key)

    def _store(self, key: Hashable, drawn: CachedCard) -> CachedCard:
        with self._lock:
            self._cards[key] = drawn
            self._cards.move_to_end(key)
            while len(self._cards) > self._max_cards:
                self._cards.popitem(last=False)
        return drawn
