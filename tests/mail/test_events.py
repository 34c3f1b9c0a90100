"""Events of providers: only who signed them as documented is believed, and each says what it says."""

import contextlib
import copy
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest

from campaign.domain.mail.delivery import Delivery
from campaign.mail.events.event_request import (
    EventMalformedError,
    EventRefusedError,
    EventRequest,
)
from campaign.mail.events.registry import event_readers
from tests.support.provider_events import (
    CERTIFICATE_URL,
    EVENT_SOURCES,
    KINDS,
    Posted,
    post_of,
    sns_certificate,
)

NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
REFERENCE = "7_0123456789abcdef01234567"
every_provider = pytest.mark.parametrize("provider", EVENT_SOURCES)


def fetch(address: str) -> bytes:
    """Amazon."""
    assert address == CERTIFICATE_URL
    return sns_certificate()


READERS = event_readers(fetch)


def read(provider: str, posted: Posted, at: datetime = NOW, secret: str | None = None) -> list[tuple[str, Delivery]]:
    headers = {name.lower(): value for name, value in posted.headers.items()}
    request = EventRequest(headers, posted.body, at)
    events = READERS[provider](request, EVENT_SOURCES[provider].secret if secret is None else secret)
    return [(event.reference.strip("<>").partition("@")[0].replace(".", "_"), event.delivery) for event in events]


@every_provider
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_what_it_says(provider: str, kind: str) -> None:
    posted = post_of(EVENT_SOURCES[provider], kind, REFERENCE, "event-1", NOW)
    assert read(provider, posted) == [(REFERENCE, Delivery(kind))]
    headers = {name.lower(): value for name, value in posted.headers.items()}
    (event,) = READERS[provider](EventRequest(headers, posted.body, NOW), EVENT_SOURCES[provider].secret)
    assert event.event_id


@every_provider
def test_what_is_not_signed_by_the_provider_is_refused(provider: str) -> None:
    source = EVENT_SOURCES[provider]
    posted = post_of(source, "complaint", REFERENCE, "event-1", NOW)
    changes: list[Callable[[], object]] = [
        lambda: read(provider, Posted(b"{}" if provider in ("mailgun", "ses") else posted.body, {})),
        lambda: read(provider, posted, secret=source.secret[:-4] + "AAAA"),
    ]  # fmt: skip
    if provider in ("sendgrid", "resend", "ses"):
        # What the signature covers.
        changes.append(lambda: read(provider, Posted(posted.body.replace(REFERENCE.encode(), b"8" + REFERENCE[1:].encode()),
                                                     posted.headers)))  # fmt: skip
    for change in changes:
        with pytest.raises(EventRefusedError):
            change()


@pytest.mark.parametrize("provider", [name for name, source in EVENT_SOURCES.items() if source.signed_times])
def test_what_is_old_or_from_the_future_is_refused(provider: str) -> None:
    posted = post_of(EVENT_SOURCES[provider], "hard", REFERENCE, "event-1", NOW)
    for away in (timedelta(hours=13), -timedelta(minutes=6)):
        with pytest.raises(EventRefusedError):
            read(provider, posted, NOW + away)
    read(provider, posted, NOW + timedelta(minutes=4))


@every_provider
@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"1", b"null", b'"a"', b"\xff", b"[" * 100_000])
def test_what_is_no_event_is_no_error_of_ours(provider: str, body: bytes) -> None:
    try:
        posted = EVENT_SOURCES[provider].sign(body, "event-1", NOW)
    except (ValueError, TypeError, RecursionError):
        posted = Posted(body, {})
    with contextlib.suppress(EventMalformedError, EventRefusedError):
        assert read(provider, posted) == []


@every_provider
def test_values_of_other_types_are_no_error_of_ours(provider: str) -> None:
    source = EVENT_SOURCES[provider]
    for kind in KINDS:
        event = source.event(kind, REFERENCE, "event-1", NOW)
        one = event[0] if isinstance(event, list) else event
        for name in one:
            for value in (None, [], {}, [{}], 7, {"a": [1]}, "\ud800"):
                changed = {**one, name: value}
                body = json.dumps([changed] if isinstance(event, list) else changed).encode()
                read(provider, source.sign(body, "event-1", NOW))


