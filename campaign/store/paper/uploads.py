"""Uploaded lists of signatures on paper that wait to be read by a worker: the file, encrypted, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, exists, func, or_, select, text

from campaign.store.database.claims import claim_due, claim_row, claimed_row, due_row, now_parameter
from campaign.store.database.statements import columns_of
from campaign.store.tables import UNREAD_UPLOAD_SQL, intakes, uploads

MAX_LISTED = 20


class UploadState(StrEnum):
    """State of an uploaded list."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    """It has become an intake that waits to be confirmed, or was."""
    REFUSED = "refused"
    """It is no list that can be read."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A list that was uploaded, without the file."""

    id: int
    campaign_id: int
    created_by: int
    label: str
    state: UploadState
    encrypted_form: str
    """What was typed beside the file."""
    encrypted_error: str
    """Why it cannot be read; "" where that is not so."""
    size: int
    """Octets of the file."""
    rows_read: int
    """Rows read so far."""
    intake_id: int | None
    claim_key: str
    attempts: int
    created_at: datetime


_NOW = now_parameter(uploads)
_UPLOADS = select(*columns_of(Upload, uploads))
_GET = _UPLOADS.where(uploads.c.id == bindparam("id"))
_IS_UNREAD = text(UNREAD_UPLOAD_SQL)
_LIST = (
    _UPLOADS.outerjoin(intakes, intakes.c.id == uploads.c.intake_id)
    .where(
        uploads.c.campaign_id == bindparam("campaign_id"),
        or_(uploads.c.intake_id.is_(None), intakes.c.state == "unconfirmed"),
    )
    .order_by(uploads.c.id.desc())
    .limit(MAX_LISTED)
)
_COUNT_UNREAD = select(func.count()).select_from(uploads).where(
    uploads.c.campaign_id == bindparam("campaign_id"), _IS_UNREAD
)  # fmt: skip
_DUE = due_row(uploads, _IS_UNREAD)
_CLAIM = claim_row(uploads, UploadState.READING.value, rows_read=0)
_FILE = select(uploads.c.encrypted_file, uploads.c.salt).where(uploads.c.id == bindparam("id"))
_CLAIMED = claimed_row(uploads, UploadState.READING.value)
_RENEW = _CLAIMED.values(rows_read=bindparam("rows"), due_at=bindparam("until"))
# Once it is read, nothing of the file is kept.
_FINISH = _CLAIMED.values(
    state=bindparam("to_state"), rows_read=bindparam("rows"), intake_id=bindparam("of_intake"),
    encrypted_error=bindparam("error"), encrypted_file=None, claim_key="",
)  # fmt: skip
_DELETE = delete(uploads).where(uploads.c.id == bindparam("id"))
_DELETE_BEFORE = delete(uploads).where(uploads.c.created_at < bindparam("before"))
_HAS_WORK = select(
    or_(
        exists(uploads.c.id).where(_IS_UNREAD, uploads.c.due_at <= _NOW),
        exists(uploads.c.id).where(uploads.c.created_at < bindparam("before")),
    ).label("has_work")
)


def add_upload(
    connection: Connection, campaign_id: int, created_by: int, label: str, body: bytes, salt: str, form: str, size: int,
    now: datetime,
) -> int:  # fmt: skip
    """Id of a new upload that waits to be read; `body` and `form` are encrypted."""
    values = {
        "campaign_id": campaign_id, "created_by": created_by, "label": label, "state": UploadState.WAITING.value,
        "encrypted_file": body, "salt": salt, "encrypted_form": form, "encrypted_error": "", "size": size, "rows_read": 0,
        "claim_key": "", "attempts": 0, "created_at": now, "due_at": now,
    }  # fmt: skip
    return int(connection.execute(uploads.insert().values(**values).returning(uploads.c.id)).scalar_one())


def get(connection: Connection, upload_id: int) -> Upload | None:
    """One upload."""
    row = connection.execute(_GET, {"id": upload_id}).one_or_none()
    return None if row is None else _upload_from_row(row)


def list_open(connection: Connection, campaign_id: int) -> list[Upload]:
    """Uploads of a campaign, newest first: not read, not readable, or turned into an intake nobody has decided on."""
    return [_upload_from_row(row) for row in connection.execute(_LIST, {"campaign_id": campaign_id})]


def count_unread(connection: Connection, campaign_id: int) -> int:
    """How many of a campaign wait to be read, or are being read."""
    return connection.execute(_COUNT_UNREAD, {"campaign_id": campaign_id}).scalar_one()


def has_work(connection: Connection, now: datetime, before: datetime) -> bool:
    """Whether a worker has an upload to read, or one from before then to delete."""
    return connection.execute(_HAS_WORK, {"now": now, "before": before}).scalar_one()


def claim(connection: Connection, claim_key: str, now: datetime, until: datetime) -> Upload | None:
    """Claim the upload that has waited longest, or whose worker's lease has run out; None where there is none."""
    found = claim_due(connection, _DUE, _CLAIM, claim_key, now, until)
    return None if found is None else get(connection, found)


def get_file(connection: Connection, upload_id: int) -> tuple[bytes, str] | None:
    """The encrypted file of an upload and its salt; None where it is gone."""
    row = connection.execute(_FILE, {"id": upload_id}).one_or_none()
    return None if row is None or row.encrypted_file is None else (bytes(row.encrypted_file), row.salt)


def renew_claim(connection: Connection, upload: Upload, rows: int, until: datetime) -> bool:
    """Renew a claim and record the progress. False where it is gone: thrown away, or taken by another worker."""
    given = {"of_id": upload.id, "of_claim": upload.claim_key, "rows": rows, "until": until}
    return connection.execute(_RENEW, given).rowcount == 1


def finish(
    connection: Connection, upload: Upload, state: UploadState, *, rows: int = 0, intake_id: int | None = None, error: str = ""
) -> bool:
    """Record what became of an upload, and delete its file. False where its claim is gone."""
    given = {
        "of_id": upload.id, "of_claim": upload.claim_key, "to_state": state.value, "rows": rows, "of_intake": intake_id,
        "error": error,
    }  # fmt: skip
    return connection.execute(_FINISH, given).rowcount == 1


def delete_upload(connection: Connection, upload_id: int) -> bool:
    """Delete an upload, whatever became of it. False where it is not there."""
    return connection.execute(_DELETE, {"id": upload_id}).rowcount == 1


def delete_before(connection: Connection, before: datetime) -> int:
    """Delete uploads from before then; returns how many."""
    return connection.execute(_DELETE_BEFORE, {"before": before}).rowcount


def _upload_from_row(row: Row[*tuple[Any, ...]]) -> Upload:
    return Upload(**{**row._asdict(), "state": UploadState(row.state)})
