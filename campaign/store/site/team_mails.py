"""What teams are to be told of: goals reached, deadlines that come near, and whoever wants to hear of each day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from campaign.store.database.statements import statement


@dataclass(frozen=True, slots=True)
class MilestoneRecipient:
    """A goal that was reached, and somebody of the team who wants to know."""

    campaign_id: int
    campaigner_id: int
    goal: int
    reached_at: datetime


@dataclass(frozen=True, slots=True)
class ClosingRecipient:
    """A campaign that closes soon, and somebody of its team who wants to know."""

    campaign_id: int
    campaigner_id: int
    closes_at: datetime
    verified: int
    goals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DigestRecipient:
    """A running campaign, and somebody of its team who wants to hear of each day."""

    campaign_id: int
    campaigner_id: int
    slug: str
    title: str
    time_zone: str
    verified: int


_WANTS_ALERTS = "p.disabled_at IS NULL AND p.told AND p.email <> ''"
_MILESTONE_RECIPIENTS = statement(
    f"""SELECT m.campaign_id, t.campaigner_id, m.goal, m.reached_at FROM milestones m
        JOIN team t ON t.campaign_id = m.campaign_id JOIN campaigners p ON p.id = t.campaigner_id
        WHERE m.reached_at >= :since AND {_WANTS_ALERTS} ORDER BY m.campaign_id, m.goal, t.campaigner_id LIMIT :most"""
)
_CLOSING_RECIPIENTS = statement(
    f"""SELECT c.id AS campaign_id, t.campaigner_id, c.closes_at, n.verified, c.goals FROM campaigns c
        JOIN tallies n ON n.campaign_id = c.id JOIN team t ON t.campaign_id = c.id JOIN campaigners p ON p.id = t.campaigner_id
        WHERE c.closes_at > :now AND c.closes_at <= :before AND c.opens_at <= :now AND c.published_at IS NOT NULL
            AND c.taken_down_at IS NULL AND {_WANTS_ALERTS} ORDER BY c.id, t.campaigner_id LIMIT :most"""
)
_DIGEST_RECIPIENTS = statement(
    """SELECT c.id AS campaign_id, t.campaigner_id, c.slug, x.title, c.time_zone, n.verified FROM campaigners p
       JOIN team t ON t.campaigner_id = p.id JOIN campaigns c ON c.id = t.campaign_id
       JOIN texts x ON x.campaign_id = c.id AND x.hash = c.text_hash JOIN tallies n ON n.campaign_id = c.id
       WHERE p.digest AND p.disabled_at IS NULL AND p.email <> '' AND c.published_at IS NOT NULL AND c.opens_at <= :now
           AND c.verify_until > :now AND c.taken_down_at IS NULL AND (t.campaigner_id, c.id) > (:after, :after_campaign)
       ORDER BY t.campaigner_id, c.id LIMIT :most"""
)


def milestone_recipients(connection: Connection, since: datetime, limit: int) -> list[MilestoneRecipient]:
    """Goals reached since then, for each who is to be told."""
    rows = connection.execute(_MILESTONE_RECIPIENTS, {"since": since, "most": limit})
    return [MilestoneRecipient(**row._asdict()) for row in rows]


def closing_recipients(connection: Connection, now: datetime, before: datetime, limit: int) -> list[ClosingRecipient]:
    """Campaigns that close before then, for each who is to be told."""
    rows = connection.execute(_CLOSING_RECIPIENTS, {"now": now, "before": before, "most": limit})
    return [ClosingRecipient(**{**row._asdict(), "goals": tuple(row.goals)}) for row in rows]


def digest_recipients(connection: Connection, now: datetime, after: tuple[int, int], limit: int) -> list[DigestRecipient]:
    """Running campaigns of those who want a digest, by campaigner and campaign, after a pair of their numbers."""
    given = {"now": now, "after": after[0], "after_campaign": after[1], "most": limit}
    return [DigestRecipient(**row._asdict()) for row in connection.execute(_DIGEST_RECIPIENTS, given)]
