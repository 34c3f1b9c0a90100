"""Signatures on paper: compared with the existing ones, written many at once, and undone."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, String, and_, bindparam, case, cast, func, select, update
from sqlalchemy.dialects import postgresql

from campaign.domain.paper.entry import PAPER, PAPER_SOURCE, UNDONE_INTAKE, PaperEntry
from campaign.domain.places.postcode_areas import postcode_area
from campaign.domain.signatures.consent import PAPER_UPDATES_WORDING
from campaign.domain.signatures.search_keys import email_domain, name_key, surname_key
from campaign.domain.signatures.signature import SignatureState
from campaign.store.database.statements import columns_of, rows_as, supports_writing_ctes, text_statement
from campaign.store.database.upsert import insert
from campaign.store.log import append as log_append
from campaign.store.tables import outbox, signatures

MAX_ROWS_PER_STATEMENT = 1_000
"""Rows read or written by one statement."""


@dataclass(frozen=True, slots=True)
class ExistingSignatures:
    """Existing signatures that some entries may duplicate."""

    addresses: dict[str, tuple[str, str]]
    """The state and the folded name of the signature of each canonical address."""
    people: dict[tuple[str, str], str]
    """The kind of signature (online or paper) of each folded name and postcode."""


@dataclass(frozen=True, slots=True)
class PaperImport:
    """Values that all signatures of one import share."""

    campaign_id: int
    intake_id: int
    text_hash: str
    language: str
    now: datetime
    signed_at: Callable[[PaperEntry], datetime]
    mailbox_hash: Callable[[str], str]
    link_key: Callable[[], str]
    declaration: Callable[[PaperEntry], int] = lambda _entry: 0
    """What an entry says of who may sign; see `domain.campaigns.eligibility`."""


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """Line of an intake."""

    id: int
    line: int | None
    name: str
    postcode: str
    state: str
    ended_class: str


_ADDRESSES = select(signatures.c.email_key, signatures.c.state, signatures.c.name_key).where(
    signatures.c.campaign_id == bindparam("campaign_id"), signatures.c.email_key.in_(bindparam("keys", expanding=True))
)
_PEOPLE = (
    select(signatures.c.name_key, signatures.c.postcode, signatures.c.kind)
    .where(
        signatures.c.campaign_id == bindparam("campaign_id"),
        signatures.c.name_key.in_(bindparam("names", expanding=True)),
        signatures.c.postcode.in_(bindparam("postcodes", expanding=True)),
        signatures.c.postcode != "",
        signatures.c.state.in_([SignatureState.PENDING.value, SignatureState.VERIFIED.value]),
    )
    .distinct()
)
# `line` and `intake_id` are named in the index of lines, which is partial.
_OF_INTAKE = and_(signatures.c.intake_id == bindparam("intake_id"), signatures.c.intake_id.is_not(None))
_LINES = select(signatures.c.line).where(_OF_INTAKE, signatures.c.line.in_(bindparam("lines", expanding=True)))
_LAST_LINE = select(func.coalesce(func.max(signatures.c.line), 0)).where(_OF_INTAKE)
_NEWEST_LINES = (
    select(*columns_of(IntakeLine, signatures))
    .where(_OF_INTAKE, signatures.c.line.is_not(None))
    .order_by(signatures.c.id.desc())
    .limit(bindparam("limit"))
)  # fmt: skip
_NEXT_TO_UNDO = (
    select(signatures.c.id)
    .where(_OF_INTAKE, signatures.c.line.is_not(None))
    .order_by(signatures.c.line)
    .limit(bindparam("limit"))
    .with_for_update()
)
_LINE = select(signatures.c.id).where(_OF_INTAKE, signatures.c.line == bindparam("line")).with_for_update()
_COLUMNS = (
    "campaign_id", "text_hash", "state", "counted_as", "counted_country", "name", "email", "email_key", "mailbox_hash",
    "country", "postcode", "comment", "public", "updates", "updates_wording", "updates_at", "source", "edition",
    "edition_floor", "browser_hash", "link_key", "signed_at", "submitted_at", "verified_at", "ended_reason", "language",
    "name_key", "surname_key", "domain", "area", "kind", "counted_kind", "intake_id", "line", "declaration",
)  # fmt: skip
_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]
_COLUMN_DEFINITIONS = ", ".join(f"{name} {signatures.c[name].type.compile(dialect=_POSTGRESQL)}" for name in _COLUMNS)
# One statement for a thousand rows instead of one for each; text, as it is PostgreSQL's alone.
_INSERT = text_statement(
    f"""INSERT INTO signatures ({", ".join(_COLUMNS)})
        SELECT {", ".join(_COLUMNS)} FROM jsonb_to_recordset(CAST(:rows AS JSONB)) AS given({_COLUMN_DEFINITIONS})
        ON CONFLICT DO NOTHING"""
)
_INSERT_EACH = insert(signatures).on_conflict_do_nothing()
_NOW = bindparam("now", type_=signatures.c.ended_at.type)
_IS_STANDING = signatures.c.state.in_([SignatureState.PENDING.value, SignatureState.VERIFIED.value])
# Whatever was personal goes with it: it may have been the list of another campaign, or of people who never signed. What was
# withdrawn, or removed for a reason of its own, stays so.
_UNDO = (
    update(signatures)
    .where(signatures.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        ended_class=case((_IS_STANDING, UNDONE_INTAKE), else_=signatures.c.ended_class),
        state=case((_IS_STANDING, SignatureState.INVALIDATED.value), else_=signatures.c.state),
        ended_at=func.coalesce(signatures.c.ended_at, _NOW), erased_at=func.coalesce(signatures.c.erased_at, _NOW),
        name="erased", signed_name=None, name_corrected_at=None,
        name_key="", surname_key="", email="", email_key="undone/" + cast(signatures.c.id, String(20)),
        mailbox_hash="", domain="", postcode="", area="", place_id=None, network="", comment="", comment_hidden="",
        comment_public=False, comment_published_at=None, public=False, updates=False, updates_wording="", updates_at=None,
        link_key="", edition=signatures.c.edition + 1, edition_floor=signatures.c.edition + 1, line=None, declaration=0,
    )
)  # fmt: skip
_IS_OWED = outbox.c.state == "owed"
_ERASE_MAILS = (
    update(outbox)
    .where(outbox.c.signature_id.in_(bindparam("ids", expanding=True)))
    .values(
        mailbox_hash="", reason="", settled_at=case((_IS_OWED, _NOW), else_=outbox.c.settled_at),
        state=case((_IS_OWED, "dropped"), else_=outbox.c.state),
    )
)  # fmt: skip


def find_existing(connection: Connection, campaign_id: int, entries: Sequence[PaperEntry]) -> ExistingSignatures:
    """Existing signatures that these entries, MAX_ROWS_PER_STATEMENT at most, may duplicate."""
    keys = sorted({entry.email_key for entry in entries if entry.email_key})
    names = sorted({name_key(entry.name) for entry in entries if entry.postcode})
    postcodes = sorted({entry.postcode for entry in entries if entry.postcode})
    addresses: dict[str, tuple[str, str]] = {}
    people: dict[tuple[str, str], str] = {}
    if keys:
        rows = connection.execute(_ADDRESSES, {"campaign_id": campaign_id, "keys": keys})
        addresses = {row.email_key: (row.state, row.name_key) for row in rows}
    if names:
        given = {"campaign_id": campaign_id, "names": names, "postcodes": postcodes}
        for row in connection.execute(_PEOPLE, given):
            # Of both, the one online is told: it was proved.
            if people.get((row.name_key, row.postcode)) != "online":
                people[row.name_key, row.postcode] = row.kind
    return ExistingSignatures(addresses, people)


def add_paper_signatures(connection: Connection, paper_import: PaperImport, entries: Sequence[PaperEntry]) -> int:
    """Write signatures, MAX_ROWS_PER_STATEMENT at most; returns how many. Those whose address or line exists are left out."""
    rows = [_signature_values(paper_import, entry) for entry in entries]
    if supports_writing_ctes(connection):
        connection.execute(_INSERT, {"rows": json.dumps(rows, ensure_ascii=False, default=datetime.isoformat)})
    else:
        connection.execute(_INSERT_EACH, rows)
    given = {"intake_id": paper_import.intake_id, "lines": [entry.line for entry in entries]}
    return len(connection.execute(_LINES, given).all())


def existing_lines(connection: Connection, intake_id: int, lines: Sequence[int]) -> set[int]:
    """Those of some lines that the intake has."""
    found = connection.execute(_LINES, {"intake_id": intake_id, "lines": list(lines)}).scalars()
    return {line for line in found if line is not None}


def last_line(connection: Connection, intake_id: int) -> int:
    """Highest line of an intake; 0 where it has none."""
    return int(connection.execute(_LAST_LINE, {"intake_id": intake_id}).scalar_one())


def newest_lines(connection: Connection, intake_id: int, limit: int) -> list[IntakeLine]:
    """Lines of an intake, the newest first."""
    return rows_as(IntakeLine, connection.execute(_NEWEST_LINES, {"intake_id": intake_id, "limit": limit}))


def undo_intake_signatures(connection: Connection, intake_id: int, limit: int, now: datetime) -> int:
    """Undo up to `limit` signatures of an intake; returns how many, 0 once all are undone."""
    ids = connection.execute(_NEXT_TO_UNDO, {"intake_id": intake_id, "limit": limit}).scalars().all()
    return _undo(connection, ids, now)


def undo_line(connection: Connection, intake_id: int, line: int, now: datetime) -> int | None:
    """Undo one line of an intake; returns the id of its signature, None where there is no such line."""
    ids = connection.execute(_LINE, {"intake_id": intake_id, "line": line}).scalars().all()
    _undo(connection, ids, now)
    return ids[0] if ids else None


def _undo(connection: Connection, ids: Sequence[int], now: datetime) -> int:
    if not ids:
        return 0
    connection.execute(_UNDO, {"ids": list(ids), "now": now})
    connection.execute(_ERASE_MAILS, {"ids": list(ids), "now": now})
    log_append.erase_salts(connection, ids)
    return len(ids)


def _signature_values(paper_import: PaperImport, entry: PaperEntry) -> dict[str, object]:
    given = bool(entry.email)
    signed_at = paper_import.signed_at(entry)
    return {
        "campaign_id": paper_import.campaign_id, "text_hash": paper_import.text_hash, "state": "verified", "counted_as": "none",
        "counted_country": "", "name": entry.name, "email": entry.email,
        # What has an @ in it is an address; nobody's is like this.
        "email_key": entry.email_key if given else f"paper/{paper_import.intake_id}/{entry.line}",
        "mailbox_hash": paper_import.mailbox_hash(entry.email_key) if given else "", "country": entry.country,
        "postcode": entry.postcode, "comment": entry.comment, "public": entry.public, "updates": entry.updates,
        "updates_wording": PAPER_UPDATES_WORDING if entry.updates else "", "updates_at": signed_at if entry.updates else None,
        "source": PAPER_SOURCE, "edition": 1, "edition_floor": 1, "browser_hash": "", "link_key": paper_import.link_key(),
        "signed_at": signed_at, "submitted_at": paper_import.now, "verified_at": paper_import.now, "ended_reason": "",
        "language": paper_import.language, "name_key": name_key(entry.name), "surname_key": surname_key(entry.name),
        "domain": email_domain(entry.email_key) if given else "", "area": postcode_area(entry.postcode, entry.country),
        "kind": PAPER, "counted_kind": PAPER, "intake_id": paper_import.intake_id, "line": entry.line,
        "declaration": paper_import.declaration(entry),
    }  # fmt: skip
