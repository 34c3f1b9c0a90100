"""Public campaigns by state, numbered pages with a count: what the list in the e-petition shape is made of."""

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import ColumnElement, Connection, Integer, and_, bindparam, false, func, not_, select, true

from campaign.store.tables import campaigns as table

PetitionState = Literal["all", "open", "scheduled", "paused", "closed", "final"]
"""`closed` are all whose deadline has passed, certified ones included; `final` the certified ones alone."""
PETITION_STATES: tuple[PetitionState, ...] = get_args(PetitionState)

_NOW = bindparam("now", type_=table.c.opens_at.type)
_IS_PUBLIC = and_(table.c.taken_down_at.is_(None), table.c.published_at.is_not(None))
# The states of `campaign.domain.campaigns.window`, once more in SQL.
_NOT_OVER = and_(table.c.finalised_at.is_(None), table.c.closes_at > _NOW)
_BEGUN = and_(_NOT_OVER, table.c.opens_at <= _NOW)
_STATES: dict[PetitionState, ColumnElement[bool]] = {
    "all": true(),
    "open": and_(_BEGUN, ~table.c.paused),
    "scheduled": and_(_NOT_OVER, table.c.opens_at > _NOW),
    "paused": and_(_BEGUN, table.c.paused),
    "closed": not_(_NOT_OVER),
    "final": table.c.finalised_at.is_not(None),
}
_STATES_WHILE_SITE_IS_PAUSED: dict[PetitionState, ColumnElement[bool]] = {**_STATES, "open": false(), "paused": _BEGUN}
_LIMIT, _SKIP = bindparam("limit", type_=Integer()), bindparam("skip", type_=Integer())
_PUBLIC_SLUGS = select(table.c.id, table.c.slug).where(table.c.published_at.is_not(None))


def count(connection: Connection, state: PetitionState, now: datetime, *, site_paused: bool) -> int:
    """How many public campaigns are in a state."""
    wanted = (_STATES_WHILE_SITE_IS_PAUSED if site_paused else _STATES)[state]
    amount = select(func.count()).select_from(table).where(_IS_PUBLIC, wanted)
    return int(connection.execute(amount, {"now": now}).scalar_one())


def list_ids(
    connection: Connection, state: PetitionState, now: datetime, *, site_paused: bool, skip: int, limit: int
) -> list[int]:
    """Ids of public campaigns in a state, the newest first, so that a page changes only where a campaign is added."""
    wanted = (_STATES_WHILE_SITE_IS_PAUSED if site_paused else _STATES)[state]
    ids = select(table.c.id).where(_IS_PUBLIC, wanted).order_by(table.c.id.desc()).limit(_LIMIT).offset(_SKIP)
    return list(connection.execute(ids, {"now": now, "limit": limit, "skip": skip}).scalars())


def slugs_by_id(connection: Connection) -> dict[int, str]:
    """The slug of each campaign that was published, by its id; those that were taken down included."""
    return {row.id: row.slug for row in connection.execute(_PUBLIC_SLUGS)}
