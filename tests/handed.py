"""An export as a worker leaves it, made with one call and no worker."""

import hashlib

from campaign.domain.export import Plan
from campaign.exporting import LASTS
from campaign.runtime import Runtime
from campaign.store import export_work, exports


def done_export(
    runtime: Runtime, campaign_id: int, campaigner_id: int, body: bytes = b"a file", plan: Plan | None = None
) -> int:
    """The number of an export that is ready to be downloaded. No other may be waiting."""
    now = runtime.now()
    with runtime.transaction() as connection:
        exports.create(connection, campaign_id, campaigner_id, plan or Plan(), now)
        export = export_work.claim(connection, runtime.token(), runtime.octets(16).hex(), now, now)
        assert export is not None
        sealed = runtime.part_sealer.seal(export.id, export.salt, 0, body, last=True)
        export_work.add_parts(connection, export, 0, [sealed])
        digest = hashlib.sha256(body).hexdigest()
        assert export_work.finish(connection, export, 1, len(body), digest, now, now + LASTS)
    return export.id
