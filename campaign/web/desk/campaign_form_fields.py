"""Fields of the forms that make and change a campaign: their labels, readers, and errors as sentences."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from campaign.domain.campaigns.settings import DEFAULT_TIME_ZONE
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.local_time import read_local_time
from campaign.web.translation import gettext, translated

FIELD_LABELS = {
    "title": N_("Title"),
    "recipient": N_("To whom"),
    "recipient_kind": N_("What kind of recipient"),
    "ask": N_("What you ask"),
    "background": N_("Why"),
    "summary": N_("Summary"),
    "note": N_("Note"),
    "share_text": N_("Words for sharing"),
    "thank_you": "Thank-you",
    "privacy": N_("Privacy"),
    "picture_alt": N_("Description of the picture"),
    "picture": N_("Picture"),
    "slug": N_("Address of the page"),
    "opens_at": N_("Opens"),
    "closes_at": N_("Closes"),
    "time_zone": N_("Time zone"),
    "grace_hours": N_("Hours for late confirmations"),
    "goals": N_("Goals"),
    "country": N_("Country"),
    "postcode": N_("Postcode"),
    "comment": N_("Comment"),
    "supporters": N_("Supporters"),
    "accent": N_("Accent colour"),
    "contact": N_("Contact"),
    "controller": N_("Who is responsible"),
    "reason": N_("Reason"),
    "language": N_("Language"),
    "organiser": N_("Organiser"),
    "organiser_url": N_("The organiser’s own page"),
    "organiser_about": N_("About the organiser"),
    "eligibility": N_("Who may sign"),
    "eligibility_rule": N_("Signing without the tick"),
    "statement": N_("Who may sign"),
    "goal_notes": N_("What happens at each goal"),
    "next_step": N_("Next step"),
    "next_step_url": N_("Where the next step leads"),
    "next_step_label": N_("Button of the next step"),
    "next_step_text": N_("Words for the next step"),
}
"""What the forms call each field."""
RECIPIENT_KIND_LABELS = (
    ("commons", N_("The House of Commons")),
    ("lords", N_("The House of Lords")),
    ("council", N_("A council")),
    ("scotland", N_("The Scottish Parliament")),
    ("senedd", N_("The Senedd (Wales)")),
    ("oireachtas", N_("The Houses of the Oireachtas (Ireland)")),
    ("bundestag", N_("The Bundestag (Germany)")),
    ("canada", N_("The House of Commons of Canada")),
    ("australia", N_("The House of Representatives (Australia)")),
    ("new-zealand", N_("The House of Representatives (New Zealand)")),
    ("minister", N_("A minister")),
    ("company", N_("A company or public body")),
    ("other", N_("Somebody else")),
)
_PREDICATE_STARTS = ("must ", "is ", "contains ")
"""How words begin that go on from the name of a field."""


def error_sentences(errors: Mapping[str, str], order: Iterable[str] = ()) -> dict[str, str]:
    """What is wrong at each field, as sentences; in the order of the form's fields, the others after them."""
    plain = {name.removeprefix("fields."): words for name, words in errors.items()}
    wanted = [*(name for name in order if name in plain), *plain]
    return {name: error_sentence(FIELD_LABELS.get(name, name), plain[name]) for name in dict.fromkeys(wanted)}


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
        errors[name] = refused.sentence
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


def error_sentence(label: str, words: str) -> str:
    """What is wrong at one field, as a sentence of its label and the words of the error."""
    said = translated(words)
    if said.endswith("."):
        return said
    # "Title must be text" is how English says it.
    joined = words.startswith(_PREDICATE_STARTS) and said == words
    return f"{gettext(label)} {said}." if joined else f"{gettext(label)}: {said}."
