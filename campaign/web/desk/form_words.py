"""The forms that make and change a campaign: what they call their fields, how they read them, what is wrong in sentences."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from campaign.domain.refusal import Refused
from campaign.domain.setup import DEFAULT_ZONE
from campaign.domain.wall_clock import read_wall_clock

LABELS = {
    "title": "Title", "recipient": "To whom", "recipient_kind": "What kind of recipient", "ask": "What you ask",
    "background": "Why", "summary": "Summary", "note": "Note", "share_text": "Words for sharing", "thank_you": "Thank-you",
    "privacy": "Privacy", "picture_alt": "Description of the picture", "picture": "Picture", "slug": "Address of the page",
    "opens_at": "Opens", "closes_at": "Closes", "time_zone": "Time zone", "grace_hours": "Hours for late confirmations",
    "goals": "Goals", "country": "Country", "postcode": "Postcode", "comment": "Comment", "supporters": "Supporters",
    "accent": "Accent colour", "contact": "Contact", "controller": "Who is responsible", "reason": "Reason",
    "language": "Language",
}  # fmt: skip
"""What the forms call each field."""
KINDS = (
    ("commons", "The House of Commons"),
    ("lords", "The House of Lords"),
    ("council", "A council"),
    ("minister", "A minister"),
    ("company", "A company or public body"),
    ("other", "Somebody else"),
)
_CONTINUES = ("must ", "is ", "contains ")
"""How words begin that go on from the name of a field."""


def sentences(errors: Mapping[str, str], order: Iterable[str] = ()) -> dict[str, str]:
    """What is wrong at each field, as sentences; in the order of the form's fields, the others after them."""
    plain = {name.removeprefix("fields."): words for name, words in errors.items()}
    wanted = [*(name for name in order if name in plain), *plain]
    return {name: _sentence(LABELS.get(name, name), plain[name]) for name in dict.fromkeys(wanted)}


def printable(values: Mapping[str, str]) -> dict[str, str]:
    """What was typed, to be shown again: without control characters, which HTML has no way to write."""
    return {name: "".join(c for c in text if c >= " " or c in "\n\t") for name, text in values.items()}


def zone_of(typed: Mapping[str, str]) -> ZoneInfo:
    """The time zone that was typed, or the one most campaigns are in."""
    try:
        return ZoneInfo(typed.get("time_zone", ""))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(DEFAULT_ZONE)


def read_moment(typed: Mapping[str, str], name: str, wrong: dict[str, str]) -> datetime | None:
    """A time by the clock on the wall of the zone that was typed; None, and a sentence in `wrong`, where it is none."""
    moment: datetime | None = read_with(lambda text: read_wall_clock(text, zone_of(typed)), typed.get(name, ""), name, wrong)
    return moment


def read_with(reader: Callable[[str], Any], text: str, name: str, wrong: dict[str, str]) -> Any:
    """What `reader` makes of a text; None, and a sentence in `wrong`, where it refuses."""
    try:
        return reader(text)
    except Refused as refused:
        wrong[name] = str(refused)
        return None


def whole_numbers(text: str) -> list[Any]:
    """A number on each line, with or without commas between its thousands; what is none is left as it was typed."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    bare = [line.replace(",", "").replace(" ", "") for line in lines]
    return [int(number) if number.isascii() and number.isdigit() and len(number) < 12 else number for number in bare]


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The names of the time zones there are."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix"))))


def _sentence(label: str, words: str) -> str:
    if words.endswith("."):
        return words
    return f"{label} {words}." if words.startswith(_CONTINUES) else f"{label}: {words}."
