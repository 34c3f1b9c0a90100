"""Looking up where signatures come from: which still have no place, and what is kept of answers about postcodes.

A look-up changes the campaign's total by place, as the ledger does (`campaign.store.rollups`), while it holds its tally.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.domain.place import UNKNOWN, Place
from campaign.store.places import COLUMNS
from campaign.store.sql import locks_rows, statement
from campaign.store.tables import UNKNOWN_PLACE, UNPLACED


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A signature whose place is not known."""

    id: int
    campaign_id: int
    postcode: str


# In the order of their index, so that a page of a long list is read without sorting all of it.
_WAITING = statement(
    f"""SELECT id, campaign_id, postcode FROM signatures WHERE {UNPLACED} AND place_id IS NULL
        ORDER BY place_id, id LIMIT :most"""
)
_ANY_WAITING = statement(f"SELECT 1 FROM signatures WHERE {UNPLACED} AND place_id IS NULL ORDER BY place_id, id LIMIT 1")
_TO_ASK_AGAIN = statement(
    f"""SELECT id, campaign_id, postcode FROM signatures WHERE {UNPLACED} AND place_id = {UNKNOWN_PLACE}
            AND NOT EXISTS (SELECT 1 FROM postcodes p WHERE p.postcode = signatures.postcode AND p.looked_up_at >= :since)
        ORDER BY place_id, id LIMIT :most"""
)
_FRESH = statement(
    "SELECT postcode FROM postcodes WHERE postcode IN :postcodes AND looked_up_at >= :since", many=("postcodes",)
)
_ADD_PLACE = statement(
    f"""INSERT INTO places ({", ".join(COLUMNS)}) VALUES ({", ".join(f":{name}" for name in COLUMNS)})
        ON CONFLICT DO NOTHING"""
)
_ADD_UNKNOWN = statement(
    f"""INSERT INTO places (id, {", ".join(COLUMNS)}) VALUES ({UNKNOWN_PLACE}, '', '', '', '', '', '')
        ON CONFLICT DO NOTHING"""
)
_FIND_PLACE = statement(f"SELECT id FROM places WHERE {' AND '.join(f'{name} = :{name}' for name in COLUMNS)}")
_KEEP = statement(
    """INSERT INTO postcodes (postcode, place_id, looked_up_at) VALUES (:postcode, :place_id, :now)
       ON CONFLICT (postcode) DO UPDATE SET place_id = excluded.place_id, looked_up_at = excluded.looked_up_at"""
)
_HELD, _HELD_LOCKED = (
    statement(
        f"""SELECT id, counted_place_id FROM signatures WHERE id IN :ids AND campaign_id = :campaign_id AND {UNPLACED}
            ORDER BY id {lock}""",
        many=("ids",),
    )
    for lock in ("", "FOR NO KEY UPDATE SKIP LOCKED")
)
_PLACE = statement(
    """UPDATE signatures SET place_id = p.place_id, counted_place_id = p.place_id FROM postcodes p
       WHERE signatures.id IN :ids AND p.postcode = signatures.postcode AND coalesce(signatures.place_id, -1) <> p.place_id
       RETURNING signatures.id, signatures.place_id""",
    many=("ids",),
)
_OLD = "SELECT postcode FROM postcodes WHERE looked_up_at < :before ORDER BY looked_up_at LIMIT :most"
_FORGET = statement(f"DELETE FROM postcodes WHERE postcode IN ({_OLD}) AND looked_up_at < :before")
_ANY_OLD = statement("SELECT 1 FROM postcodes WHERE looked_up_at < :before LIMIT 1")


def waiting(connection: Connection, most: int) -> list[Unplaced]:
    """Up to `most` counted signatures whose postcode was not looked up."""
    return [Unplaced(*row) for row in connection.execute(_WAITING, {"most": most})]


def any_waiting(connection: Connection) -> bool:
    """Whether there is such a signature."""
    return connection.execute(_ANY_WAITING).one_or_none() is not None


def to_ask_again(connection: Connection, since: datetime, most: int) -> list[Unplaced]:
    """Signatures with a postcode that was not known when it was last asked for, before `since`. Reads all such postcodes."""
    return [Unplaced(*row) for row in connection.execute(_TO_ASK_AGAIN, {"since": since, "most": most})]


def fresh(connection: Connection, postcodes: Collection[str], since: datetime) -> set[str]:
    """Those of the postcodes that were looked up since then."""
    given = {"postcodes": sorted(postcodes), "since": since}
    return set(connection.execute(_FRESH, given).scalars()) if postcodes else set()


def keep(connection: Connection, found: Mapping[str, Place], now: datetime) -> None:
    """Keep where postcodes lie, as it was just answered."""
    # In a fixed order, so that two that keep the same never wait for each other in a ring.
    numbers = {place: _number(connection, place) for place in sorted(set(found.values()), key=_facts)}
    rows = [{"postcode": postcode, "place_id": numbers[found[postcode]], "now": now} for postcode in sorted(found)]
    if rows:
        connection.execute(_KEEP, rows)


def settle(connection: Connection, campaign_id: int, ids: Sequence[int]) -> Counter[int]:
    """Put signatures of one campaign where the postcodes that are kept say, and return what that adds to its total by place.

    The caller holds the campaign's tally. Signatures that somebody else is changing right now are left for the next time.
    """
    sql = _HELD_LOCKED if locks_rows(connection) else _HELD
    was = {row.id: row.counted_place_id for row in connection.execute(sql, {"ids": ids, "campaign_id": campaign_id})}
    changes: Counter[int] = Counter()
    for row in connection.execute(_PLACE, {"ids": list(was)}).all() if was else ():
        if was[row.id] is not None:
            changes[was[row.id]] -= 1
        changes[row.place_id] += 1
    return changes


def forget(connection: Connection, before: datetime, most: int) -> int:
    """Delete up to `most` postcodes that were looked up before then; returns how many."""
    return connection.execute(_FORGET, {"before": before, "most": most}).rowcount


def any_old(connection: Connection, before: datetime) -> bool:
    """Whether a postcode is kept that was looked up before then."""
    return connection.execute(_ANY_OLD, {"before": before}).one_or_none() is not None


def _facts(place: Place) -> tuple[str, ...]:
    return tuple(getattr(place, name) for name in COLUMNS)


def _number(connection: Connection, place: Place) -> int:
    """The number of a place, which is added where it is new."""
    if place == UNKNOWN:
        connection.execute(_ADD_UNKNOWN)
        return UNKNOWN_PLACE
    given = dict(zip(COLUMNS, _facts(place), strict=True))
    number = connection.execute(_FIND_PLACE, given).scalar_one_or_none()
    if number is None:
        connection.execute(_ADD_PLACE, given)
        number = connection.execute(_FIND_PLACE, given).scalar_one()
    return int(number)
