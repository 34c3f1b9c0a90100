"""Signatures on paper: found again among those there are, written many at once, and taken back."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from campaign.domain.paper.entry import PAPER, PAPER_SOURCE, UNDONE_INTAKE, PaperEntry
from campaign.domain.places.postcode_areas import postcode_area
from campaign.domain.signatures.consent import PAPER_UPDATES_WORDING
from campaign.domain.signatures.search_keys import email_domain, name_key, surname_key
from campaign.store.database.statements import statement, supports_row_locks, supports_writing_ctes
from campaign.store.tables import signatures

MAX_ROWS_PER_STATEMENT = 1_000
"""Rows looked for, or written, by one statement."""


@dataclass(frozen=True, slots=True)
class ExistingSignatures:
    """What the campaign has that some entries may be the same as."""

    addresses: dict[str, tuple[str, str]]
    """The state and the folded name of the signature of each canonical address."""
    people: dict[tuple[str, str], str]
    """How somebody with this folded name and this postcode has signed."""


@dataclass(frozen=True, slots=True)
class PaperImport:
    """What is the same of all signatures that are brought in together."""

    campaign_id: int
    intake_id: int
    text_hash: str
    language: str
    now: datetime
    signed_at: Callable[[PaperEntry], datetime]
    mailbox: Callable[[str], str]
    link_key: Callable[[], str]


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """One line of an intake."""

    id: int
    line: int | None
    name: str
    postcode: str
    state: str
    ended_class: str


_ADDRESSES = statement(
    "SELECT email_key, state, name_key FROM signatures WHERE campaign_id = :campaign_id AND email_key IN :keys",
    list_parameters=("keys",),
)
_PEOPLE = statement(
    """SELECT DISTINCT name_key, postcode, kind FROM signatures WHERE campaign_id = :campaign_id AND name_key IN :names
       AND postcode IN :postcodes AND postcode <> '' AND state IN ('pending', 'verified')""",
    list_parameters=("names", "postcodes"),
)
_LINES = statement(
    "SELECT line FROM signatures WHERE intake_id = :intake_id AND intake_id IS NOT NULL AND line IN :lines",
    list_parameters=("lines",),
)
_LAST_LINE = statement("SELECT coalesce(max(line), 0) FROM signatures WHERE intake_id = :intake_id AND intake_id IS NOT NULL")
_NEWEST = statement(
    """SELECT id, line, name, postcode, state, ended_class FROM signatures
       WHERE intake_id = :intake_id AND intake_id IS NOT NULL AND line IS NOT NULL ORDER BY id DESC LIMIT :most"""
)
_OF_INTAKE, _OF_INTAKE_LOCKED = (
    statement(
        f"""SELECT id FROM signatures WHERE intake_id = :intake_id AND intake_id IS NOT NULL AND line IS NOT NULL
            AND line >= :after ORDER BY line LIMIT :most {lock}"""
    )
    for lock in ("", "FOR UPDATE")
)
_LINE, _LINE_LOCKED = (
    statement(f"""SELECT id FROM signatures WHERE intake_id = :intake_id AND intake_id IS NOT NULL AND line = :line {lock}""")
    for lock in ("", "FOR UPDATE")
)
_COLUMNS = (
    "campaign_id", "text_hash", "state", "counted_as", "counted_country", "name", "email", "email_key", "mailbox", "country",
    "postcode", "comment", "public", "updates", "updates_wording", "updates_at", "source", "edition", "edition_floor",
    "browser", "link_key", "signed_at", "submitted_at", "verified_at", "ended_reason", "language", "name_key", "surname_key",
    "domain", "area", "kind", "counted_kind", "intake_id", "line",
)  # fmt: skip
_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]
_COLUMN_DEFINITIONS = ", ".join(f"{name} {signatures.c[name].type.compile(dialect=_POSTGRESQL)}" for name in _COLUMNS)
# One statement for a thousand rows instead of one for each.
_INSERT = statement(
    f"""INSERT INTO signatures ({", ".join(_COLUMNS)})
        SELECT {", ".join(_COLUMNS)} FROM jsonb_to_recordset(CAST(:rows AS JSONB)) AS given({_COLUMN_DEFINITIONS})
        ON CONFLICT DO NOTHING"""
)
# Whatever was personal goes with it: it may have been the list of another campaign, or of people who never signed. What was
# withdrawn, or removed for a reason of its own, stays so.
_UNDO = statement(
    f"""UPDATE signatures SET
           ended_class = CASE WHEN state IN ('pending', 'verified') THEN '{UNDONE_INTAKE}' ELSE ended_class END,
           state = CASE WHEN state IN ('pending', 'verified') THEN 'invalidated' ELSE state END,
           ended_at = CASE WHEN ended_at IS NULL THEN :now ELSE ended_at END,
           name = 'erased', name_key = '', surname_key = '', email = '', email_key = 'undone/' || CAST(id AS VARCHAR(20)),
           mailbox = '', domain = '', postcode = '', area = '', place_id = NULL, network = '', comment = '',
           comment_hidden = '', public = :nothing, updates = :nothing, updates_wording = '', updates_at = NULL, link_key = '',
           edition = edition + 1, edition_floor = edition + 1, line = NULL,
           erased_at = CASE WHEN erased_at IS NULL THEN :now ELSE erased_at END
       WHERE id IN :ids""",
    list_parameters=("ids",),
)
_ERASE_MAILS = statement(
    """UPDATE outbox SET mailbox = '', reason = '', settled_at = CASE WHEN state = 'owed' THEN :now ELSE settled_at END,
           state = CASE WHEN state = 'owed' THEN 'dropped' ELSE state END
       WHERE signature_id IN :ids""",
    list_parameters=("ids",),
)


def find_existing(connection: Connection, campaign_id: int, entries: Sequence[PaperEntry]) -> ExistingSignatures:
    """What the campaign has that these entries, AT_ONCE at most, may be the same as."""
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
    """Write signatures, AT_ONCE at most; returns how many. Those whose address or line is there already are left out."""
    rows = [_signature_values(paper_import, entry) for entry in entries]
    if supports_writing_ctes(connection):
        connection.execute(_INSERT, {"rows": json.dumps(rows, ensure_ascii=False, default=datetime.isoformat)})
    else:
        connection.execute(sqlite.insert(signatures).on_conflict_do_nothing(), rows)
    given = {"intake_id": paper_import.intake_id, "lines": [entry.line for entry in entries]}
    return len(connection.execute(_LINES, given).all())


def existing_lines(connection: Connection, intake_id: int, lines: Sequence[int]) -> set[int]:
    """Which of these lines of an intake are there."""
    return set(connection.execute(_LINES, {"intake_id": intake_id, "lines": list(lines)}).scalars())


def last_line(connection: Connection, intake_id: int) -> int:
    """The last line of an intake; 0 where it has none."""
    return int(connection.execute(_LAST_LINE, {"intake_id": intake_id}).scalar_one())


def newest_lines(connection: Connection, intake_id: int, limit: int) -> list[IntakeLine]:
    """The lines of an intake that were written last, newest first."""
    return [IntakeLine(*row) for row in connection.execute(_NEWEST, {"intake_id": intake_id, "most": limit})]


def undo_intake_signatures(connection: Connection, intake_id: int, limit: int, now: datetime) -> int:
    """Take back up to `most` signatures of an intake; returns how many, 0 once all are."""
    sql = _OF_INTAKE_LOCKED if supports_row_locks(connection) else _OF_INTAKE
    return _undo(connection, connection.execute(sql, {"intake_id": intake_id, "after": 0, "most": limit}).scalars().all(), now)


def undo_line(connection: Connection, intake_id: int, line: int, now: datetime) -> int | None:
    """Take back one line of an intake; its signature's number, None where there is no such line."""
    sql = _LINE_LOCKED if supports_row_locks(connection) else _LINE
    ids = connection.execute(sql, {"intake_id": intake_id, "line": line}).scalars().all()
    _undo(connection, ids, now)
    return ids[0] if ids else None


