"""Flags: raised by a worker that looks at what was signed in the last hour, judged and put away by campaigners."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from campaign.domain.actor import Actor
from campaign.domain.flag import LEAST, RAISED_AT, FlagKind, Seen, parts
from campaign.domain.mail_domains import COMMON
from campaign.domain.standing import Standing
from campaign.runtime import Runtime
from campaign.store import audit, flags
from campaign.store.flags import Flag

if TYPE_CHECKING:
    from sqlalchemy import Connection

log = structlog.get_logger(__name__)

WINDOW = timedelta(hours=1)
_USUAL_OVER = timedelta(days=7)
_REFUSED_OVER = timedelta(days=1)
_MOST_CAMPAIGNS = 200


def look(runtime: Runtime) -> int:
    """Look at the newest signatures of every campaign that can still be signed or verified; returns how many flags were
    raised, or raised higher."""
    after, raised = 0, 0
    while True:
        with runtime.reading() as connection:
            watched = flags.watched(connection, runtime.now(), after, _MOST_CAMPAIGNS)
        raised += sum(look_at(runtime, campaign_id) for campaign_id in watched)
        if len(watched) < _MOST_CAMPAIGNS:
            return raised
        after = watched[-1]


def look_at(runtime: Runtime, campaign_id: int) -> int:
    """The same for one campaign."""
    now = runtime.now()
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    with runtime.reading() as connection:
        found = [(kind, seen) for kind in FlagKind for seen in _seen(connection, kind, campaign_id, now)]
    odd = [(kind, seen, points) for kind, seen in found if sum((points := parts(kind, seen)).values()) >= RAISED_AT]
    if not odd:
        return 0
    with runtime.transaction() as connection:
        raised = sum(flags.put_up(connection, campaign_id, kind, seen, points, hour, now) for kind, seen, points in odd)
    if raised:
        log.info("Flags were raised", campaign_id=campaign_id, flags=raised)
    return raised


def page(runtime: Runtime, standing: Standing, *, dismissed: bool = False) -> list[Flag]:
    """The flags of a campaign that stand, or that were dismissed."""
    with runtime.reading() as connection:
        return flags.page(connection, standing.id, dismissed=dismissed)


def dismiss(runtime: Runtime, actor: Actor, standing: Standing, flag_id: int) -> bool:
    """Put a flag away. False where it is not there to be put away."""
    now = runtime.now()
    with runtime.transaction() as connection:
        done = flags.dismiss(connection, standing.id, flag_id, actor.campaigner_id, now)
        if done:
            audit.record(connection, actor, "dismiss flag", now, campaign_id=standing.id, subject=f"flag {flag_id}")
    return done


def bring_back(runtime: Runtime, actor: Actor, standing: Standing, flag_id: int) -> bool:
    """Let a flag that was dismissed stand again. False where there is no such flag."""
    with runtime.transaction() as connection:
        done = flags.bring_back(connection, standing.id, flag_id)
        if done:
            audit.record(
                connection, actor, "bring back flag", runtime.now(), campaign_id=standing.id, subject=f"flag {flag_id}"
            )
    return done


def _seen(connection: "Connection", kind: FlagKind, campaign_id: int, now: datetime) -> list[Seen]:
    if kind is FlagKind.REFUSED:
        return flags.refused(connection, campaign_id, now - _REFUSED_OVER, LEAST[kind])
    since = now - WINDOW
    total = flags.total(connection, campaign_id, since)
    if total < LEAST[kind]:
        return []
    seen = flags.seen(connection, kind, campaign_id, since, LEAST[kind], total)
    subjects = [one.subject for one in seen]
    if kind is FlagKind.DOMAIN:
        # Half of all people have their mail at one of these: many signatures there say nothing.
        seen = [one for one in seen if one.subject not in COMMON]
        usual = flags.usual_of_domains(connection, campaign_id, subjects, now - _USUAL_OVER, since - WINDOW) if seen else {}
        return [replace(one, usual=usual.get(one.subject, 0.0)) for one in seen]
    if kind is FlagKind.SOURCE:
        shares = flags.shares_of_sources(connection, campaign_id, subjects) if seen else {}
        return [replace(one, usual=shares.get(one.subject, 0.0)) for one in seen]
    return seen
