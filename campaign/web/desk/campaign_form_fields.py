"""Fields of the forms that make and change a campaign: their labels, readers, and errors as sentences."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from campaign.domain.campaigns.settings import DEFAULT_TIME_ZONE
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.local_time import read_local_time

FIELD_LABELS = {
    "title": "Title", "recipient": "To whom", "recipient_kind": "What kind of recipient", "ask": "What you ask",
    "background": "Why", "summary": "Summary", "note": "Note", "share_text": "Words for sharing", "thank_you": "Thank-you",
    "privacy": "Privacy", "picture_alt": "Description of the picture", "picture": "Picture", "slug": "Address of the page",
    "opens_at": "Opens", "closes_at": "Closes", "time_zone": "Time zone", "grace_hours": "Hours for late confirmations",
    "goals": "Goals", "country": "Country", "postcode": "Postcode", "comment": "Comment", "supporters": "Supporters",
    "accent": "Accent colour", "contact": "Contact", "controller": "Who is responsible", "reason": "Reason",
    "language": "Language", "organiser": "Organiser", "organiser_url": "The organiser’s own page",
    "organiser_about": "About the organiser", "eligibility": "Who may sign", "eligibility_rule": "Signing without the tick",
    "statement": "Who may sign", "goal_notes": "What happens at each goal", "next_step": "Next step",
    "next_step_url": "Where the next step leads", "next_step_label": "Button of the next step",
    "next_step_text": "Words for the next step",
}  # fmt: skip
"""What the forms call each field."""
RECIPIENT_KIND_LABELS = (
    ("commons", "The House of Commons"),
    ("lords", "The House of Lords"),
    ("council", "A council"),
    ("scotland", "The Scottish Parliament"),
    ("senedd", "The Senedd (Wales)"),
    ("oireachtas", "The Houses of the Oireachtas (Ireland)"),
    ("bundestag", "The Bundestag (Germany)"),
    ("canada", "The House of Commons of Canada"),
    ("australia", "The House of Representatives (Australia)"),
    ("new-zealand", "The House of Representatives (New Zealand)"),
    ("minister", "A minister"),
    ("company", "A company or public body"),
    ("other", "Somebody else"),
)
_PREDICATE_STARTS = ("must ", "is ", "contains ")
"""How words begin that go on from the name of a field."""


def error_sentences(errors: Mapping[str, str], order: Iterable[str] = ()) -> dict[str, str]:
    """What is wrong at each field, as sentences; in the order of the form's fields, the others after them."""
    plain = {name.removeprefix("fields."): words for name, words in errors.items()}
    wanted = [*(name for name in order if name in plain), *plain]
    return {name: _sentence(FIELD_LABELS.get(name, name), plain[name]) for name in dict.fromkeys(wanted)}


def time_zone_from_form(typed: Mapping[str, str]) -> ZoneInfo:
    """The time zone that was typed, or the one most campaigns are in."""
    try:
        return ZoneInfo(typed.get("time_zone", ""))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(DEFAULT_TIME_ZONE)


def local_time_from_form(typed: Mapping[str, str], name: str, errors: dict[str, str]) -> datetime | None:
    """A time by the clock on the wall of the zone that was typed; None, and a sentence in `errors`, where it is none."""
    moment: datetime | None = read_or_error(
        lambda text: read_local_time(text, time_zone_from_form(typed)), typed.get(name, ""), name, errors
    )
    return moment


def read_or_error(reader: Callable[[str], Any], text: str, name: str, errors: dict[str, str]) -> Any:
    """What `reader` makes of a text; None, and a sentence in `errors`, where it refuses."""
    try:
        return reader(text)
    except InvalidInputError as refused:
        errors[name] = str(refused)
        return None


def read_numbers(text: str) -> list[Any]:
    """A number on each line, with or without commas between its thousands; what is none is left as it was typed."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    bare = [line.replace(",", "").replace(" ", "") for line in lines]
    return [int(number) if number.isascii() and number.isdigit() and len(number) < 12 else number for number in bare]


@lru_cache(maxsize=1)
def time_zone_names() -> tuple[str, ...]:
    """The names of the time zones there are."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix"))))


def _sentence(label: str, words: str) -> str:
    if words.endswith("."):
        return words
    return f"{label} {words}." if words.startswith(_PREDICATE_STARTS) else f"{label}: {words}."
