"""An export as a worker leaves it, made with one call and no worker."""

import hashlib

from campaign.domain.exports.plan import ExportPlan
from campaign.runtime import Runtime
from campaign.services.exports import FILE_LIFETIME
from campaign.store.exports import export_jobs, exports


def finished_export(
    runtime: Runtime, campaign_id: int, campaigner_id: int, body: bytes = b"a file", plan: ExportPlan | None = None
) -> int:
    """The number of an export that is ready to be downloaded. No other may be waiting."""
    now = runtime.now()
    with runtime.transaction() as connection:
        exports.create_export(connection, campaign_id, campaigner_id, plan or ExportPlan(), now)
        export = export_jobs.claim_export(connection, runtime.random_token(), runtime.random_bytes(16).hex(), now, now)
        assert export is not None
        sealed = runtime.file_cipher.encrypt_part(export.id, export.salt, 0, body, last=True)
        export_jobs.add_parts(connection, export, 0, [sealed])
        digest = hashlib.sha256(body).hexdigest()
        assert export_jobs.mark_done(connection, export, 1, len(body), digest, now, now + FILE_LIFETIME)
    return export.id
