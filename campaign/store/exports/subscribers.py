"""Rows of a mailing list: verified signatures with the consent to be mailed, streamed.

The statements are text, as those of `campaign.store.exports.export_rows` are: their cells come as the driver gives them.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection

from campaign.domain.exports.plan import ExportPlan
from campaign.store.exports.export_rows import ORDERS, ROWS_PER_BATCH, TIME_SQL, fetch_batches, untyped_statement
from campaign.store.signatures.filter_sql import filter_condition

_CONSENTED = "state = 'verified' AND held_flag_id IS NULL AND updates AND email <> ''"
# A spreadsheet would run it; written with an apostrophe before it, it would be the address of somebody else.
_RUNNABLE = " OR ".join(f"email LIKE '{sign}%'" for sign in "=+-@")


class SubscriberRow(NamedTuple):
    """One person of a mailing list."""

    email: str
    email_key: str
    name: str
    postcode: str
    country: str
    language: str
    area: str
    constituency: str
    council: str
    updates_wording: str
    updates_at: str | None


def count_subscribers(connection: Connection, campaign_id: int, plan: ExportPlan) -> int:
    """How many people of a campaign asked to be mailed, those included who are left out of the file."""
    meant = filter_condition(campaign_id, plan.filters)
    counted = untyped_statement(f"SELECT count(*) FROM signatures WHERE {meant.sql} AND {_CONSENTED}")
    return int(connection.execute(counted, meant.parameters).scalar_one())


def stream_subscribers(connection: Connection, campaign_id: int, plan: ExportPlan) -> Iterator[list[SubscriberRow]]:
    """People who asked to be mailed, in batches, without those whose address a spreadsheet would run as a formula."""
    meant = filter_condition(campaign_id, plan.filters)
    at = TIME_SQL[connection.dialect.name].format("updates_at")
    place = "coalesce((SELECT {0} FROM places WHERE places.id = signatures.place_id), '')"
    columns = ["email", "email_key", "name", "postcode", "country", "language", "area", place.format("constituency"),
               place.format("council"), "updates_wording", at]  # fmt: skip
    where = f"{meant.sql} AND {_CONSENTED} AND NOT ({_RUNNABLE})"
    sql = untyped_statement(f"SELECT {', '.join(columns)} FROM signatures WHERE {where} ORDER BY {ORDERS[plan.order]}")
    for rows in fetch_batches(connection, sql, meant.parameters, ROWS_PER_BATCH):
        yield [SubscriberRow(*row) for row in rows]
