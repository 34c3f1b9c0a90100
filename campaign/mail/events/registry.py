"""Registry of the providers whose events are read."""

from collections.abc import Callable

from campaign.domain.mail.delivery import DeliveryEvent
from campaign.mail.events import brevo, mailgun, postmark, resend, sendgrid
from campaign.mail.events.event_request import EventRequest, EventSourceUnavailableError
from campaign.mail.events.ses import Fetch, SnsReader

FETCH_SECONDS = 4.0
"""For a certificate of Amazon, or a confirmation to it."""
_MAX_FETCHED_BYTES = 100_000

EventReader = Callable[[EventRequest, str], list[DeliveryEvent]]
"""What a request says, once it is known who sent it. Raises EventRefusedError, EventMalformedError or
EventSourceUnavailableError."""


def event_readers(fetch: Fetch | None = None) -> dict[str, EventReader]:
    """A reader for each provider."""
    return {
        "postmark": postmark.read_events, "mailgun": mailgun.read_events, "sendgrid": sendgrid.read_events,
        "brevo": brevo.read_events, "resend": resend.read_events, "ses": SnsReader(fetch or fetch_address).read_events,
    }  # fmt: skip


def fetch_address(address: str) -> bytes:
    """What an address of Amazon answers. Raises EventSourceUnavailableError."""
    # Imported where it is used: it is large, and only this reader asks anybody.
    import requests  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    try:
        with requests.get(address, timeout=FETCH_SECONDS, allow_redirects=False, stream=True) as answer:
            if answer.status_code != 200:
                raise EventSourceUnavailableError
            return answer.raw.read(_MAX_FETCHED_BYTES, decode_content=True)
    except (requests.RequestException, HTTPError):
        raise EventSourceUnavailableError from None
