"""A campaign as its maker writes it down, checked field by field before anything is stored."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from campaign.domain.campaigns.campaign import RecipientKind, SignFormFields, SupportersRule
from campaign.domain.campaigns.eligibility import EligibilityKind, EligibilityRule
from campaign.domain.campaigns.next_step import NextStep
from campaign.domain.campaigns.page_texts import PAGE_TEXT_LENGTHS, read_page_texts
from campaign.domain.campaigns.settings import (
    DEFAULT_GOALS,
    DEFAULT_TIME_ZONE,
    SETTING_LENGTHS,
    read_recipient_kind,
    read_schedule,
    read_settings,
)
from campaign.domain.campaigns.text import LanguageVersion, PageTexts, SignedText
from campaign.domain.campaigns.window import GRACE
from campaign.domain.common.field_reader import FieldReader, InvalidFieldsError
from campaign.domain.common.formatting import is_language
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.privacy.retention import MAX_RETENTION_MONTHS, MIN_RETENTION_MONTHS

__all__ = [
    "DEFAULT_GOALS",
    "CampaignDefinition",
    "InvalidFieldsError",
    "check_language",
    "check_slug",
    "language_version",
    "read_definition",
    "text_hash",
]

MAX_TRANSLATIONS = 20
"""Languages beside the main one."""
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_MAX_PATH_LENGTH = 1_000
_FIELDS = frozenset(
    {
        *PAGE_TEXT_LENGTHS,
        *SETTING_LENGTHS,
        "slug",
        "opens_at",
        "closes_at",
        "grace_hours",
        "time_zone",
        "goals",
        "fields",
        "language",
        "accent",
        "supporters",
        "translations",
        "picture",
        "recipient_kind",
        "organiser_url",
        "next_step",
        "next_step_url",
        "retention_months",
        "eligibility",
        "eligibility_rule",
    }
)


@dataclass(frozen=True, slots=True)
class CampaignDefinition:
    """Everything needed to create a campaign. Times are aware."""

    slug: str
    title: str
    ask: str
    opens_at: datetime
    closes_at: datetime
    recipient: str = ""
    background: str = ""
    note: str = ""
    share_text: str = ""
    picture_alt: str = ""
    privacy: str = ""
    summary: str = ""
    thank_you: str = ""
    organiser_about: str = ""
    goal_notes: str = ""
    next_step_label: str = ""
    next_step_text: str = ""
    statement: str = ""
    language: str = "en"
    translations: tuple[LanguageVersion, ...] = ()
    """The campaign in its other languages."""
    recipient_kind: RecipientKind = "other"
    contact: str = ""
    accent: str = ""
    supporters: SupportersRule = "first-name"
    controller: str = ""
    organiser: str = ""
    organiser_url: str = ""
    next_step: NextStep = field(default_factory=NextStep)
    eligibility: EligibilityKind = "everybody"
    eligibility_rule: EligibilityRule = "optional"
    picture: str = ""
    """Where its maker keeps the picture; empty for none."""
    grace: timedelta = GRACE
    time_zone: str = DEFAULT_TIME_ZONE
    goals: tuple[int, ...] = DEFAULT_GOALS
    form_fields: SignFormFields = field(default_factory=SignFormFields)
    retention_months: int | None = None
    """Months after its deadline that personal data is kept; None: as the site has it."""

    @property
    def main_version(self) -> LanguageVersion:
        """The campaign in its main language."""
        spoken = {name: getattr(self, name) for name in PAGE_TEXT_LENGTHS}
        return language_version(self.slug, self.language, **spoken)

    @property
    def versions(self) -> tuple[LanguageVersion, ...]:
        """The campaign in each language; its main one first."""
        return (self.main_version, *self.translations)


def text_hash(*, slug: str, title: str, recipient: str, ask: str, background: str) -> str:
    """SHA-256, in hexadecimal, of the exact text people sign: the UTF-8 of a JSON list of slug, title, recipient, ask and
    background, without spaces after its commas and with no character escaped that need not be. Anybody can recompute it."""
    exact = json.dumps([slug, title, recipient, ask, background], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(exact.encode()).hexdigest()


def language_version(
    slug: str, language: str, *, title: str, ask: str, recipient: str = "", background: str = "", **page_texts: str
) -> LanguageVersion:
    """A campaign in one language, with the hash of its text."""
    digest = text_hash(slug=slug, title=title, recipient=recipient, ask=ask, background=background)
    return LanguageVersion(language, SignedText(digest, title, recipient, ask, background, slug), PageTexts(**page_texts))


def read_definition(raw: dict[str, Any], now: datetime) -> CampaignDefinition:
    """Check a campaign written as a table (a TOML file). `now` is the opening time where none is given.

    Raises InvalidFieldsError with all that is wrong, by the name of the field.
    """
    fields = FieldReader(raw)
    fields.reject_unknown(_FIELDS)
    picture = fields.text("picture", _MAX_PATH_LENGTH)
    texts = read_page_texts(fields, has_picture=bool(picture))
    slug = fields.read("slug", check_slug, None, "")
    times, rules = read_schedule(fields, now), read_settings(fields)
    language = fields.read("language", check_language, "en", "")
    kind = read_recipient_kind(fields)
    translations = _translations(fields, slug, language, bool(picture))
    months = fields.read("retention_months", _retention_months, None, None)
    fields.raise_errors()
    return CampaignDefinition(
        slug=slug, opens_at=times.opens_at, closes_at=times.closes_at, grace=times.grace, time_zone=times.time_zone,
        language=language, translations=translations, picture=picture, recipient_kind=kind, goals=rules.goals,
        form_fields=rules.form_fields, supporters=rules.supporters, accent=rules.accent, contact=rules.contact,
        controller=rules.controller, organiser=rules.organiser, organiser_url=rules.organiser_url,
        eligibility=rules.eligibility, eligibility_rule=rules.eligibility_rule, next_step=rules.next_step,
        retention_months=months, **texts,
    )  # fmt: skip


def check_slug(slug: object) -> str:
    """The part of a campaign's address that is its own. Raises InvalidInputError, in words that follow "slug: "."""
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise InvalidInputError("write 1 to 80 small letters, digits and hyphens, as in nhs-reinstatement-bill")
    return slug


