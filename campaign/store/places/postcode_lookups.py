"""Looking up where signatures come from: which still have no place, and what is kept of answers about postcodes.

A look-up changes the campaign's total by place, as the ledger does (`campaign.store.ledger.rollups`), while it holds its tally.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.domain.places.place import EMPTY_PLACE, Place
from campaign.store.database.statements import statement, supports_row_locks
from campaign.store.places.place_totals import PLACE_COLUMNS
from campaign.store.tables import UNKNOWN_PLACE_ID, UNPLACED_SQL


@dataclass(frozen=True, slots=True)
class UnplacedSignature:
    """A signature whose place is not known."""

    id: int
    campaign_id: int
    postcode: str


# In the order of their index, so that a page of a long list is read without sorting all of it.
_UNPLACED = statement(
    f"""SELECT id, campaign_id, postcode FROM signatures WHERE {UNPLACED_SQL} AND place_id IS NULL
        ORDER BY place_id, id LIMIT :most"""
)
_HAS_UNPLACED = statement(f"SELECT 1 FROM signatures WHERE {UNPLACED_SQL} AND place_id IS NULL ORDER BY place_id, id LIMIT 1")
_TO_RETRY = statement(
    f"""SELECT id, campaign_id, postcode FROM signatures WHERE {UNPLACED_SQL} AND place_id = {UNKNOWN_PLACE_ID}
            AND NOT EXISTS (SELECT 1 FROM postcodes p WHERE p.postcode = signatures.postcode AND p.looked_up_at >= :since)
        ORDER BY place_id, id LIMIT :most"""
)
_RECENT = statement(
    "SELECT postcode FROM postcodes WHERE postcode IN :postcodes AND looked_up_at >= :since", list_parameters=("postcodes",)
)
_ADD_PLACE = statement(
    f"""INSERT INTO places ({", ".join(PLACE_COLUMNS)}) VALUES ({", ".join(f":{name}" for name in PLACE_COLUMNS)})
        ON CONFLICT DO NOTHING"""
)
_ADD_UNKNOWN = statement(
    f"""INSERT INTO places (id, {", ".join(PLACE_COLUMNS)}) VALUES ({UNKNOWN_PLACE_ID}, '', '', '', '', '', '')
        ON CONFLICT DO NOTHING"""
)
_FIND_PLACE = statement(f"SELECT id FROM places WHERE {' AND '.join(f'{name} = :{name}' for name in PLACE_COLUMNS)}")
_STORE_LOOKUP = statement(
    """INSERT INTO postcodes (postcode, place_id, looked_up_at) VALUES (:postcode, :place_id, :now)
       ON CONFLICT (postcode) DO UPDATE SET place_id = excluded.place_id, looked_up_at = excluded.looked_up_at"""
)
_TO_ASSIGN, _TO_ASSIGN_LOCKED = (
    statement(
        f"""SELECT id, counted_place_id FROM signatures WHERE id IN :ids AND campaign_id = :campaign_id AND {UNPLACED_SQL}
            ORDER BY id {lock}""",
        list_parameters=("ids",),
    )
    for lock in ("", "FOR NO KEY UPDATE SKIP LOCKED")
)
_ASSIGN_PLACES = statement(
    """UPDATE signatures SET place_id = p.place_id, counted_place_id = p.place_id FROM postcodes p
       WHERE signatures.id IN :ids AND p.postcode = signatures.postcode AND coalesce(signatures.place_id, -1) <> p.place_id
       RETURNING signatures.id, signatures.place_id""",
    list_parameters=("ids",),
)
_OLD_POSTCODES = "SELECT postcode FROM postcodes WHERE looked_up_at < :before ORDER BY looked_up_at LIMIT :most"
_DELETE_OLD = statement(f"DELETE FROM postcodes WHERE postcode IN ({_OLD_POSTCODES}) AND looked_up_at < :before")
_HAS_OLD = statement("SELECT 1 FROM postcodes WHERE looked_up_at < :before LIMIT 1")


def unplaced_signatures(connection: Connection, limit: int) -> list[UnplacedSignature]:
    """Up to `most` counted signatures whose postcode was not looked up."""
    return [UnplacedSignature(*row) for row in connection.execute(_UNPLACED, {"most": limit})]


def has_unplaced(connection: Connection) -> bool:
    """Whether there is such a signature."""
    return connection.execute(_HAS_UNPLACED).one_or_none() is not None


def unplaced_to_retry(connection: Connection, since: datetime, limit: int) -> list[UnplacedSignature]:
    """Signatures with a postcode that was not known when it was last asked for, before `since`. Reads all such postcodes."""
    return [UnplacedSignature(*row) for row in connection.execute(_TO_RETRY, {"since": since, "most": limit})]


def recently_looked_up(connection: Connection, postcodes: Collection[str], since: datetime) -> set[str]:
    """Those of the postcodes that were looked up since then."""
    given = {"postcodes": sorted(postcodes), "since": since}
    return set(connection.execute(_RECENT, given).scalars()) if postcodes else set()


def store_lookups(connection: Connection, found: Mapping[str, Place], now: datetime) -> None:
    """Keep where postcodes lie, as it was just answered."""
    # In a fixed order, so that two that keep the same never wait for each other in a ring.
    numbers = {place: _get_or_add_place_id(connection, place) for place in sorted(set(found.values()), key=_place_values)}
    rows = [{"postcode": postcode, "place_id": numbers[found[postcode]], "now": now} for postcode in sorted(found)]
    if rows:
        connection.execute(_STORE_LOOKUP, rows)


def assign_places(connection: Connection, campaign_id: int, ids: Sequence[int]) -> Counter[int]:
    """Put signatures of one campaign where the postcodes that are kept say, and return what that adds to its total by place.

    The caller holds the campaign's tally. Signatures that somebody else is changing right now are left for the next time.
    """
    sql = _TO_ASSIGN_LOCKED if supports_row_locks(connection) else _TO_ASSIGN
    was = {row.id: row.counted_place_id for row in connection.execute(sql, {"ids": ids, "campaign_id": campaign_id})}
    changes: Counter[int] = Counter()
    for row in connection.execute(_ASSIGN_PLACES, {"ids": list(was)}).all() if was else ():
        if was[row.id] is not None:
            changes[was[row.id]] -= 1
        changes[row.place_id] += 1
    return changes


def delete_old_postcodes(connection: Connection, before: datetime, limit: int) -> int:
    """Delete up to `most` postcodes that were looked up before then; returns how many."""
    return connection.execute(_DELETE_OLD, {"before": before, "most": limit}).rowcount


def has_old_postcodes(connection: Connection, before: datetime) -> bool:
    """Whether a postcode is kept that was looked up before then."""
    return connection.execute(_HAS_OLD, {"before": before}).one_or_none() is not None


def _place_values(place: Place) -> tuple[str, ...]:
    return tuple(getattr(place, name) for name in PLACE_COLUMNS)


def _get_or_add_place_id(connection: Connection, place: Place) -> int:
    """The number of a place, which is added where it is new."""
    if place == EMPTY_PLACE:
        connection.execute(_ADD_UNKNOWN)
        return UNKNOWN_PLACE_ID
    given = dict(zip(PLACE_COLUMNS, _place_values(place), strict=True))
    number = connection.execute(_FIND_PLACE, given).scalar_one_or_none()
    if number is None:
        connection.execute(_ADD_PLACE, given)
        number = connection.execute(_FIND_PLACE, given).scalar_one()
    return int(number)
