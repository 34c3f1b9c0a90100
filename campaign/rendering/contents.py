"""Contents of what is drawn: the words, colours and measures of cards, posters, sheets and certificates.

Values only, so that what writes them needs none of the libraries that draw them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Literal

CardShape = Literal["wide", "square", "story"]
"""What a link shows, a post in a feed, and a story on the whole screen of a phone."""
CARD_SIZES: dict[CardShape, tuple[int, int]] = {"wide": (1200, 630), "square": (1080, 1080), "story": (1080, 1920)}
"""Width and height in pixels. The wide one is what Facebook, X, WhatsApp, Mastodon and Bluesky show uncut."""


@dataclass(frozen=True, slots=True)
class Card:
    """Card, in words of its language."""

    title: str
    recipient: str
    """Of whom it is asked, as a phrase: "To: The parish council". May be empty."""
    number: str
    """The number, set large: "12,000+"."""
    number_prefix: str
    """What stands before the number, where the language puts something there."""
    number_suffix: str
    """What stands after it: "signatures"."""
    goal: str
    progress: float
    """Of the goal, from 0 to 1."""
    time_left: str
    """How much time is left, or that none is: "29 days left", "Closed"."""
    last_day: str
    """The day it ends or ended, as a phrase. May be empty."""
    organiser: str
    """Who is behind it, as a phrase: "Started by the Pond Society". May be empty."""
    site: str
    accent: str
    """As "#rrggbb"; empty for ours."""
    picture: str = ""
    """The hash of the picture that is drawn with it; empty for none."""
    logo: str = ""
    """The hash of the organiser's picture; empty for none."""

    @property
    def version(self) -> str:
        """Changes when anything on the card does."""
        return hashlib.blake2b(repr(astuple(self)).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Poster:
    """Poster, in words of its language."""

    title: str
    ask: str
    """What is asked, without markup. Shortened at the end of a sentence."""
    recipient: str
    """Of whom, as a phrase: "To: The parish council". May be empty."""
    organiser: str
    """Who is behind it, as a phrase: "Started by the Pond Society". May be empty."""
    call_to_action: str
    """What to do, in the band at the top: "Add your name"."""
    scan_label: str
    """What to do with the code: "Scan to sign"."""
    deadline: str
    """Until when, as a phrase. May be empty."""
    address_label: str
    """What stands before the address in print: "or sign at". May be empty."""
    printed_address: str
    """The campaign's page as people type it."""
    qr_url: str
    """What the code leads to."""
    footer: str
    site: str
    accent: str
    """As "#rrggbb"; empty for ours."""
    language: str
    organiser_picture: bytes = b""
    """An image of ours that stands beside the organiser's name; empty for none."""


@dataclass(frozen=True, slots=True)
class SheetTexts:
    """Texts of a sheet beside the campaign's own words, in its language."""

    sheet: str
    """With %(number)d in it."""
    page: str
    """With %(page)d and %(pages)d in it."""
    headings: Mapping[str, str]
    """What each column is for."""
    ticks: tuple[str, ...]
    """The boxes to tick in each row, in words."""
    call_to_action: str
    privacy: str
    text_version: str
    """Which version of the text it is."""
    statement: str = ""
    """Who may sign, with what to do about it; "" where nothing is asked."""


@dataclass(frozen=True, slots=True)
class SheetContent:
    """Content of every sheet of a run."""

    title: str
    recipient: str
    ask: str
    """What is signed, without markup, its paragraphs apart by an empty line. All of it is printed."""
    columns: Sequence[tuple[str, float]]
    """Each with its share of the width."""
    rows: int
    texts: SheetTexts
    site: str
    language: str
    plain: bool = False
    """Whether it has neither code nor web address nor hash."""


@dataclass(frozen=True, slots=True)
class CertificateSet:
    """Certificates of a campaign: what all of them say."""

    title: str
    recipient: str
    """As a phrase: "To: The parish council"."""
    ask: str
    """Without markup."""
    campaign_url: str
    """The campaign's page, in full: what the code leads to."""
    text_hash: str
    site: str
    text_note: str
    """What stands above the address."""
    log_note: tuple[str, ...]
    """Where the count is in the public log, a line each: checkpoint and key."""
    accent: str
    """As "#rrggbb"; empty for ours."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Certificate of one area."""

    addressee: str
    """Whom it is for, in the largest words: a name, or that of the area."""
    addressee_prefix: str
    """What stands before that, as "To the Member of Parliament for". May be empty."""
    addressee_suffix: str
    """What stands under it, as "Member of Parliament for Leeds South". May be empty."""
    greeting: str
    """May be empty."""
    number: str
    number_label: str
    """What stands under the number: "of your constituents have signed"."""
    note: str
    """When and how it was counted."""
