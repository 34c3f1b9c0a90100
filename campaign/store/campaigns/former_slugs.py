"""Former slugs of campaigns. They redirect to the present one, and no other campaign can take them."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from campaign.store.database.upsert import insert
from campaign.store.tables import former_slugs

_ADD = insert(former_slugs).on_conflict_do_nothing(index_elements=[former_slugs.c.slug])
_REMOVE = delete(former_slugs).where(
    former_slugs.c.slug == bindparam("slug"), former_slugs.c.campaign_id == bindparam("campaign_id")
)
_BELONGS_TO_ANOTHER = select(former_slugs.c.slug).where(
    former_slugs.c.slug == bindparam("slug"), former_slugs.c.campaign_id != bindparam("campaign_id")
)
_CAMPAIGN_ID_OF = select(former_slugs.c.campaign_id).where(former_slugs.c.slug == bindparam("slug"))
_LIST_ALL = select(former_slugs.c.slug).order_by(former_slugs.c.slug)
_LIST = _LIST_ALL.where(former_slugs.c.campaign_id == bindparam("campaign_id"))


def add_former_slug(connection: Connection, slug: str, campaign_id: int, now: datetime) -> None:
    """Store a slug that a campaign no longer has."""
    connection.execute(_ADD, {"slug": slug, "campaign_id": campaign_id, "created_at": now})


def remove_former_slug(connection: Connection, slug: str, campaign_id: int) -> None:
    """Remove a former slug that is the campaign's present one again."""
    connection.execute(_REMOVE, {"slug": slug, "campaign_id": campaign_id})


def belongs_to_another(connection: Connection, slug: str, campaign_id: int) -> bool:
    """Whether a slug once was another campaign's. To be asked after the slug was written: before, the other could still
    be giving it up."""
    return connection.execute(_BELONGS_TO_ANOTHER, {"slug": slug, "campaign_id": campaign_id}).one_or_none() is not None


def campaign_id_of(connection: Connection, slug: str) -> int | None:
    """Id of the campaign that once had this slug; None where none had."""
    return connection.execute(_CAMPAIGN_ID_OF, {"slug": slug}).scalar_one_or_none()


def list_former_slugs(connection: Connection, campaign_id: int) -> list[str]:
    """Former slugs of a campaign."""
    return list(connection.execute(_LIST, {"campaign_id": campaign_id}).scalars())


def list_all_former_slugs(connection: Connection) -> list[str]:
    """Former slugs of all campaigns."""
    return list(connection.execute(_LIST_ALL).scalars())
