"""Optimistic locking of a campaign's edits: a change names the revision it was made from, and replaces only that one."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, exists, or_, select, union_all, update

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign, RecipientKind
from campaign.domain.campaigns.settings import CampaignSettings, Schedule
from campaign.store.accounts import audit_log
from campaign.store.accounts.audit_log import AuditEntry
from campaign.store.campaigns import campaigns
from campaign.store.tables import campaigns as table
from campaign.store.tables import former_slugs, ledger, signatures

_MAX_ENTRIES = 20
"""Entries of the audit log that are searched for the changes of others."""
REVISION_KEY = "revision"
"""Name under which the audit log holds the revision that a change has made."""


@dataclass(frozen=True, slots=True)
class EditableCampaign:
    """Campaign as the editor shows it."""

    campaign: Campaign
    revision: int
    """Grows with every change of the campaign, not with its numbers."""
    has_signatures: bool
    """Whether anybody has ever signed it."""


class EditConflictError(Exception):
    """The campaign was changed since this revision was read. Nothing was stored."""

    def __init__(self, editable: EditableCampaign, changes: list[AuditEntry]) -> None:
        super().__init__(editable.campaign.slug)
        self.editable = editable
        """As it is now."""
        self.changes = changes
        """The changes since, newest first, as far as they are known."""


_OF_CAMPAIGN = update(table).where(table.c.id == bindparam("of_id"))
_GET_EDITABLE = select(
    table.c.revision,
    or_(
        exists(signatures.c.id).where(signatures.c.campaign_id == table.c.id),
        exists(ledger.c.sequence).where(ledger.c.campaign_id == table.c.id),
    ).label("has_signatures"),
).where(table.c.id == bindparam("id"))
_CLAIM_REVISION = _OF_CAMPAIGN.where(table.c.revision == bindparam("seen_revision")).values(revision=table.c.revision + 1)
_SET_RECIPIENT_KIND = _OF_CAMPAIGN.values(recipient_kind=bindparam("kind"))
_SET_PREVIEW_KEY = _OF_CAMPAIGN.values(preview_key=bindparam("key"))
_GET_PREVIEW_KEY = select(table.c.preview_key).where(table.c.id == bindparam("id"))
_CANDIDATES: BindParameter[Any] = bindparam("candidates", expanding=True)
_USED_SLUGS = union_all(
    select(table.c.slug).where(table.c.slug.in_(_CANDIDATES)),
    select(former_slugs.c.slug).where(former_slugs.c.slug.in_(_CANDIDATES)),
)


def get_editable(connection: Connection, campaign_id: int) -> EditableCampaign:
    """Campaign to be edited. Its contents are never older than its revision. Raises NoResultFound."""
    row = connection.execute(_GET_EDITABLE, {"id": campaign_id}).one()
    return EditableCampaign(campaigns.get_by_id(connection, campaign_id), row.revision, row.has_signatures)


def claim_revision(connection: Connection, campaign_id: int, seen_revision: int) -> EditableCampaign:
    """Begin a change made from `seen_revision`; others wait until the transaction ends. Raises EditConflictError."""
    if connection.execute(_CLAIM_REVISION, {"of_id": campaign_id, "seen_revision": seen_revision}).rowcount != 1:
        entries = audit_log.list_entries(connection, campaign_id, limit=_MAX_ENTRIES)
        since = [entry for entry in entries if entry.after.get(REVISION_KEY, 0) > seen_revision]
        raise EditConflictError(get_editable(connection, campaign_id), since)
    return get_editable(connection, campaign_id)


def set_recipient_kind(connection: Connection, campaign_id: int, kind: RecipientKind) -> None:
    """Change the kind of recipient."""
    connection.execute(_SET_RECIPIENT_KIND, {"of_id": campaign_id, "kind": kind})


def set_draft_times(connection: Connection, campaign_id: int, times: Schedule) -> None:
    """Change the times of a draft. What is published keeps its window: others have read it."""
    _update(
        connection, campaign_id, {
            "opens_at": times.opens_at, "closes_at": times.closes_at, "verify_until": times.closes_at + times.grace,
            "time_zone": times.time_zone,
        }, drafts_only=True,
    )  # fmt: skip


def set_rules(connection: Connection, campaign_id: int, rules: CampaignSettings) -> None:
    """Change the fields of the sign form, and how the campaign looks."""
    form_fields, goals = dataclasses.asdict(rules.form_fields), list(rules.goals)
    plain = {
        name: getattr(rules, name)
        for name in (
            "supporters", "accent", "contact", "controller", "organiser", "organiser_url", "eligibility", "eligibility_rule",
        )
    }  # fmt: skip
    step = {"next_step": rules.next_step.kind, "next_step_url": rules.next_step.url}
    _update(connection, campaign_id, {**plain, **step, "form_fields": form_fields, "goals": goals})


def set_preview_key(connection: Connection, campaign_id: int, key: str) -> None:
    """Change the key of the preview link; the old link stops working."""
    connection.execute(_SET_PREVIEW_KEY, {"of_id": campaign_id, "key": key})


def get_preview_key(connection: Connection, campaign_id: int) -> str:
    """Key of the preview link; "" where there is none."""
    return str(connection.execute(_GET_PREVIEW_KEY, {"id": campaign_id}).scalar_one())


def used_slugs(connection: Connection, candidates: list[str]) -> set[str]:
    """Those of some slugs that a campaign has or once had."""
    return set(connection.execute(_USED_SLUGS, {"candidates": candidates}).scalars())


def record_change(
    connection: Connection,
    actor: Actor,
    action: str,
    editable: EditableCampaign,
    now: datetime,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    subject: str = "",
    reason: str = "",
) -> None:
    """Record a change of a claimed campaign in the audit log, with the revision it makes."""
    audit_log.record(
        connection, actor, action, now, campaign_id=editable.campaign.id, subject=subject, before=before,
        after={**after, REVISION_KEY: editable.revision}, reason=reason,
    )  # fmt: skip


def _update(connection: Connection, campaign_id: int, values: Mapping[str, Any], *, drafts_only: bool = False) -> None:
    change = _OF_CAMPAIGN.values(values)
    if drafts_only:
        change = change.where(table.c.published_at.is_(None))
    connection.execute(change, {"of_id": campaign_id})