def check_language(code: object) -> str:
    """The code of a language that there is. Raises InvalidInputError, in words that follow "language: "."""
    if not isinstance(code, str) or not _LANGUAGE.fullmatch(code) or not is_language(code):
        raise InvalidInputError("write the code of a language, like en or cy")
    return code


def _retention_months(months: object) -> int | None:
    if months is None:
        return None
    if type(months) is not int or not MIN_RETENTION_MONTHS <= months <= MAX_RETENTION_MONTHS:
        raise InvalidInputError(f"write a whole number of months from {MIN_RETENTION_MONTHS} to {MAX_RETENTION_MONTHS}")
    return months


def _translations(fields: FieldReader, slug: str, main: str, has_picture: bool) -> tuple[LanguageVersion, ...]:
    tables = fields.raw.get("translations", {})
    if not isinstance(tables, dict) or len(tables) > MAX_TRANSLATIONS:
        fields.add_error("translations", "write a table for each language, as in [translations.cy]")
        return ()
    languages = FieldReader(tables, f"{fields.prefix}translations.", fields.errors)
    versions = []
    for code, table in sorted(tables.items()):
        if not languages.read(code, lambda _, code=code: check_language(code), None, ""):  # type: ignore[misc]
            continue
        if code == main or not isinstance(table, dict):
            languages.add_error(code, "write a table for each language beside the main one")
            continue
        one = FieldReader(table, f"{languages.prefix}{code}.", fields.errors)
        one.reject_unknown(PAGE_TEXT_LENGTHS)
        texts = read_page_texts(one, has_picture=has_picture)
        versions.append(language_version(slug, code, **texts))
    return tuple(versions)
