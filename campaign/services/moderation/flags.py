"""Flags: raised by a worker that looks at what was signed in the last hour, judged and dismissed by campaigners."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.moderation.flag import (
    MAX_FLAG_PERIOD,
    MIN_SCORE,
    MIN_SIGNATURES,
    SERIOUS_SCORE,
    FlagKind,
    FlagPeriod,
    Observation,
    is_flood,
    score_parts,
)
from campaign.domain.moderation.holding import HOLD_LIFETIME
from campaign.domain.moderation.standing_rule import allows_flag_on
from campaign.domain.signatures.filters import Filters
from campaign.domain.signatures.mail_domains import COMMON_DOMAINS
from campaign.domain.signatures.signature import SignatureState
from campaign.domain.site.alarm import AlarmKind
from campaign.jobs import RELEASE_HELD
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.services.moderation.proof_of_work import network_hash
from campaign.store.accounts import audit_log
from campaign.store.moderation import flag_observations, flags, holds, standing_rules
from campaign.store.moderation.flags import Flag
from campaign.store.redis.floods import cache_flooding_networks
from campaign.store.site import alarms

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
    floods: set[str] = set()
    while True:
        with runtime.reading() as connection:
            watched = flag_observations.open_campaign_ids(connection, runtime.now(), after, _MAX_CAMPAIGNS_PER_QUERY)
        raised += sum(raise_flags_of(runtime, campaign_id, floods) for campaign_id in watched)
        if len(watched) < _MAX_CAMPAIGNS_PER_QUERY:
            _name_floods(runtime, floods)
            return raised
        after = watched[-1]


def raise_flags_of(runtime: Runtime, campaign_id: int, floods: set[str]) -> int:
    """The same for one campaign. Networks from which a flood comes are added to `floods`."""
    now = runtime.now()
    with runtime.reading() as connection:
        found = [(kind, seen) for kind in FlagKind for seen in _observations(connection, kind, campaign_id, now)]
        rules = standing_rules.rules_in_force(connection, campaign_id) if found else []
    found = [(kind, seen) for kind, seen in found if not any(allows_flag_on(rule, kind.value, seen.subject) for rule in rules)]
    odd = [(kind, seen, points) for kind, seen in found if sum((points := score_parts(kind, seen)).values()) >= MIN_SCORE]
    if not odd:
        return 0
    with runtime.transaction() as connection:
        raised = 0
        for kind, seen, points in odd:
            if _raise_or_extend(connection, campaign_id, kind, seen, points, now):
                raised += 1
                _raise_alarm_if_serious(connection, campaign_id, points, now)
            if is_flood(kind, seen):
                floods.add(seen.subject)
                facts = {"amount": seen.count, "verified": seen.verified}
                alarms.raise_alarm(connection, AlarmKind.FLOOD, now, campaign_id=campaign_id, facts=facts)
        holds.begin_holding(connection, campaign_id, now - OBSERVED_WINDOW, now + HOLD_LIFETIME)
    if raised:
        log.info("Flags were raised", campaign_id=campaign_id, flags=raised)
    return raised


def get_flag(runtime: Runtime, campaign: Campaign, flag_id: int) -> Flag | None:
    """A flag of a campaign."""
    with runtime.reading() as connection:
        return flags.get(connection, campaign.id, flag_id)


def list_flags(runtime: Runtime, campaign: Campaign, *, dismissed: bool = False) -> list[Flag]:
    """The flags of a campaign that stand, or that were dismissed."""
    with runtime.reading() as connection:
        return flags.list_flags(connection, campaign.id, dismissed=dismissed)


def flag_filters(flag: Flag) -> Filters:
    """The signatures a flag is about and no others: its subject, given online in its time, and not yet gone."""
    states: tuple[SignatureState, ...] = (SignatureState.PENDING, SignatureState.VERIFIED)
    since = flag.since
    match flag.kind:
        case FlagKind.REFUSED:
            # What was refused was never verified; the figures are those of the last day.
            states, since = (SignatureState.PENDING,), max(flag.since, flag.before - _REFUSED_WINDOW)
            subject = Filters(domain=flag.subject)
        case FlagKind.DOMAIN:
            subject = Filters(domain=flag.subject)
        case FlagKind.NETWORK:
            subject = Filters(network=flag.subject)
        case FlagKind.SOURCE:
            subject = Filters(source=flag.subject)
        case FlagKind.NAME:
            subject = Filters(name=flag.subject, whole_name=True)
    return replace(subject, kind="online", states=states, since=since, before=flag.before)


def dismiss_flag(runtime: Runtime, actor: Actor, campaign: Campaign, flag_id: int) -> bool:
    """Dismissal of a flag: what it holds is counted. False where it is not there, or dismissed."""
    now = runtime.now()
    with runtime.transaction() as connection:
        done = flags.dismiss_flag(connection, campaign.id, flag_id, actor.campaigner_id, now)
        if done:
            audit_log.record(connection, actor, "dismiss flag", now, campaign_id=campaign.id, subject=f"flag {flag_id}")
            if flags.highest_active_score(connection, campaign.id) < SERIOUS_SCORE:
                alarms.end_alarm(connection, AlarmKind.SERIOUS_FLAG, now, campaign_id=campaign.id)
    if done:
        runtime.enqueue_once(RELEASE_HELD)
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


def _name_floods(runtime: Runtime, networks: set[str]) -> None:
    """Let who signs from these networks, and from no others, be asked for a proof of work."""
    hashes = {network_hash(runtime, network) for network in networks}
    try:
        runtime.call_redis(lambda redis: cache_flooding_networks(redis, hashes))
    except RedisUnavailableError:
        return


def _raise_or_extend(
    connection: "Connection", campaign_id: int, kind: FlagKind, seen: Observation, points: Mapping[str, int], now: datetime
) -> bool:
    """A flag for what was seen: the one there is where the same burst goes on, else a new one. False where nothing is higher.

    What was judged to be all right stays so; only what came after it is looked at by itself.
    """
    last, period = flags.newest_of_subject(connection, campaign_id, kind, seen.subject), seen.period
    if last is None or period is None or last.before <= period.since:
        return flags.raise_flag(connection, campaign_id, kind, seen, points, now)
    joined = period.joined(FlagPeriod(last.since, last.before))
    if last.dismissed_at is None and (kind is FlagKind.REFUSED or joined.before - joined.since <= MAX_FLAG_PERIOD):
        return flags.extend_flag(connection, campaign_id, last, _recounted(connection, campaign_id, kind, seen, joined), points)
    # Of refused mails the last day is all that is known: it cannot be looked at from a moment on.
    if period.before <= last.before or kind is FlagKind.REFUSED:
        return False
    later = _recounted(connection, campaign_id, kind, seen, FlagPeriod(last.before, period.before))
    points = score_parts(kind, later)
    return sum(points.values()) >= MIN_SCORE and flags.raise_flag(connection, campaign_id, kind, later, points, now)


def _raise_alarm_if_serious(connection: "Connection", campaign_id: int, points: Mapping[str, int], now: datetime) -> None:
    if (score := min(100, sum(points.values()))) >= SERIOUS_SCORE:
        alarms.raise_alarm(connection, AlarmKind.SERIOUS_FLAG, now, campaign_id=campaign_id, facts={"score": score})


def _recounted(
    connection: "Connection", campaign_id: int, kind: FlagKind, seen: Observation, period: FlagPeriod
) -> Observation:
    """The same over another period. Of refused mails only the last day is known."""
    if kind is FlagKind.REFUSED:
        return replace(seen, period=period)
    amount, total, verified = flag_observations.count_in_period(connection, campaign_id, kind, seen.subject, period)
    return replace(seen, count=amount, total=total, verified=verified, period=period)


def _observations(connection: "Connection", kind: FlagKind, campaign_id: int, now: datetime) -> list[Observation]:
    if kind is FlagKind.REFUSED:
        period = FlagPeriod(now - _REFUSED_WINDOW, now)
        found = flag_observations.refused_domains(connection, campaign_id, period.since, MIN_SIGNATURES[kind])
        return [replace(one, period=period) for one in found]
    since = now - OBSERVED_WINDOW
    total = flag_observations.count_recent(connection, campaign_id, since)
    if total < MIN_SIGNATURES[kind]:
        return []
    seen = flag_observations.recent_groups(connection, kind, campaign_id, since, MIN_SIGNATURES[kind], total)
    subjects = [one.subject for one in seen]
    if kind is FlagKind.DOMAIN:
        # Half of all people have their mail at one of these: many signatures there say nothing.
        seen = [one for one in seen if one.subject not in COMMON_DOMAINS]
        usual = (
            flag_observations.domain_hourly_averages(
                connection, campaign_id, subjects, now - _BASELINE_WINDOW, since - OBSERVED_WINDOW
            )
            if seen
            else {}
        )
        return [replace(one, baseline=usual.get(one.subject, 0.0)) for one in seen]
    if kind is FlagKind.SOURCE:
        shares = flag_observations.source_shares(connection, campaign_id, subjects) if seen else {}
        return [replace(one, baseline=shares.get(one.subject, 0.0)) for one in seen]
    return seen
