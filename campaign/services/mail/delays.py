"""Delays of mails at the moment: measured by the clock, read from Redis by the page that says to look into one's mailbox."""

from dataclasses import replace
from datetime import timedelta

from campaign.domain.mail.delay import HELD_UP_AFTER, MEASURED_WINDOW, MIN_FLOOD_MAILS, NO_DELAYS, MailDelays, measured_delays
from campaign.domain.site.alarm import FLOOD_WAIT
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.store.database.engine import StoreUnavailableError
from campaign.store.mail import mail_waits
from campaign.store.redis import mail_delays, mail_failure

_MINUTE = timedelta(minutes=1)


def measure_mail_delays(runtime: Runtime) -> MailDelays:
    """Measure how long mails take, and keep that in Redis. One bounded read, however much mail there was."""
    now, per_minute = runtime.now(), runtime.settings.mail_per_minute
    with runtime.reading() as connection:
        waits = mail_waits.newest_waits(connection, now, now - MEASURED_WINDOW)
        waiting = mail_waits.waiting_mails(connection, now, now + _MINUTE, now + FLOOD_WAIT, now - _MINUTE)
    # What a bound allows, or what has gone: with neither, nothing can be foretold.
    pace = per_minute or waiting.sent_last_minute
    least = 60.0 * waiting.fair / per_minute if per_minute else 0.0
    is_flood = waiting.behind >= MIN_FLOOD_MAILS and pace
    flood_seconds = 60.0 * (waiting.fair + waiting.behind) / pace if is_flood else 0.0
    found = measured_delays(waits, least, flood_seconds)
    try:
        runtime.call_redis(lambda redis: mail_delays.cache_mail_delays(redis, found))
    except RedisUnavailableError:
        return found
    return found


def mail_delays_now(runtime: Runtime) -> MailDelays:
    """How mails go at the moment; nothing where nobody has measured it, or Redis does not answer."""
    try:
        failure = runtime.call_redis(mail_failure.mail_failure)
        measured = runtime.call_redis(mail_delays.cached_mail_delays) or NO_DELAYS
    except RedisUnavailableError:
        return NO_DELAYS
    return replace(measured, is_held_up=failure is not None and runtime.now() - failure.since >= HELD_UP_AFTER)


def waits_behind_own_network(runtime: Runtime, network: str) -> bool:
    """Whether a mail caused from a network now waits behind many others caused from it."""
    key = runtime.tokens.flow_key("network", network) if network else None
    if key is None:
        return False
    try:
        with runtime.reading() as connection:
            place = mail_waits.last_place_ms(connection, key)
    except StoreUnavailableError:
        return False
    return place is not None and place > (runtime.now() + FLOOD_WAIT).timestamp() * 1000
