"""Submissions to recipients: the options chosen for each, and the figures and signatures that their documents contain."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, case, func, select, update

from campaign.domain.paper.entry import PAPER
from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.statements import rows_as
from campaign.store.database.upsert import insert
from campaign.store.submissions.name_sorter import NameSorter
from campaign.store.tables import certificates, hourly_tallies, intakes, signatures, submissions

ListOrder = Literal["signing", "name"]
PaperOriginKind = Literal["sheet", "stated", "unknown"]
"""Numbered sheets of the campaign; paper whose text the campaigners stated; paper whose text is not known."""


@dataclass(frozen=True, slots=True)
class SubmissionOptions:
    """Options of a submission to one recipient."""

    options: Mapping[str, str]
    revision: int
    """0 where none are stored."""


@dataclass(frozen=True, slots=True)
class SignedVersion:
    """Number of verified signatures of one version of the text."""

    text_hash: str
    signatures: int


@dataclass(frozen=True, slots=True)
class PaperOrigin:
    """Verified signatures on paper, by what is known of the text that was on it."""

    origin: PaperOriginKind
    text_hash: str
    """"" where the text is not known."""
    signatures: int
    collected_from: date | None
    """The earliest first day that was given for any of it."""


@dataclass(frozen=True, slots=True)
class SubmissionSignature:
    """Verified signature, as lists show it."""

    id: int
    name: str
    postcode: str
    country: str
    comment: str
    declaration: int


_OF_PROFILE = and_(submissions.c.campaign_id == bindparam("of_campaign"), submissions.c.profile == bindparam("of_profile"))
_GET = select(submissions.c.options, submissions.c.revision).where(_OF_PROFILE)
_ADD = insert(submissions).on_conflict_do_nothing(index_elements=[submissions.c.campaign_id, submissions.c.profile])
_CHANGE = (
    update(submissions)
    .where(_OF_PROFILE, submissions.c.revision == bindparam("seen_revision"))
    .values(options=bindparam("new_options"), revision=submissions.c.revision + 1, changed_at=bindparam("now"))
)
_VERIFIED = and_(
    signatures.c.campaign_id == bindparam("campaign_id"), signatures.c.state == SignatureState.VERIFIED.value,
    signatures.c.held_flag_id.is_(None),
)  # fmt: skip
_AMOUNT = func.count()
_IS_PAPER = signatures.c.kind == PAPER
_WITH_INTAKES = signatures.outerjoin(intakes, and_(intakes.c.id == signatures.c.intake_id, _IS_PAPER))
# A signature on paper has a version of the text in its row, as every signature has; what was on the paper, its intake says.
_KNOWN_TEXT = case((_IS_PAPER, func.coalesce(intakes.c.text_hash, "")), else_=signatures.c.text_hash)
_SIGNED_VERSIONS = (
    select(_KNOWN_TEXT.label("text_hash"), _AMOUNT.label("signatures"))
    .select_from(_WITH_INTAKES)
    .where(_VERIFIED)
    .group_by(_KNOWN_TEXT)
    .order_by(_AMOUNT.desc(), _KNOWN_TEXT)
)
_ORIGIN = case(
    (intakes.c.text_hash.is_(None), "unknown"), (intakes.c.sheet_id.is_not(None), "sheet"), else_="stated"
)  # fmt: skip
_PAPER_ORIGINS = (
    select(
        _ORIGIN.label("origin"), func.coalesce(intakes.c.text_hash, "").label("text_hash"), _AMOUNT.label("signatures"),
        func.min(intakes.c.collected_from).label("collected_from"),
    )
    .select_from(_WITH_INTAKES)
    .where(_VERIFIED, _IS_PAPER)
    .group_by(_ORIGIN, intakes.c.text_hash)
    .order_by(_ORIGIN, _AMOUNT.desc(), intakes.c.text_hash)
)  # fmt: skip
_COUNTED_HOURS = (
    select(hourly_tallies.c.hour)
    .where(hourly_tallies.c.campaign_id == bindparam("campaign_id"), hourly_tallies.c.added > 0)
    .limit(1)
)
_FIRST_HOUR, _LAST_HOUR = (
    _COUNTED_HOURS.order_by(hourly_tallies.c.hour), _COUNTED_HOURS.order_by(hourly_tallies.c.hour.desc()),
)  # fmt: skip
_CERTIFIED_AT = select(certificates.c.certified_at).where(certificates.c.campaign_id == bindparam("campaign_id"))
_COUNT = select(_AMOUNT).where(_VERIFIED)
_ANY_PUBLIC = select(signatures.c.id).where(_VERIFIED, signatures.c.public).limit(1)
_SIGNATURES = (
    select(
        signatures.c.id, signatures.c.name, signatures.c.postcode, signatures.c.country,
        case((signatures.c.comment_hidden == "", signatures.c.comment), else_="").label("comment"),
        signatures.c.declaration,
    )
    .where(_VERIFIED)
)  # fmt: skip
_AFTER = bindparam("after", type_=signatures.c.id.type)
_NEXT_SIGNATURES = _SIGNATURES.where(signatures.c.id > _AFTER).order_by(signatures.c.id).limit(bindparam("limit"))
_NEXT_NAMES = (
    select(signatures.c.id, signatures.c.name)
    .where(_VERIFIED, signatures.c.id > _AFTER)
    .order_by(signatures.c.id)
    .limit(bindparam("limit"))
)
_SIGNATURES_BY_ID = _SIGNATURES.where(signatures.c.id.in_(bindparam("ids", expanding=True)))


def get_options(connection: Connection, campaign_id: int, profile: str) -> SubmissionOptions:
    """Options of a submission to one recipient."""
    row = connection.execute(_GET, {"of_campaign": campaign_id, "of_profile": profile}).one_or_none()
    return SubmissionOptions({}, 0) if row is None else SubmissionOptions(**row._asdict())


def store_options(
    connection: Connection, campaign_id: int, profile: str, options: Mapping[str, str], seen_revision: int, now: datetime
) -> bool:
    """Store the options of a submission. False where they were changed since `seen_revision`, which they were made from."""
    if seen_revision == 0:
        added = {"campaign_id": campaign_id, "profile": profile, "options": dict(options), "revision": 1, "changed_at": now}
        return connection.execute(_ADD, added).rowcount == 1
    changed = {
        "of_campaign": campaign_id, "of_profile": profile, "new_options": dict(options), "seen_revision": seen_revision,
        "now": now,
    }  # fmt: skip
    return connection.execute(_CHANGE, changed).rowcount == 1


def first_and_last_counted_hour(connection: Connection, campaign_id: int) -> tuple[datetime | None, datetime | None]:
    """The hours in which the first and the last signature were counted; None where none was."""
    first = connection.execute(_FIRST_HOUR, {"campaign_id": campaign_id}).scalar_one_or_none()
    return first, connection.execute(_LAST_HOUR, {"campaign_id": campaign_id}).scalar_one_or_none()


def certified_at(connection: Connection, campaign_id: int) -> datetime | None:
    """Time at which the total became final; None while it has not."""
    return connection.execute(_CERTIFIED_AT, {"campaign_id": campaign_id}).scalar_one_or_none()


def versions_signed(connection: Connection, campaign_id: int) -> list[SignedVersion]:
    """Numbers of verified signatures by version of the text, most first; "" for paper whose text is not known. Reads all
    signatures."""
    rows = connection.execute(_SIGNED_VERSIONS, {"campaign_id": campaign_id})
    return [SignedVersion(**row._asdict()) for row in rows]


def paper_origins(connection: Connection, campaign_id: int) -> list[PaperOrigin]:
    """Numbers of verified signatures on paper by what is known of its text. Reads all signatures."""
    return rows_as(PaperOrigin, connection.execute(_PAPER_ORIGINS, {"campaign_id": campaign_id}))


def count_signatures(connection: Connection, campaign_id: int, *, public_only: bool, online_only: bool) -> int:
    """Number of signatures that `stream_signatures` yields. Reads them all."""
    counted = _COUNT.where(*_restrictions(public_only=public_only, online_only=online_only))
    return connection.execute(counted, {"campaign_id": campaign_id}).scalar_one()


def has_public_name(connection: Connection, campaign_id: int) -> bool:
    """Whether anybody who signed has chosen that their name may be shown. Reads up to the first of them."""
    return connection.execute(_ANY_PUBLIC, {"campaign_id": campaign_id}).first() is not None


def stream_signatures(
    connection: Connection, campaign_id: int, order: ListOrder, batch_size: int, *, public_only: bool, online_only: bool
) -> Iterator[SubmissionSignature]:
    """Verified signatures, read in batches of `batch_size` rows."""
    restrictions = _restrictions(public_only=public_only, online_only=online_only)
    if order == "name":
        yield from _stream_by_name(connection, campaign_id, batch_size, restrictions)
        return
    for rows in _batches_by_id(connection, _NEXT_SIGNATURES.where(*restrictions), campaign_id, batch_size):
        yield from (SubmissionSignature(**row._asdict()) for row in rows)


def _stream_by_name(
    connection: Connection, campaign_id: int, batch_size: int, restrictions: Sequence[ColumnElement[bool]]
) -> Iterator[SubmissionSignature]:
    """The same in the order of surnames, which no database of ours knows; equal names as they came in."""
    with NameSorter() as sorter:
        for rows in _batches_by_id(connection, _NEXT_NAMES.where(*restrictions), campaign_id, batch_size):
            sorter.add((row.name, row.id) for row in rows)
        for ids in sorter.sorted_ids(batch_size):
            found = connection.execute(_SIGNATURES_BY_ID, {"campaign_id": campaign_id, "ids": ids})
            by_id = {row.id: SubmissionSignature(**row._asdict()) for row in found}
            # The connection sees one moment, so none of them can have gone.
            yield from (by_id[one] for one in ids)


def _batches_by_id(
    connection: Connection, statement: Select[*tuple[Any, ...]], campaign_id: int, batch_size: int
) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    """Rows in the order of their ids, a batch at a time, each found by where the one before ended."""
    after = 0
    while rows := connection.execute(statement, {"campaign_id": campaign_id, "after": after, "limit": batch_size}).all():
        yield rows
        after = rows[-1].id


def _restrictions(*, public_only: bool, online_only: bool) -> list[ColumnElement[bool]]:
    """Conditions on whose signatures are listed."""
    return [*([signatures.c.public] if public_only else []), *([signatures.c.kind != PAPER] if online_only else [])]
