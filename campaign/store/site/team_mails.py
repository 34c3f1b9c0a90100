"""Recipients of the mails to teams: goals reached, deadlines that come near, daily digests."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, and_, bindparam, select, tuple_

from campaign.store.accounts.memberships import SEEING_MEMBERS
from campaign.store.database.statements import columns_of, rows_as
from campaign.store.tables import campaigners, campaigns, milestones, tallies, texts


@dataclass(frozen=True, slots=True)
class MilestoneRecipient:
    """Goal that was reached, and a member of the team who wants alerts."""

    campaign_id: int
    campaigner_id: int
    goal: int
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class ClosingRecipient:
    """Campaign that closes soon, and a member of its team who wants alerts."""

    campaign_id: int
    campaigner_id: int
    closes_at: datetime
    verified: int
    goals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DigestRecipient:
    """Running campaign, and a member of its team who wants a daily digest."""

    campaign_id: int
    campaigner_id: int
    slug: str
    title: str
    time_zone: str
    verified: int


_HAS_MAILBOX = and_(campaigners.c.disabled_at.is_(None), campaigners.c.email != "")
_WANTS_ALERTS = and_(_HAS_MAILBOX, campaigners.c.wants_alerts)
_LIMIT = bindparam("limit", type_=Integer())
_NOW = bindparam("now", type_=campaigns.c.opens_at.type)
_IS_OPENED = and_(campaigns.c.published_at.is_not(None), campaigns.c.opens_at <= _NOW, campaigns.c.taken_down_at.is_(None))
_MILESTONE_RECIPIENTS = (
    select(*columns_of(MilestoneRecipient, milestones, campaigner_id=SEEING_MEMBERS.c.campaigner_id))
    .join(SEEING_MEMBERS, SEEING_MEMBERS.c.campaign_id == milestones.c.campaign_id)
    .join(campaigners, campaigners.c.id == SEEING_MEMBERS.c.campaigner_id)
    .where(milestones.c.reached_at >= bindparam("since"), _WANTS_ALERTS)
    .order_by(milestones.c.campaign_id, milestones.c.goal, SEEING_MEMBERS.c.campaigner_id)
    .limit(_LIMIT)
)
_CLOSING_RECIPIENTS = (
    select(
        *columns_of(
            ClosingRecipient,
            campaigns,
            campaign_id=campaigns.c.id,
            campaigner_id=SEEING_MEMBERS.c.campaigner_id,
            verified=tallies.c.verified,
        )
    )
    .join(tallies, tallies.c.campaign_id == campaigns.c.id)
    .join(SEEING_MEMBERS, SEEING_MEMBERS.c.campaign_id == campaigns.c.id)
    .join(campaigners, campaigners.c.id == SEEING_MEMBERS.c.campaigner_id)
    .where(campaigns.c.closes_at > _NOW, campaigns.c.closes_at <= bindparam("before"), _IS_OPENED, _WANTS_ALERTS)
    .order_by(campaigns.c.id, SEEING_MEMBERS.c.campaigner_id)
    .limit(_LIMIT)
)  # fmt: skip
_DIGEST_RECIPIENTS = (
    select(
        *columns_of(
            DigestRecipient,
            campaigns,
            campaign_id=campaigns.c.id,
            campaigner_id=SEEING_MEMBERS.c.campaigner_id,
            title=texts.c.title,
            verified=tallies.c.verified,
        )
    )
    .select_from(campaigners)
    .join(SEEING_MEMBERS, SEEING_MEMBERS.c.campaigner_id == campaigners.c.id)
    .join(campaigns, campaigns.c.id == SEEING_MEMBERS.c.campaign_id)
    .join(texts, and_(texts.c.campaign_id == campaigns.c.id, texts.c.hash == campaigns.c.text_hash))
    .join(tallies, tallies.c.campaign_id == campaigns.c.id)
    .where(
        campaigners.c.wants_digest, _HAS_MAILBOX, _IS_OPENED, campaigns.c.verify_until > _NOW,
        tuple_(SEEING_MEMBERS.c.campaigner_id, campaigns.c.id)
        > tuple_(
            bindparam("after_campaigner", type_=campaigners.c.id.type), bindparam("after_campaign", type_=campaigns.c.id.type)
        ),
    )
    .order_by(SEEING_MEMBERS.c.campaigner_id, campaigns.c.id)
    .limit(_LIMIT)
)  # fmt: skip


def milestone_recipients(connection: Connection, since: datetime, limit: int) -> list[MilestoneRecipient]:
    """Goals reached since a time, one entry for each recipient."""
    rows = connection.execute(_MILESTONE_RECIPIENTS, {"since": since, "limit": limit})
    return rows_as(MilestoneRecipient, rows)


def closing_recipients(connection: Connection, now: datetime, before: datetime, limit: int) -> list[ClosingRecipient]:
    """Campaigns that close before a time, one entry for each recipient."""
    rows = connection.execute(_CLOSING_RECIPIENTS, {"now": now, "before": before, "limit": limit})
    return [ClosingRecipient(**{**row._asdict(), "goals": tuple(row.goals)}) for row in rows]


def digest_recipients(connection: Connection, now: datetime, after: tuple[int, int], limit: int) -> list[DigestRecipient]:
    """Running campaigns of those who want a digest, by campaigner and campaign id, after a pair of these."""
    given = {"now": now, "after_campaigner": after[0], "after_campaign": after[1], "limit": limit}
    return rows_as(DigestRecipient, connection.execute(_DIGEST_RECIPIENTS, given))
