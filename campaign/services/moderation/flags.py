"""Flags: raised by a worker that looks at what was signed in the last hour, judged and put away by campaigners."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.moderation.flag import MIN_SCORE, MIN_SIGNATURES, FlagKind, Observation, score_parts
from campaign.domain.signatures.mail_domains import COMMON_DOMAINS
from campaign.runtime import Runtime
from campaign.store.accounts import audit_log
from campaign.store.moderation import flags
from campaign.store.moderation.flags import Flag

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = structlog.get_logger(__name__)

OBSERVED_WINDOW = timedelta(hours=1)
_BASELINE_WINDOW = timedelta(days=7)
_REFUSED_WINDOW = timedelta(days=1)
_MAX_CAMPAIGNS_PER_QUERY = 200


def raise_flags(runtime: Runtime) -> int:
    """Look at the newest signatures of every campaign that can still be signed or verified; returns how many flags were
    raised, or raised higher."""
    after, raised = 0, 0
    while True:
        with runtime.reading() as connection:
            watched = flags.open_campaign_ids(connection, runtime.now(), after, _MAX_CAMPAIGNS_PER_QUERY)
        raised += sum(raise_flags_of(runtime, campaign_id) for campaign_id in watched)
        if len(watched) < _MAX_CAMPAIGNS_PER_QUERY:
            return raised
        after = watched[-1]


def raise_flags_of(runtime: Runtime, campaign_id: int) -> int:
    """The same for one campaign."""
    now = runtime.now()
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    with runtime.reading() as connection:
        found = [(kind, seen) for kind in FlagKind for seen in _observations(connection, kind, campaign_id, now)]
    odd = [(kind, seen, points) for kind, seen in found if sum((points := score_parts(kind, seen)).values()) >= MIN_SCORE]
    if not odd:
        return 0
    with runtime.transaction() as connection:
        raised = sum(flags.raise_flag(connection, campaign_id, kind, seen, points, hour, now) for kind, seen, points in odd)
    if raised:
        log.info("Flags were raised", campaign_id=campaign_id, flags=raised)
    return raised


def list_flags(runtime: Runtime, campaign: Campaign, *, dismissed: bool = False) -> list[Flag]:
    """The flags of a campaign that stand, or that were dismissed."""
    with runtime.reading() as connection:
        return flags.list_flags(connection, campaign.id, dismissed=dismissed)


def dismiss_flag(runtime: Runtime, actor: Actor, campaign: Campaign, flag_id: int) -> bool:
    """Put a flag away. False where it is not there to be put away."""
    now = runtime.now()
    with runtime.transaction() as connection:
        done = flags.dismiss_flag(connection, campaign.id, flag_id, actor.campaigner_id, now)
        if done:
            audit_log.record(connection, actor, "dismiss flag", now, campaign_id=campaign.id, subject=f"flag {flag_id}")
    return done


def reopen_flag(runtime: Runtime, actor: Actor, campaign: Campaign, flag_id: int) -> bool:
    """Let a flag that was dismissed stand again. False where there is no such flag."""
    with runtime.transaction() as connection:
        done = flags.reopen_flag(connection, campaign.id, flag_id)
        if done:
            audit_log.record(
                connection, actor, "bring back flag", runtime.now(), campaign_id=campaign.id, subject=f"flag {flag_id}"
            )
    return done


def _observations(connection: "Connection", kind: FlagKind, campaign_id: int, now: datetime) -> list[Observation]:
    if kind is FlagKind.REFUSED:
        return flags.refused_domains(connection, campaign_id, now - _REFUSED_WINDOW, MIN_SIGNATURES[kind])
    since = now - OBSERVED_WINDOW
    total = flags.count_recent(connection, campaign_id, since)
    if total < MIN_SIGNATURES[kind]:
        return []
    seen = flags.recent_groups(connection, kind, campaign_id, since, MIN_SIGNATURES[kind], total)
    subjects = [one.subject for one in seen]
    if kind is FlagKind.DOMAIN:
        # Half of all people have their mail at one of these: many signatures there say nothing.
        seen = [one for one in seen if one.subject not in COMMON_DOMAINS]
        usual = (
            flags.domain_hourly_averages(connection, campaign_id, subjects, now - _BASELINE_WINDOW, since - OBSERVED_WINDOW)
            if seen
            else {}
        )
        return [replace(one, baseline=usual.get(one.subject, 0.0)) for one in seen]
    if kind is FlagKind.SOURCE:
        shares = flags.source_shares(connection, campaign_id, subjects) if seen else {}
        return [replace(one, baseline=shares.get(one.subject, 0.0)) for one in seen]
    return seen
