"""How campaigns are handed in: what was decided for each recipient, and what the papers tell, read from the store."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import JSON, Connection, bindparam, text

from campaign.domain.paper.entry import PAPER
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import statement

ListOrder = Literal["signing", "name"]


@dataclass(frozen=True, slots=True)
class SubmissionOptions:
    """What was decided for one recipient."""

    options: Mapping[str, str]
    revision: int
    """0 where nothing was."""


@dataclass(frozen=True, slots=True)
class SignedVersion:
    """How often one version of the text was signed, by verified signatures."""

    text_hash: str
    signatures: int


@dataclass(frozen=True, slots=True)
class SubmissionSignature:
    """One verified signature, as a list may tell of it."""

    id: int
    name: str
    postcode: str
    country: str
    comment: str
    paper: bool


_GET = text("SELECT options, revision FROM submissions WHERE campaign_id = :campaign_id AND profile = :profile").columns(
    options=JSON()
)
_ADD = text(
    """INSERT INTO submissions (campaign_id, profile, options, revision, changed_at)
       SELECT :campaign_id, :profile, :options, 1, :now WHERE :seen = 0
       ON CONFLICT (campaign_id, profile) DO NOTHING"""
).bindparams(bindparam("options", type_=JSON()), bindparam("now", type_=UtcDateTime()))
_CHANGE = text(
    """UPDATE submissions SET options = :options, revision = revision + 1, changed_at = :now
       WHERE campaign_id = :campaign_id AND profile = :profile AND revision = :seen"""
).bindparams(bindparam("options", type_=JSON()), bindparam("now", type_=UtcDateTime()))
_ALL = statement("SELECT profile, revision FROM submissions WHERE campaign_id = :campaign_id ORDER BY profile")
_SIGNED_VERSIONS = statement(
    """SELECT text_hash, count(*) AS signatures FROM signatures WHERE campaign_id = :campaign_id AND state = 'verified'
       GROUP BY text_hash ORDER BY count(*) DESC, text_hash"""
)
_FIRST, _LAST = (
    statement(f"SELECT hour FROM hourly_tallies WHERE campaign_id = :campaign_id AND added > 0 ORDER BY hour {way} LIMIT 1")
    for way in ("", "DESC")
)
_CERTIFIED = statement("SELECT certified_at FROM certificates WHERE campaign_id = :campaign_id")
_COUNT_SIGNATURES = {
    public: statement(f"SELECT count(*) FROM signatures WHERE campaign_id = :campaign_id AND state = 'verified'{who}")
    for public, who in ((False, ""), (True, " AND public"))
}
_COLUMNS = "id, name, postcode, country, CASE WHEN comment_hidden = '' THEN comment ELSE '' END AS comment, kind, surname_key"
_PUBLIC_SQL = {False: "", True: " AND public"}
_NEXT_SIGNATURES: dict[tuple[str, bool], Any] = {
    (order, public): statement(
        f"""SELECT {_COLUMNS} FROM signatures WHERE campaign_id = :campaign_id AND state = 'verified'{_PUBLIC_SQL[public]}
            AND {after} ORDER BY {by} LIMIT :most"""
    )
    for public in (False, True)
    for order, after, by in (
        ("signing", "id > :after", "id"),
        ("name", "(surname_key, id) > (CAST(:after_key AS VARCHAR(120)), :after)", "surname_key, id"),
    )
}


def get_options(connection: Connection, campaign_id: int, profile: str) -> SubmissionOptions:
    """What was decided for one recipient."""
    row = connection.execute(_GET, {"campaign_id": campaign_id, "profile": profile}).one_or_none()
    return SubmissionOptions({}, 0) if row is None else SubmissionOptions(row.options, row.revision)


def considered(connection: Connection, campaign_id: int) -> Sequence[str]:
    """The profiles anything was decided for."""
    return [row.profile for row in connection.execute(_ALL, {"campaign_id": campaign_id})]


def store_options(
    connection: Connection, campaign_id: int, profile: str, options: Mapping[str, str], seen_revision: int, now: datetime
) -> bool:
    """Keep what was decided. False where somebody else decided since `seen`, the revision it was made from."""
    given = {"campaign_id": campaign_id, "profile": profile, "options": dict(options), "seen": seen_revision, "now": now}
    return connection.execute(_CHANGE if seen_revision else _ADD, given).rowcount == 1


def first_and_last_counted_hour(connection: Connection, campaign_id: int) -> tuple[datetime | None, datetime | None]:
    """The hours in which the first and the last signature were counted; None where none was."""
    first, last = (connection.execute(sql, {"campaign_id": campaign_id}).scalar_one_or_none() for sql in (_FIRST, _LAST))
    return first, last


def certified_at(connection: Connection, campaign_id: int) -> datetime | None:
    """When the total became final; None while it has not."""
    found: datetime | None = connection.execute(_CERTIFIED, {"campaign_id": campaign_id}).scalar_one_or_none()
    return found


def versions_signed(connection: Connection, campaign_id: int) -> list[SignedVersion]:
    """How many verified signatures each version of the text has, most first. Reads all signatures."""
    return [
        SignedVersion(row.text_hash, row.signatures)
        for row in connection.execute(_SIGNED_VERSIONS, {"campaign_id": campaign_id})
    ]


def count_signatures(connection: Connection, campaign_id: int, *, public_only: bool) -> int:
    """How many signatures `supporters` brings. Reads them all."""
    return int(connection.execute(_COUNT_SIGNATURES[public_only], {"campaign_id": campaign_id}).scalar_one())


def stream_signatures(
    connection: Connection, campaign_id: int, order: ListOrder, batch_size: int, *, public_only: bool
) -> Iterator[SubmissionSignature]:
    """Verified signatures, in batches of `batch` rows, each found by where the one before ended."""
    sql = _NEXT_SIGNATURES[order, public_only]
    after, after_key = 0, ""
    while True:
        given = {"campaign_id": campaign_id, "after": after, "most": batch_size}
        rows = connection.execute(sql, given | ({"after_key": after_key} if order == "name" else {})).all()
        for row in rows:
            yield SubmissionSignature(row.id, row.name, row.postcode, row.country, row.comment, row.kind == PAPER)
        if len(rows) < batch_size:
            return
        after, after_key = rows[-1].id, rows[-1].surname_key