HOSTILE_VALUES = (
    "é", "\ud800", "=", "9999-12-31T23:59:59", "0001-01-01T00:00:00+14:00", "nan", "inf", "1e999", 10**400, "", None, [], {},
)  # fmt: skip
"""Values that hardly anything reads without a mistake."""


def _paths(value: dict[str, Any], *before: str) -> Iterator[tuple[str, ...]]:
    for name, inner in value.items():
        yield (*before, name)
        if isinstance(inner, dict):
            yield from _paths(inner, *before, name)


@every_provider
def test_whatever_stands_where_the_signature_does_is_refused_or_read(provider: str) -> None:
    posted = post_of(EVENT_SOURCES[provider], "hard", REFERENCE, "event-1", NOW)
    answers: list[object] = []
    for name, value in product(posted.headers, (*HOSTILE_VALUES, "Basic é", "Basic /w==", "Bearer é", "v1,é", "v1", "none x")):
        if isinstance(value, str) and value.isprintable():
            with contextlib.suppress(EventMalformedError, EventRefusedError):
                answers.append(read(provider, Posted(posted.body, {**posted.headers, name: value})))
    if provider not in ("postmark", "brevo"):
        # The type of the content is the only header that says nothing of who sent it.
        assert answers == ([[(REFERENCE, Delivery.HARD_BOUNCE)]] * len(answers) if provider in ("mailgun", "ses") else [])
    whole = json.loads(posted.body)
    for path, value in product(_paths(whole) if isinstance(whole, dict) else (), HOSTILE_VALUES):
        changed = copy.deepcopy(whole)
        at = changed
        for name in path[:-1]:
            at = at[name]
        at[path[-1]] = value
        with contextlib.suppress(EventMalformedError, EventRefusedError):
            read(provider, Posted(json.dumps(changed).encode(), posted.headers))


@every_provider
def test_a_secret_that_is_none_of_the_provider_refuses_everything(provider: str) -> None:
    posted = post_of(EVENT_SOURCES[provider], "hard", REFERENCE, "event-1", NOW)
    for secret in ("whsec_*", "whsec_A", "A", "MCowBQYDK2VwAyEA" + "A" * 43 + "=", "é", "arn:aws:sns:eu-west-2:1:other"):
        with pytest.raises(EventRefusedError):
            read(provider, posted, secret=secret)


FATES: dict[str, list[tuple[dict[str, Any], Delivery | None]]] = {
    "mailgun": [
        ({"event": "rejected"}, Delivery.SOFT_BOUNCE), ({"event": "opened"}, None),
        ({"event": "failed", "severity": "temporary"}, None),
        ({"event": "failed", "severity": "permanent", "reason": "suppress-bounce"}, Delivery.HARD_BOUNCE),
    ],
    "sendgrid": [
        ({"event": "dropped", "reason": "Bounced Address"}, Delivery.HARD_BOUNCE),
        ({"event": "dropped", "reason": "Spam Reporting Address"}, Delivery.SOFT_BOUNCE), ({"event": "open"}, None),
    ],
    "ses": [
        ({"eventType": "Reject"}, Delivery.SOFT_BOUNCE), ({"eventType": "Send"}, None),
        ({"eventType": "", "notificationType": "Complaint"}, Delivery.COMPLAINT),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bounceSubType": "NoEmail"}}, Delivery.HARD_BOUNCE),
        ({"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bounceSubType": "ContentRejected"}},
         Delivery.SOFT_BOUNCE),
    ],
}  # fmt: skip
"""What a provider may say beside the four kinds that each has."""


@pytest.mark.parametrize("provider", FATES)
def test_what_only_one_provider_says_is_read_too(provider: str) -> None:
    source = EVENT_SOURCES[provider]
    for changes, expected in FATES[provider]:
        event = source.event("delivered", REFERENCE, "event-1", NOW)
        one = {"sendgrid": lambda found: found[0], "mailgun": lambda found: found["event-data"]}.get(
            provider, lambda found: found
        )(event)
        one |= changes
        found = read(provider, source.sign(json.dumps(event).encode(), "event-1", NOW))
        assert found == ([] if expected is None else [(REFERENCE, expected)]), changes
