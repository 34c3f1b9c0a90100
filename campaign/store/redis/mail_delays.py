"""Copy in Redis of how long mails take at the moment."""

import json

from redis import Redis

from campaign.domain.mail.delay import MailDelays

_KEY = "countersign:mail-delays"
_LIFETIME_SECONDS = 180
"""How long a copy lasts that nobody renews; the clock does so every half minute."""


def cache_mail_delays(redis: Redis, delays: MailDelays) -> None:
    """Copy them."""
    value = {"overall": delays.overall, "by_provider": dict(delays.by_provider), "flood_seconds": delays.flood_seconds}
    redis.set(_KEY, json.dumps(value), ex=_LIFETIME_SECONDS)


def cached_mail_delays(redis: Redis) -> MailDelays | None:
    """The copy; None where there is none."""
    raw = redis.get(_KEY)
    if raw is None:
        return None
    value = json.loads(raw)
    return MailDelays(value["overall"], value["by_provider"], value["flood_seconds"])
