"""Version history of a campaign's text."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, exists, select

from campaign.domain.campaigns.text import SignedText
from campaign.store.tables import campaigns, text_versions, texts

MAX_LISTED = 200
"""Versions of all languages together, the newest ones."""


@dataclass(frozen=True, slots=True)
class TextVersion:
    """Version of the text in one language."""

    language: str
    number: int
    text: SignedText
    reason: str
    """Why it was changed; empty for the first."""
    created_at: datetime


_later = text_versions.alias()
# What was replaced before the campaign was published was seen by nobody.
_REPLACED_BEFORE_PUBLICATION = exists(_later.c.number).where(
    _later.c.campaign_id == text_versions.c.campaign_id,
    _later.c.language == text_versions.c.language,
    _later.c.number > text_versions.c.number,
    _later.c.created_at <= campaigns.c.published_at,
)
_TEXT_VERSIONS = (
    select(
        text_versions.c.language, text_versions.c.number, text_versions.c.reason, text_versions.c.created_at, texts.c.hash,
        texts.c.title, texts.c.recipient, texts.c.ask, texts.c.background, texts.c.slug,
    )
    .join(texts, and_(texts.c.campaign_id == text_versions.c.campaign_id, texts.c.hash == text_versions.c.text_hash))
    .join(campaigns, campaigns.c.id == text_versions.c.campaign_id)
    .where(text_versions.c.campaign_id == bindparam("campaign_id"), ~_REPLACED_BEFORE_PUBLICATION)
    .order_by(text_versions.c.created_at.desc(), text_versions.c.number.desc(), text_versions.c.language)
    .limit(MAX_LISTED)
)  # fmt: skip


def list_text_versions(connection: Connection, campaign_id: int) -> list[TextVersion]:
    """Versions of a campaign's text that the public has seen, in all languages, the newest first."""
    return [
        TextVersion(
            row.language, row.number, SignedText(row.hash, row.title, row.recipient, row.ask, row.background, row.slug),
            row.reason, row.created_at,
        )
        for row in connection.execute(_TEXT_VERSIONS, {"campaign_id": campaign_id})
    ]  # fmt: skip
