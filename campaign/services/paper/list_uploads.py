"""Lists uploaded at the desk: kept encrypted, read by a worker, and turned into an intake that waits to be confirmed.

Reading a list takes seconds of a processor and tens of megabytes, which a web process has not to spare. Its row is the promise;
a worker that dies is followed by another once its lease is over.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import structlog

from campaign.domain.accounts.actor import Actor
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.paper.paper_text import PaperText
from campaign.jobs import READ_UPLOADS
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.security.encryption import DecryptionError
from campaign.services.paper import import_list, validate
from campaign.services.paper.packed_sentences import sentence_to_text, text_to_sentence
from campaign.services.paper.validate import ReadOptions
from campaign.store.campaigns import campaigns
from campaign.store.paper import uploads
from campaign.store.paper.uploads import Upload, UploadState
from campaign.store.redis import process_heartbeats

if TYPE_CHECKING:
    from campaign.domain.campaigns.campaign import Campaign

log = structlog.get_logger(__name__)

MAX_ROWS = 20_000
"""Rows of a list at the desk. A longer one is for the command line, which shows how it goes on."""
MAX_UNPACKED_BYTES = 20_000_000
"""Octets of a workbook, unpacked."""
MAX_UNREAD_PER_CAMPAIGN = 3
UPLOAD_LIFETIME = import_list.UNCONFIRMED_LIFETIME
LEASE = timedelta(seconds=60)
"""What a worker that dies delays a list by."""
LEASE_RENEWAL_SECONDS = 1.0
"""Seconds between two renewals, which also say how far it is."""
MAX_ATTEMPTS = 2
"""A list at which two workers died is not tried on a third."""
_SWEEP_INTERVAL = timedelta(hours=1)
_FAILED_MESSAGE = N_("Reading it was broken off twice. Split the list, or save it as CSV, and upload it again.")
_NOT_DECRYPTED_MESSAGE = N_("It can no longer be decrypted. Upload it again.")


class UploadStoppedError(Exception):
    """The claim is gone: the list was thrown away, or another worker reads it."""


@dataclass(frozen=True, slots=True)
class UploadForm:
    """Form beside the file of a list, as it was typed."""

    values: Mapping[str, str]
    """As it was typed, by the names of the inputs."""
    columns: Mapping[str, str]
    """What columns are called, by field; only those that were given."""
    sheet_name: str
    paper_text: PaperText


def store_upload(runtime: Runtime, actor: Actor, campaign: Campaign, label: str, body: bytes, form: UploadForm) -> int:
    """Keep a list until a worker has read it, for a day at most; returns its number.

    Raises InvalidInputError where the campaign takes in no paper, or too many of its lists wait already.
    """
    salt = runtime.random_bytes(16).hex()
    encrypted = runtime.file_cipher.encrypt_part(campaign.id, salt, 0, body, last=True)
    with runtime.transaction() as connection:
        import_list.require_accepts_paper(connection, campaign.id)
        if uploads.count_unread(connection, campaign.id) >= MAX_UNREAD_PER_CAMPAIGN:
            raise InvalidInputError("Other lists of this campaign are being read. Wait until they are, or throw one away.")
        upload_id = uploads.add_upload(
            connection, campaign.id, actor.campaigner_id or 0, import_list.printable_label(label), encrypted, salt,
            runtime.text_cipher.encrypt(campaign.id, _form_json(form)), len(body), runtime.now(),
        )  # fmt: skip
    runtime.enqueue_once(READ_UPLOADS)
    return upload_id


def get_upload(runtime: Runtime, campaign: Campaign, upload_id: int) -> Upload | None:
    """An uploaded list of a campaign."""
    with runtime.reading() as connection:
        upload = uploads.get(connection, upload_id)
    return upload if upload is not None and upload.campaign_id == campaign.id else None


def list_open_uploads(runtime: Runtime, campaign: Campaign) -> list[Upload]:
    """Lists of a campaign that nobody has decided on: not read yet, read, or refused."""
    with runtime.reading() as connection:
        return uploads.list_open(connection, campaign.id)


def typed_values(runtime: Runtime, upload: Upload) -> dict[str, str]:
    """What was typed beside the file, by the names of the inputs; nothing where it cannot be decrypted."""
    try:
        values: dict[str, str] = json.loads(runtime.text_cipher.decrypt(upload.campaign_id, upload.encrypted_form))["values"]
    except DecryptionError:
        return {}
    return values


def refusal(runtime: Runtime, upload: Upload) -> str:
    """Why a list cannot be read: a sentence that is translated where it is shown."""
    try:
        return text_to_sentence(runtime.text_cipher.decrypt(upload.campaign_id, upload.encrypted_error))
    except (DecryptionError, ValueError):
        return _FAILED_MESSAGE


def discard_upload(runtime: Runtime, campaign: Campaign, upload_id: int) -> bool:
    """Throw away an uploaded list, also while it is read. False where it is not there, or has become an intake."""
    upload = get_upload(runtime, campaign, upload_id)
    if upload is None or upload.state is UploadState.READ:
        return False
    with runtime.transaction() as connection:
        return uploads.delete_upload(connection, upload_id)


def has_living_reader(runtime: Runtime) -> bool:
    """Whether a worker lives that reads lists."""
    try:
        heartbeats = runtime.call_redis(process_heartbeats.list_heartbeats)
    except RedisUnavailableError:
        return False
    return any(one.role == READ_UPLOADS.queue and one.is_alive for one in heartbeats)


def has_work(runtime: Runtime) -> bool:
    """Whether there is a list to read, or an old one to delete."""
    now = runtime.now()
    with runtime.reading() as connection:
        return uploads.has_work(connection, now, now - UPLOAD_LIFETIME - _SWEEP_INTERVAL)


def delete_old_uploads(runtime: Runtime) -> int:
    """Delete the lists that have been here for a day; returns how many."""
    with runtime.transaction() as connection:
        return uploads.delete_before(connection, runtime.now() - UPLOAD_LIFETIME)


def read_next_upload(runtime: Runtime) -> bool | None:
    """Read the list that has waited longest. None where none waits, False where it is no list, or was thrown away meanwhile.

    Raises whatever kept it from being read; then it is read again once the lease is over.
    """
    now = runtime.now()
    with runtime.transaction() as connection:
        upload = uploads.claim(connection, runtime.random_token(), now, now + LEASE)
    if upload is None:
        return None
    try:
        if upload.attempts > MAX_ATTEMPTS:
            raise InvalidInputError(_FAILED_MESSAGE)
        _read(runtime, upload)
    except UploadStoppedError:
        log.info("An uploaded list was thrown away while it was read", upload=upload.id)
        return False
    except (InvalidInputError, DecryptionError) as refused:
        words = refused.sentence if isinstance(refused, InvalidInputError) else _NOT_DECRYPTED_MESSAGE
        with runtime.transaction() as connection:
            error = runtime.text_cipher.encrypt(upload.campaign_id, sentence_to_text(words))
            uploads.finish(connection, upload, UploadState.REFUSED, error=error)
        return False
    log.info("An uploaded list is read", upload=upload.id)
    return True


def _read(runtime: Runtime, upload: Upload) -> None:
    with runtime.reading() as connection:
        kept = uploads.get_file(connection, upload.id)
        campaign = campaigns.get_by_id(connection, upload.campaign_id)
    if kept is None:
        raise UploadStoppedError
    body = runtime.file_cipher.decrypt_part(campaign.id, kept[1], 0, kept[0], last=True)
    options = _read_options(runtime, campaign, upload)
    lease = _Lease(runtime, upload)
    checked = validate.validate_list(runtime, campaign, BytesIO(body), options, progress=lease.advance)
    if not checked.rows:
        raise InvalidInputError("There is nothing in the file below the names of its columns.")
    with runtime.transaction() as connection:
        intake_id = import_list.add_unconfirmed(runtime, connection, upload.created_by, campaign, checked, upload.label)
        if not uploads.finish(connection, upload, UploadState.READ, rows=checked.rows, intake_id=intake_id):
            raise UploadStoppedError


class _Lease:
    """Claim of a list that is being read: renewed as its rows are."""

    def __init__(self, runtime: Runtime, upload: Upload) -> None:
        self._runtime, self._upload = runtime, upload
        self._rows, self._renew_at = 0, 0.0

    def advance(self, rows: int) -> None:
        """Take note of more rows. Raises UploadStoppedError."""
        self._rows += rows
        if time.monotonic() < self._renew_at:
            return
        self._renew_at = time.monotonic() + LEASE_RENEWAL_SECONDS
        with self._runtime.transaction() as connection:
            if not uploads.renew_claim(connection, self._upload, self._rows, self._runtime.now() + LEASE):
                raise UploadStoppedError


def _form_json(form: UploadForm) -> str:
    since = form.paper_text.collected_from
    return json.dumps({
        "values": dict(form.values), "columns": dict(form.columns), "sheet": form.sheet_name,
        "text_hash": form.paper_text.text_hash, "since": since.isoformat() if since else "",
    })  # fmt: skip


def _read_options(runtime: Runtime, campaign: Campaign, upload: Upload) -> ReadOptions:
    given = json.loads(runtime.text_cipher.decrypt(campaign.id, upload.encrypted_form))
    versions = {one.text_hash: one for one in validate.list_text_choices(runtime, campaign)}
    since = date.fromisoformat(given["since"]) if given["since"] else None
    return ReadOptions(
        column_mapping=given["columns"], sheet_name=given["sheet"],
        paper_text=PaperText(versions.get(given["text_hash"] or ""), since), keep_left_out=True, max_rows=MAX_ROWS,
        max_unpacked_bytes=MAX_UNPACKED_BYTES,
    )  # fmt: skip
