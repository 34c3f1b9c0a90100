"""Addresses campaigns once had. They lead to the one they have now, and are nobody else's."""

from datetime import datetime

from sqlalchemy import Connection

from campaign.store.database.statements import statement

_ADD = statement(
    """INSERT INTO slugs (slug, campaign_id, created_at) VALUES (:slug, :campaign_id, :now)
       ON CONFLICT (slug) DO NOTHING"""
)
_REMOVE = statement("DELETE FROM slugs WHERE slug = :slug AND campaign_id = :campaign_id")
_BELONGS_TO_ANOTHER = statement("SELECT 1 FROM slugs WHERE slug = :slug AND campaign_id <> :campaign_id")
_CAMPAIGN_ID_OF = statement("SELECT campaign_id FROM slugs WHERE slug = :slug")
_LIST = statement("SELECT slug FROM slugs WHERE campaign_id = :campaign_id ORDER BY slug")
_LIST_ALL = statement("SELECT slug FROM slugs ORDER BY slug")


def add_former_slug(connection: Connection, slug: str, campaign_id: int, now: datetime) -> None:
    """Keep an address that a campaign has no longer."""
    connection.execute(_ADD, {"slug": slug, "campaign_id": campaign_id, "now": now})


def remove_former_slug(connection: Connection, slug: str, campaign_id: int) -> None:
    """An address a campaign once had is its present one again."""
    connection.execute(_REMOVE, {"slug": slug, "campaign_id": campaign_id})


def belongs_to_another(connection: Connection, slug: str, campaign_id: int) -> bool:
    """Whether an address once was another campaign's. To be asked after the slug was written: before, the other could still
    be giving it up."""
    return connection.execute(_BELONGS_TO_ANOTHER, {"slug": slug, "campaign_id": campaign_id}).one_or_none() is not None


def campaign_id_of(connection: Connection, slug: str) -> int | None:
    """The number of the campaign that once had this address; None where none had."""
    return connection.execute(_CAMPAIGN_ID_OF, {"slug": slug}).scalar_one_or_none()


def list_former_slugs(connection: Connection, campaign_id: int) -> list[str]:
    """The addresses a campaign once had."""
    return list(connection.execute(_LIST, {"campaign_id": campaign_id}).scalars())


def list_all_former_slugs(connection: Connection) -> list[str]:
    """All of them."""
    return list(connection.execute(_LIST_ALL).scalars())
