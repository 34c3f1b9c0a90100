"""Label of the delay of mails at the moment, on the page that tells to look for one."""

from campaign.domain.mail.delay import SLOW_SECONDS, MailDelays
from campaign.services.mail import delays
from campaign.web.app_context import runtime
from campaign.web.cache import Region, process_cache
from campaign.web.translation import gettext, ngettext

CACHE_SECONDS = 10.0
"""Seconds a process believes what it has read."""
MAIL_DELAYS: Region[MailDelays] = Region("mail delays", max_entries=1, seconds=CACHE_SECONDS)
_QUICK_SECONDS, _MINUTE, _HOUR = 20, 60, 3600


def mail_delay_label(address: str, network: str) -> str:
    """A sentence measured of all mails of the last half hour; "" where nothing is known.

    `network` is that of the reader: where many others of it wait, so do they.
    """
    known = process_cache().get(MAIL_DELAYS, "all", lambda: delays.mail_delays_now(runtime()))
    if known.is_held_up:
        return gettext("Our emails are held up right now. Yours is kept, and comes by itself as soon as they leave again.")
    if known.flood_seconds >= _MINUTE and delays.waits_behind_own_network(runtime(), network):
        return gettext(
            "Many people sign from your network right now, so the email may take %(time)s.", time=_about(known.flood_seconds)
        )
    return _measured_label(*known.of_address(address))


def _measured_label(provider: str, seconds: int | None) -> str:
    if seconds is None:
        return ""
    if seconds <= _QUICK_SECONDS:
        return gettext("It’s usually there within 20 seconds.")
    if seconds < SLOW_SECONDS:
        return gettext("It usually takes %(time)s.", time=_about(seconds))
    if provider:
        return gettext("%(provider)s is slow right now: %(time)s.", provider=provider, time=_about(seconds))
    return gettext("Email is slow right now: %(time)s.", time=_about(seconds))


def _about(seconds: int) -> str:
    """A duration that promises no less than it is."""
    if seconds <= _MINUTE:
        return gettext("about a minute")
    if seconds < 2 * _HOUR:
        minutes = -(-seconds // _MINUTE)
        # Nobody waits for eleven minutes rather than a quarter of an hour.
        minutes = minutes if minutes <= 10 else -(-minutes // 5) * 5
        return ngettext("about %(num)s minute", "about %(num)s minutes", minutes)
    hours = -(-seconds // _HOUR)
    return ngettext("about %(num)s hour", "about %(num)s hours", hours)
