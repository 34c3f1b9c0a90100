"""Slugs of all campaigns, those they have and those they once had."""

from sqlalchemy import Connection, select, union

from campaign.store.tables import campaigns, former_slugs

_ALL = union(select(campaigns.c.slug), select(former_slugs.c.slug))


def all_slugs(connection: Connection) -> frozenset[str]:
    """The slugs there are."""
    return frozenset(connection.execute(_ALL).scalars())
