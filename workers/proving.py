"""Proving every count again, once a night: one campaign after the other, in turns between which others have theirs."""

import time

from campaign import counting, operating
from campaign.domain.actor import THE_SITE
from campaign.jobs import RECONCILE
from campaign.runtime import RedisUnavailable, Runtime

TURN = 5.0
"""Seconds of one job; a campaign that takes longer is finished in it all the same."""


def prove(runtime: Runtime) -> int:
    """Prove the counts of the next campaigns; returns how many. Where it has come to is kept in Redis; lost, it begins anew."""
    runtime.began(RECONCILE)
    until, proved = time.monotonic() + TURN, 0
    try:
        so_far = operating.proving(runtime) or {"after": 0, "campaigns": 0, "drifts": {}}
        while time.monotonic() < until:
            standing = operating.next_campaign(runtime, so_far["after"])
            if standing is None:
                operating.note_proved(runtime, THE_SITE, so_far["campaigns"], so_far["drifts"])
                operating.set_proving(runtime, None)
                return proved
            off = counting.reconcile(runtime, standing).off_by
            drifts = {**so_far["drifts"], **({standing.slug: off} if off else {})}
            so_far = {"after": standing.id, "campaigns": so_far["campaigns"] + 1, "drifts": drifts}
            operating.set_proving(runtime, so_far)
            proved += 1
    except RedisUnavailable:
        return proved
    runtime.hint(RECONCILE)
    return proved
