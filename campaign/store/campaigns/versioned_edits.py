"""Changing a campaign that others may be changing too: whoever saves says which revision they saw; only that is replaced."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign, RecipientKind
from campaign.domain.campaigns.settings import CampaignSettings, Schedule
from campaign.store.accounts import audit_log
from campaign.store.accounts.audit_log import AuditEntry
from campaign.store.campaigns import campaigns
from campaign.store.database.statements import statement
from campaign.store.tables import campaigns as table

_MAX_ENTRIES = 20
"""Entries of the audit trail that are looked through for what somebody else has changed."""
REVISION_KEY = "revision"
"""Under this name the audit trail says which revision a change has made."""


@dataclass(frozen=True, slots=True)
class EditableCampaign:
    """A campaign as somebody sees it who is going to change it."""

    campaign: Campaign
    revision: int
    """Grows with every change of the campaign, not with its numbers."""
    has_signatures: bool
    """Whether anybody has ever signed it."""


class EditConflictError(Exception):
    """Somebody else has changed the campaign since it was opened. Nothing was stored."""

    def __init__(self, editable: EditableCampaign, changes: list[AuditEntry]) -> None:
        super().__init__(editable.campaign.slug)
        self.editable = editable
        """As it is now."""
        self.changes = changes
        """What was changed since, the newest first, as far as it is known."""


_GET_EDITABLE = statement(
    """SELECT revision, EXISTS (SELECT 1 FROM signatures s WHERE s.campaign_id = c.id)
              OR EXISTS (SELECT 1 FROM ledger l WHERE l.campaign_id = c.id) AS signed
       FROM campaigns c WHERE c.id = :id"""
)
_CLAIM_REVISION = statement("UPDATE campaigns SET revision = revision + 1 WHERE id = :id AND revision = :seen")
_SET_RECIPIENT_KIND = statement("UPDATE campaigns SET recipient_kind = :kind WHERE id = :id")
_SET_PREVIEW_KEY = statement("UPDATE campaigns SET preview_key = :key WHERE id = :id")
_GET_PREVIEW_KEY = statement("SELECT preview_key FROM campaigns WHERE id = :id")
_USED_SLUGS = statement(
    "SELECT slug FROM campaigns WHERE slug IN :wanted UNION ALL SELECT slug FROM slugs WHERE slug IN :wanted",
    list_parameters=("wanted",),
)


def get_editable(connection: Connection, campaign_id: int) -> EditableCampaign:
    """A campaign, to be changed. What it says is never older than its revision. Raises NoResultFound."""
    row = connection.execute(_GET_EDITABLE, {"id": campaign_id}).one()
    return EditableCampaign(campaigns.get_by_id(connection, campaign_id), row.revision, bool(row.signed))


def claim_revision(connection: Connection, campaign_id: int, seen_revision: int) -> EditableCampaign:
    """Begin a change of what somebody saw at revision `seen`; nobody else can until the transaction ends. Raises Overtaken."""
    if connection.execute(_CLAIM_REVISION, {"id": campaign_id, "seen": seen_revision}).rowcount != 1:
        entries = audit_log.list_entries(connection, campaign_id, limit=_MAX_ENTRIES)
        since = [entry for entry in entries if entry.became.get(REVISION_KEY, 0) > seen_revision]
        raise EditConflictError(get_editable(connection, campaign_id), since)
    return get_editable(connection, campaign_id)


def set_recipient_kind(connection: Connection, campaign_id: int, kind: RecipientKind) -> None:
    """Say whom the campaign asks."""
    connection.execute(_SET_RECIPIENT_KIND, {"id": campaign_id, "kind": kind})


def set_draft_times(connection: Connection, campaign_id: int, times: Schedule) -> None:
    """Change when a draft will run. What is published keeps its window: others have read it."""
    _update(
        connection, campaign_id, {
            "opens_at": times.opens_at, "closes_at": times.closes_at, "verify_until": times.closes_at + times.grace,
            "time_zone": times.time_zone,
        }, drafts_only=True,
    )  # fmt: skip


def set_rules(connection: Connection, campaign_id: int, rules: CampaignSettings) -> None:
    """Change what is asked of who signs, and how the campaign looks."""
    asked, goals = dataclasses.asdict(rules.form_fields), list(rules.goals)
    plain = {name: getattr(rules, name) for name in ("supporters", "accent", "contact", "controller")}
    _update(connection, campaign_id, {**plain, "asked": asked, "goals": goals})


def set_preview_key(connection: Connection, campaign_id: int, key: str) -> None:
    """Change what opens the preview; the old link is dead."""
    connection.execute(_SET_PREVIEW_KEY, {"id": campaign_id, "key": key})


def get_preview_key(connection: Connection, campaign_id: int) -> str:
    """What opens the preview; empty where nothing does."""
    return str(connection.execute(_GET_PREVIEW_KEY, {"id": campaign_id}).scalar_one())


def used_slugs(connection: Connection, candidates: list[str]) -> set[str]:
    """Which of some slugs are, or once were, a campaign's."""
    return set(connection.execute(_USED_SLUGS, {"wanted": candidates}).scalars())


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
    """Note a change of a campaign that was claimed, with the revision it makes."""
    audit_log.record(
        connection, actor, action, now, campaign_id=editable.campaign.id, subject=subject, before=before,
        after={**after, REVISION_KEY: editable.revision}, reason=reason,
    )  # fmt: skip


def _update(connection: Connection, campaign_id: int, values: Mapping[str, Any], *, drafts_only: bool = False) -> None:
    change = table.update().where(table.c.id == bindparam("of_id")).values(values)
    if drafts_only:
        change = change.where(table.c.published_at.is_(None))
    connection.execute(change, {"of_id": campaign_id})
