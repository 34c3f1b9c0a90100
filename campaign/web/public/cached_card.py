"""Cached cards of campaigns: the last one of each campaign in each language and shape, drawn by one thread at a time."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import inf

from campaign.rendering.contents import Card
from campaign.web.cache import ProcessCache, Region

DRAWING = "drawing"
"""The flight of all that takes long to draw."""
_MAX_CACHED_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class DrawnCard:
    """A card, the image that shows it, and the picture it was drawn with."""

    card: Card
    image: bytes
    picture: bytes | None

    @property
    def size(self) -> int:
        """Octets of both pictures."""
        return len(self.image) + len(self.picture or b"")

    @property
    def mimetype(self) -> str:
        """With a picture it is a photograph; without, few colours."""
        return "image/jpeg" if self.picture else "image/png"


CARDS: Region[DrawnCard] = Region(
    "cards", max_entries=200, max_bytes=_MAX_CACHED_BYTES, size=lambda drawn: drawn.size, flight=DRAWING, max_stale_seconds=inf
)


def drawn_card(
    cache: ProcessCache,
    key: Hashable,
    card: Card,
    draw: Callable[[Card, bytes | None], bytes],
    picture: Callable[[], bytes | None],
) -> DrawnCard:
    """The card, or the last one under its key while another thread draws. Raises BusyError.

    `picture` is asked only where the card shows another than the last one did.
    """

    def load() -> DrawnCard:
        last = cache.last(CARDS, key)
        kept = last is not None and last.card.picture == card.picture
        shown = last.picture if last is not None and kept else picture() if card.picture else None
        return DrawnCard(card, draw(card, shown), shown)

    return cache.get(CARDS, key, load, is_current=lambda drawn: drawn.card == card)