def _undo(connection: Connection, ids: Sequence[int], now: datetime) -> int:
    if not ids:
        return 0
    connection.execute(_UNDO, {"ids": list(ids), "now": now, "nothing": False})
    connection.execute(_ERASE_MAILS, {"ids": list(ids), "now": now})
    return len(ids)


def _signature_values(paper_import: PaperImport, entry: PaperEntry) -> dict[str, object]:
    given = bool(entry.email)
    signed_at = paper_import.signed_at(entry)
    return {
        "campaign_id": paper_import.campaign_id, "text_hash": paper_import.text_hash, "state": "verified", "counted_as": "none",
        "counted_country": "", "name": entry.name, "email": entry.email,
        # What has an @ in it is an address; nobody's is like this.
        "email_key": entry.email_key if given else f"paper/{paper_import.intake_id}/{entry.line}",
        "mailbox": paper_import.mailbox(entry.email_key) if given else "", "country": entry.country, "postcode": entry.postcode,
        "comment": entry.comment, "public": entry.public, "updates": entry.updates,
        "updates_wording": PAPER_UPDATES_WORDING if entry.updates else "", "updates_at": signed_at if entry.updates else None,
        "source": PAPER_SOURCE, "edition": 1, "edition_floor": 1, "browser": "", "link_key": paper_import.link_key(),
        "signed_at": signed_at, "submitted_at": paper_import.now, "verified_at": paper_import.now, "ended_reason": "",
        "language": paper_import.language, "name_key": name_key(entry.name), "surname_key": surname_key(entry.name),
        "domain": email_domain(entry.email_key) if given else "", "area": postcode_area(entry.postcode, entry.country),
        "kind": PAPER, "counted_kind": PAPER, "intake_id": paper_import.intake_id, "line": entry.line,
    }  # fmt: skip
