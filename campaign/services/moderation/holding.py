"""Holding at the desk: whether a campaign asks for it, and what its flags hold. What is held decides
`campaign.services.ledger.holding`."""

from collections.abc import Mapping

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.jobs import RELEASE_HELD
from campaign.runtime import Runtime
from campaign.store.accounts import audit_log
from campaign.store.moderation import holds


def read_holding(runtime: Runtime, campaign: Campaign) -> tuple[bool, Mapping[int, int]]:
    """Whether a campaign asks that bursts are held, and how many signatures each of its flags holds."""
    with runtime.reading() as connection:
        return holds.is_holding_on(connection, campaign.id), holds.held_by_flag(connection, campaign.id)


def set_holding(runtime: Runtime, actor: Actor, campaign: Campaign, *, on: bool) -> bool:
    """Ask that bursts are held, or no longer: then all that is held is counted. False where it is so already."""
    now = runtime.now()
    with runtime.transaction() as connection:
        changed = holds.set_holding(connection, campaign.id, on=on)
        if changed:
            if not on:
                holds.end_holding(connection, campaign.id, now)
            audit_log.record(connection, actor, "hold bursts" if on else "hold no bursts", now, campaign_id=campaign.id)
    if changed and not on:
        runtime.enqueue_once(RELEASE_HELD)
    return changed
