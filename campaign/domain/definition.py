"""A campaign as its maker writes it down, checked field by field before anything is stored."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from campaign.domain.fields import Fields, Wrong
from campaign.domain.refusal import Refused
from campaign.domain.setup import DEFAULT_GOALS, DEFAULT_ZONE, LIMITS, read_kind, read_rules, read_times
from campaign.domain.speech import SPOKEN, read_speech
from campaign.domain.standing import Asked, RecipientKind, SupportersRule
from campaign.domain.text import Text, Version, Words
from campaign.domain.window import GRACE
from campaign.domain.wording import is_language

__all__ = ["DEFAULT_GOALS", "Definition", "Wrong", "check_language", "check_slug", "read_definition", "text_hash", "version"]

MOST_LANGUAGES = 20
"""Languages beside the main one."""
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_LONGEST_PATH = 1_000
_FIELDS = frozenset(
    {
        *SPOKEN,
        *LIMITS,
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
    }
)


@dataclass(frozen=True, slots=True)
class Definition:
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
    language: str = "en"
    translations: tuple[Version, ...] = ()
    """The campaign in its other languages."""
    recipient_kind: RecipientKind = "other"
    contact: str = ""
    accent: str = ""
    supporters: SupportersRule = "first-name"
    controller: str = ""
    picture: str = ""
    """Where its maker keeps the picture; empty for none."""
    grace: timedelta = GRACE
    time_zone: str = DEFAULT_ZONE
    goals: tuple[int, ...] = DEFAULT_GOALS
    asked: Asked = field(default_factory=Asked)

    @property
    def main(self) -> Version:
        """The campaign in its main language."""
        spoken = {name: getattr(self, name) for name in SPOKEN}
        return version(self.slug, self.language, **spoken)

    @property
    def versions(self) -> tuple[Version, ...]:
        """The campaign in each language; its main one first."""
        return (self.main, *self.translations)


def text_hash(*, slug: str, title: str, recipient: str, ask: str, background: str) -> str:
    """SHA-256, in hexadecimal, of the exact text people sign: the UTF-8 of a JSON list of slug, title, recipient, ask and
    background, without spaces after its commas and with no character escaped that need not be. Anybody can recompute it."""
    exact = json.dumps([slug, title, recipient, ask, background], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(exact.encode()).hexdigest()


def version(
    slug: str, language: str, *, title: str, ask: str, recipient: str = "", background: str = "", **words: str
) -> Version:
    """A campaign in one language, with the hash of its text."""
    digest = text_hash(slug=slug, title=title, recipient=recipient, ask=ask, background=background)
    return Version(language, Text(digest, title, recipient, ask, background, slug), Words(**words))


def read_definition(raw: dict[str, Any], now: datetime) -> Definition:
    """Check a campaign written as a table (a TOML file). `now` is the opening time where none is given.

    Raises Wrong with all that is wrong, by the name of the field.
    """
    fields = Fields(raw)
    fields.know(_FIELDS)
    picture = fields.text("picture", _LONGEST_PATH)
    texts = read_speech(fields, has_picture=bool(picture))
    slug = fields.read("slug", check_slug, None, "")
    times, rules = read_times(fields, now), read_rules(fields)
    language = fields.read("language", check_language, "en", "")
    kind = read_kind(fields)
    translations = _translations(fields, slug, language, bool(picture))
    fields.settle()
    return Definition(
        slug=slug, opens_at=times.opens_at, closes_at=times.closes_at, grace=times.grace, time_zone=times.time_zone,
        language=language, translations=translations, picture=picture, recipient_kind=kind, goals=rules.goals,
        asked=rules.asked, supporters=rules.supporters, accent=rules.accent, contact=rules.contact,
        controller=rules.controller, **texts,
    )  # fmt: skip


def check_slug(slug: object) -> str:
    """The part of a campaign's address that is its own. Raises Refused, in words that follow "slug: "."""
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise Refused("write 1 to 80 small letters, digits and hyphens, as in nhs-reinstatement-bill")
    return slug


def check_language(code: object) -> str:
    """The code of a language that there is. Raises Refused, in words that follow "language: "."""
    if not isinstance(code, str) or not _LANGUAGE.fullmatch(code) or not is_language(code):
        raise Refused("write the code of a language, like en or cy")
    return code


def _translations(fields: Fields, slug: str, main: str, has_picture: bool) -> tuple[Version, ...]:
    tables = fields.raw.get("translations", {})
    if not isinstance(tables, dict) or len(tables) > MOST_LANGUAGES:
        fields.refuse("translations", "write a table for each language, as in [translations.cy]")
        return ()
    languages = Fields(tables, f"{fields.within}translations.", fields.errors)
    versions = []
    for code, table in sorted(tables.items()):
        if not languages.read(code, lambda _, code=code: check_language(code), None, ""):  # type: ignore[misc]
            continue
        if code == main or not isinstance(table, dict):
            languages.refuse(code, "write a table for each language beside the main one")
            continue
        one = Fields(table, f"{languages.within}{code}.", fields.errors)
        one.know(SPOKEN)
        texts = read_speech(one, has_picture=has_picture)
        versions.append(version(slug, code, **texts))
    return tuple(versions)
