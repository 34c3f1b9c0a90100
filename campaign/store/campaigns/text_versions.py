"""Which text a campaign asked for, and from when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.domain.campaigns.text import SignedText
from campaign.store.database.statements import statement

MAX_LISTED = 200
"""Versions of all languages together, the newest ones."""


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One version of the text in one language."""

    language: str
    number: int
    text: SignedText
    reason: str
    """Why it was changed; empty for the first."""
    created_at: datetime


# What was replaced before the campaign was published was seen by nobody.
_TEXT_VERSIONS = statement(
    """SELECT v.language, v.number, v.reason, v.created_at, x.hash, x.title, x.recipient, x.ask, x.background, x.slug
       FROM versions v JOIN texts x ON x.campaign_id = v.campaign_id AND x.hash = v.text_hash
       JOIN campaigns c ON c.id = v.campaign_id
       WHERE v.campaign_id = :campaign_id AND NOT EXISTS (
           SELECT 1 FROM versions w WHERE w.campaign_id = v.campaign_id AND w.language = v.language AND w.number > v.number
               AND w.created_at <= c.published_at)
       ORDER BY v.created_at DESC, v.number DESC, v.language LIMIT :most"""
)


def list_text_versions(connection: Connection, campaign_id: int) -> list[TextVersion]:
    """The versions of a campaign's text that the public has seen, in all languages, the newest first."""
    rows = connection.execute(_TEXT_VERSIONS, {"campaign_id": campaign_id, "most": MAX_LISTED})
    return [
        TextVersion(
            row.language, row.number, SignedText(row.hash, row.title, row.recipient, row.ask, row.background, row.slug),
            row.reason, row.created_at,
        )
        for row in rows
    ]  # fmt: skip
