"""The tables. What changes often (the numbers of a campaign) stands apart from what signatures refer to (the campaign), so
that a signature never waits for the count and the count never waits for a signature.
"""

from campaign.store.tables.accounts import (
    audit_log,
    campaigners,
    invitations,
    login_links,
    passkeys,
    recovery_codes,
    team_members,
)
from campaign.store.tables.campaigns import (
    announcements,
    campaigns,
    former_slugs,
    pictures,
    statements,
    text_versions,
    texts,
    translations,
)
from campaign.store.tables.exports import STORED_EXPORT_SQL, UNFINISHED_EXPORT_SQL, export_parts, exports
from campaign.store.tables.ledger import (
    certificates,
    country_tallies,
    declaration_tallies,
    hourly_tallies,
    ledger,
    milestones,
    tallies,
)
from campaign.store.tables.log import (
    log_campaigns,
    log_checkpoints,
    log_cosignatures,
    log_head,
    log_hours,
    log_leaves,
    log_tiles,
    log_witnesses,
)
from campaign.store.tables.mail import (
    UNTALLIED_DELIVERY_SQL,
    UNTALLIED_SQL,
    mail_events,
    outbox,
    reminder_progress,
    suppressions,
)
from campaign.store.tables.metadata import metadata
from campaign.store.tables.moderation import batches, flags
from campaign.store.tables.paper import (
    IMPORTED_ONCE_SQL,
    ONE_PER_DAY_SQL,
    ONE_PER_SHEET_SQL,
    UNFINISHED_INTAKE_SQL,
    intakes,
    sheets,
)
from campaign.store.tables.places import UNKNOWN_PLACE_ID, UNPLACED_SQL, place_tallies, places, postcodes, representatives
from campaign.store.tables.privacy import complaints, retentions
from campaign.store.tables.rollups import area_tallies, cohort_tallies, removal_tallies, source_tallies, wait_tallies
from campaign.store.tables.signatures import (
    ERASURE_REQUESTED_SQL,
    UNCOUNTED_SQL,
    WITHDRAWN_KEPT_SQL,
    corrections,
    saved_filters,
    signatures,
)
from campaign.store.tables.site import alarms, switches, write_probes
from campaign.store.tables.submissions import samples, submissions
from campaign.store.tables.updates import UPDATES_DUE_SQL, updates

__all__ = [
    "ERASURE_REQUESTED_SQL",
    "IMPORTED_ONCE_SQL",
    "ONE_PER_DAY_SQL",
    "ONE_PER_SHEET_SQL",
    "STORED_EXPORT_SQL",
    "UNCOUNTED_SQL",
    "UNFINISHED_EXPORT_SQL",
    "UNFINISHED_INTAKE_SQL",
    "UNKNOWN_PLACE_ID",
    "UNPLACED_SQL",
    "UNTALLIED_DELIVERY_SQL",
    "UNTALLIED_SQL",
    "UPDATES_DUE_SQL",
    "WITHDRAWN_KEPT_SQL",
    "alarms",
    "announcements",
    "area_tallies",
    "audit_log",
    "batches",
    "campaigners",
    "campaigns",
    "certificates",
    "cohort_tallies",
    "complaints",
    "corrections",
    "country_tallies",
    "declaration_tallies",
    "export_parts",
    "exports",
    "flags",
    "former_slugs",
    "hourly_tallies",
    "intakes",
    "invitations",
    "ledger",
    "log_campaigns",
    "log_checkpoints",
    "log_cosignatures",
    "log_head",
    "log_hours",
    "log_leaves",
    "log_tiles",
    "log_witnesses",
    "login_links",
    "mail_events",
    "metadata",
    "milestones",
    "outbox",
    "passkeys",
    "pictures",
    "place_tallies",
    "places",
    "postcodes",
    "recovery_codes",
    "reminder_progress",
    "removal_tallies",
    "representatives",
    "retentions",
    "samples",
    "saved_filters",
    "sheets",
    "signatures",
    "source_tallies",
    "statements",
    "submissions",
    "suppressions",
    "switches",
    "tallies",
    "team_members",
    "text_versions",
    "texts",
    "translations",
    "updates",
    "wait_tallies",
    "write_probes",
]
