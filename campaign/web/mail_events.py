"""Events of mail providers: `POST /mail/events/<provider>`. It answers whether an event is good, and nothing about anybody."""

from flask import Blueprint, Response, abort, request

from campaign.config import Settings
from campaign.domain.mail.mail_url import event_provider
from campaign.mail.events.event_request import (
    EventMalformedError,
    EventRefusedError,
    EventRequest,
    EventSourceUnavailableError,
)
from campaign.mail.events.registry import event_readers
from campaign.services.mail import delivery_events
from campaign.web.app_context import runtime
from campaign.web.security_headers import takes_body

MAX_EVENT_BYTES = 1_000_000
"""Octets of one request. SendGrid, which sends the longest, joins events up to 768 KB."""

blueprint = Blueprint("mail_events", __name__)
_READERS = event_readers()


@blueprint.post("/mail/events/<provider>")
@takes_body(MAX_EVENT_BYTES)
def receive_events(provider: str) -> Response:
    """Take in what the provider of MAIL_URL tells. Any other has no such page: the secret would be read as another's."""
    settings = runtime().settings
    if provider != expected_provider(settings):
        abort(404)
    request.max_content_length = MAX_EVENT_BYTES
    headers = {name.lower(): value for name, value in request.headers.items()}
    posted = EventRequest(headers, request.get_data(cache=False, parse_form_data=False), runtime().now())
    try:
        events = _READERS[provider](posted, settings.mail_webhook_secret.get_secret_value())
    except EventRefusedError:
        return _answer(403)
    except EventMalformedError:
        return _answer(400)
    except EventSourceUnavailableError:
        return _answer(503)
    delivery_events.take_in_events(runtime(), provider, events)
    return _answer(200)


def expected_provider(settings: Settings) -> str:
    """The provider whose events are taken; "" where none is set up."""
    return event_provider(settings.mail_url) if settings.mail_webhook_secret.get_secret_value() else ""


def _answer(status: int) -> Response:
    response = Response("", status, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
