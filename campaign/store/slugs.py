"""Addresses campaigns once had. They lead to the one they have now, and are nobody else's."""

from datetime import datetime

from sqlalchemy import Connection

from campaign.store.sql import statement

_LEAVE = statement(
    """INSERT INTO slugs (slug, campaign_id, created_at) VALUES (:slug, :campaign_id, :now)
       ON CONFLICT (slug) DO NOTHING"""
)
_TAKE_BACK = statement("DELETE FROM slugs WHERE slug = :slug AND campaign_id = :campaign_id")
_OF_ANOTHER = statement("SELECT 1 FROM slugs WHERE slug = :slug AND campaign_id <> :campaign_id")
_LEADS_TO = statement("SELECT campaign_id FROM slugs WHERE slug = :slug")
_OF = statement("SELECT slug FROM slugs WHERE campaign_id = :campaign_id ORDER BY slug")
_EVERY = statement("SELECT slug FROM slugs ORDER BY slug")


def leave(connection: Connection, slug: str, campaign_id: int, now: datetime) -> None:
    """Keep an address that a campaign has no longer."""
    connection.execute(_LEAVE, {"slug": slug, "campaign_id": campaign_id, "now": now})


def take_back(connection: Connection, slug: str, campaign_id: int) -> None:
    """An address a campaign once had is its present one again."""
    connection.execute(_TAKE_BACK, {"slug": slug, "campaign_id": campaign_id})


def of_another(connection: Connection, slug: str, campaign_id: int) -> bool:
    """Whether an address once was another campaign's. To be asked after the slug was written: before, the other could still
    be giving it up."""
    return connection.execute(_OF_ANOTHER, {"slug": slug, "campaign_id": campaign_id}).one_or_none() is not None


def leads_to(connection: Connection, slug: str) -> int | None:
    """The number of the campaign that once had this address; None where none had."""
    return connection.execute(_LEADS_TO, {"slug": slug}).scalar_one_or_none()


def of(connection: Connection, campaign_id: int) -> list[str]:
    """The addresses a campaign once had."""
    return list(connection.execute(_OF, {"campaign_id": campaign_id}).scalars())


def every(connection: Connection) -> list[str]:
    """All of them."""
    return list(connection.execute(_EVERY).scalars())
