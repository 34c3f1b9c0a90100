"""Postcode look-ups: signatures without a place, and the stored answers of the postcode service.

A look-up changes the campaign's total by place, as the ledger does (`campaign.store.ledger.rollups`), while it holds its tally.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, delete, exists, select, text, update

from campaign.domain.places.place import EMPTY_PLACE, Place
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.database.upsert import insert
from campaign.store.places.place_totals import PLACE_COLUMNS
from campaign.store.tables import UNKNOWN_PLACE_ID, UNPLACED_SQL, places, postcodes, signatures


@dataclass(frozen=True, slots=True)
class UnplacedSignature:
    """Counted signature without a known place."""

    id: int
    campaign_id: int
    postcode: str


_IS_UNPLACED = text(UNPLACED_SQL)
_UNPLACED_SIGNATURES = (
    select(*columns_of(UnplacedSignature, signatures))
    .where(_IS_UNPLACED)
    # In the order of their index, so that a page of a long list is read without sorting all of it.
    .order_by(signatures.c.place_id, signatures.c.id)
    .limit(bindparam("limit"))
)
_NOT_LOOKED_UP = _UNPLACED_SIGNATURES.where(signatures.c.place_id.is_(None))
_TO_RETRY = _UNPLACED_SIGNATURES.where(
    signatures.c.place_id == UNKNOWN_PLACE_ID,
    ~exists(postcodes.c.postcode).where(
        postcodes.c.postcode == signatures.c.postcode, postcodes.c.looked_up_at >= bindparam("since")
    ),
)
_RECENT = select(postcodes.c.postcode).where(
    postcodes.c.postcode.in_(bindparam("postcodes", expanding=True)), postcodes.c.looked_up_at >= bindparam("since")
)
_ADD_PLACE = insert(places).on_conflict_do_nothing()
_FIND_PLACE = select(places.c.id).where(*(places.c[name] == bindparam(name) for name in PLACE_COLUMNS))
_new = insert(postcodes)
_STORE_LOOKUP = _new.on_conflict_do_update(
    index_elements=[postcodes.c.postcode],
    set_={"place_id": _new.excluded.place_id, "looked_up_at": _new.excluded.looked_up_at},
)
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_TO_ASSIGN = (
    select(signatures.c.id, signatures.c.counted_place_id)
    .where(signatures.c.id.in_(_IDS), signatures.c.campaign_id == bindparam("campaign_id"), _IS_UNPLACED)
    .order_by(signatures.c.id)
    .with_for_update(key_share=True, skip_locked=True)
)
_ASSIGN_PLACES = (
    update(signatures)
    .where(
        signatures.c.id.in_(_IDS),
        postcodes.c.postcode == signatures.c.postcode,
        signatures.c.place_id.is_distinct_from(postcodes.c.place_id),
    )
    .values(place_id=postcodes.c.place_id, counted_place_id=postcodes.c.place_id)
    .returning(signatures.c.id, signatures.c.place_id)
)
_IS_OLD = postcodes.c.looked_up_at < bindparam("before")
_OLDEST = select(postcodes.c.postcode).where(_IS_OLD).order_by(postcodes.c.looked_up_at).limit(bindparam("limit"))
# Asked for twice: one that is looked up again in the meantime stays.
_DELETE_OLD = delete(postcodes).where(postcodes.c.postcode.in_(_OLDEST), _IS_OLD)
_HAS_OLD = select(postcodes.c.postcode).where(_IS_OLD).limit(1)


def unplaced_signatures(connection: Connection, limit: int) -> list[UnplacedSignature]:
    """Up to `limit` counted signatures whose postcode was not looked up."""
    return rows_as(UnplacedSignature, connection.execute(_NOT_LOOKED_UP, {"limit": limit}))


def has_unplaced(connection: Connection) -> bool:
    """Whether there is a counted signature whose postcode was not looked up."""
    return bool(unplaced_signatures(connection, 1))


def unplaced_to_retry(connection: Connection, since: datetime, limit: int) -> list[UnplacedSignature]:
    """Signatures with a postcode that was not known when it was last looked up, before `since`. Reads all such postcodes."""
    rows = connection.execute(_TO_RETRY, {"since": since, "limit": limit})
    return rows_as(UnplacedSignature, rows)


def recently_looked_up(connection: Connection, postcodes: Collection[str], since: datetime) -> set[str]:
    """Those of some postcodes that were looked up since a time."""
    given = {"postcodes": sorted(postcodes), "since": since}
    return set(connection.execute(_RECENT, given).scalars()) if postcodes else set()


def store_lookups(connection: Connection, found: Mapping[str, Place], now: datetime) -> None:
    """Store the places of postcodes, as the service just answered."""
    # In a fixed order, so that two that keep the same never wait for each other in a ring.
    place_ids = {place: _get_or_add_place_id(connection, place) for place in sorted(set(found.values()), key=_place_values)}
    rows = [{"postcode": postcode, "place_id": place_ids[found[postcode]], "looked_up_at": now} for postcode in sorted(found)]
    if rows:
        connection.execute(_STORE_LOOKUP, rows)


def assign_places(connection: Connection, campaign_id: int, ids: Sequence[int]) -> Counter[int]:
    """Assign places to signatures of one campaign by the stored postcodes; returns the changes of its total by place id.

    The caller holds the campaign's tally. Signatures that somebody else is changing right now are left for the next time.
    """
    locked = connection.execute(_TO_ASSIGN, {"ids": ids, "campaign_id": campaign_id})
    counted = {row.id: row.counted_place_id for row in locked}
    changes: Counter[int] = Counter()
    for row in connection.execute(_ASSIGN_PLACES, {"ids": list(counted)}).all() if counted else ():
        if counted[row.id] is not None:
            changes[counted[row.id]] -= 1
        changes[row.place_id] += 1
    return changes


def delete_old_postcodes(connection: Connection, before: datetime, limit: int) -> int:
    """Delete up to `limit` postcodes that were looked up before a time; returns how many."""
    return connection.execute(_DELETE_OLD, {"before": before, "limit": limit}).rowcount


def has_old_postcodes(connection: Connection, before: datetime) -> bool:
    """Whether a postcode is stored that was looked up before a time."""
    return connection.execute(_HAS_OLD, {"before": before}).one_or_none() is not None


def _place_values(place: Place) -> tuple[str, ...]:
    return tuple(getattr(place, name) for name in PLACE_COLUMNS)


def _get_or_add_place_id(connection: Connection, place: Place) -> int:
    """Id of a place, which is added where it is new."""
    given = dict(zip(PLACE_COLUMNS, _place_values(place), strict=True))
    if place == EMPTY_PLACE:
        connection.execute(_ADD_PLACE, {"id": UNKNOWN_PLACE_ID, **given})
        return UNKNOWN_PLACE_ID
    place_id = connection.execute(_FIND_PLACE, given).scalar_one_or_none()
    if place_id is None:
        connection.execute(_ADD_PLACE, given)
        place_id = connection.execute(_FIND_PLACE, given).scalar_one()
    return int(place_id)
