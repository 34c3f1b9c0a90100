"""Text on paper: which version of a campaign's text was on sheets that are brought in, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.formatting import CalendarDay
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError, Sentence
from campaign.domain.paper.dates import read_signing_date

UNKNOWN_TEXT = "unknown"
"""What somebody answers who does not know which text was on the paper, or knows that it was another one."""


@dataclass(frozen=True, slots=True)
class TextChoice:
    """A version of the text that may have been on the paper."""

    text_hash: str
    language: str
    number: int
    since: datetime
    """When it was published."""
    is_current: bool


@dataclass(frozen=True, slots=True)
class PaperText:
    """Text on paper, as far as it is known of what is brought in."""

    version: TextChoice | None = None
    """None where it is not known."""
    collected_from: date | None = None
    """First day it was signed; None where nobody said."""

    @property
    def text_hash(self) -> str | None:
        """Hash of the version; None where it is not known."""
        return self.version.text_hash if self.version else None


UNKNOWN_PAPER_TEXT = PaperText()


def read_text_choice(answer: str, choices: Sequence[TextChoice]) -> TextChoice | None:
    """The version that was on the paper: its hash, or its language and number as in "en:2"; None for "unknown".

    Raises InvalidInputError for anything else, and where nothing is answered.
    """
    answer = answer.strip()
    if answer == UNKNOWN_TEXT:
        return None
    for choice in choices:
        if answer in (choice.text_hash, f"{choice.language}:{choice.number}"):
            return choice
    raise InvalidInputError("Say which version of the text was on the paper, or that it is not known.")


def read_first_day(text: str, today: date, last_day: date) -> date | None:
    """The first day paper was signed; None where nothing is written. Raises InvalidInputError."""
    found = read_signing_date(text, today, last_day)
    return date.fromisoformat(found) if found else None


def earliest_days(campaign: Campaign, paper_text: PaperText) -> tuple[tuple[date, str], ...]:
    """Days before which a date on the paper is questioned, each with the message that questions them; the latest first."""
    zone = campaign.zone
    days = [(campaign.window.opens_at.astimezone(zone).date(), N_("the date is before the campaign opened, %(day)s"))]
    if paper_text.version is not None and paper_text.version.since > campaign.window.opens_at:
        message = N_("the date is before that version of the text was published, %(day)s")
        days.append((paper_text.version.since.astimezone(zone).date(), message))
    if paper_text.collected_from is not None:
        days.append((paper_text.collected_from, N_("the date is before the first day you gave, %(day)s")))
    return tuple(sorted(days, reverse=True))


def date_question(signed_on: str, earliest: Sequence[tuple[date, str]]) -> str:
    """Why a date on the paper is questioned; "" where it is not."""
    if not signed_on:
        return ""
    day = date.fromisoformat(signed_on)
    for first, message in earliest:
        if day < first:
            return Sentence(message, {"day": CalendarDay(first)})
    return ""
