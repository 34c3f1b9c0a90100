"""Events of providers: only who signed them as documented is believed, and each says what it says."""

import contextlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from campaign.domain.mail.delivery import Delivery
from campaign.mail.events.event_request import (
    EventMalformedError,
    EventRefusedError,
    EventRequest,
    EventSourceUnavailableError,
)
from campaign.mail.events.registry import event_readers
from campaign.mail.events.ses import SnsReader
from tests.support.provider_events import (
    CERTIFICATE_URL,
    EVENT_SOURCES,
    KINDS,
    SUBSCRIBE_URL,
    Posted,
    post_of,
    sign_sns,
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
            for value in (None, [], {}, [{}], 7, {"a": [1]}):
                changed = {**one, name: value}
                body = json.dumps([changed] if isinstance(event, list) else changed).encode()
                read(provider, source.sign(body, "event-1", NOW))


def test_both_versions_of_amazons_signature_are_read_and_no_other_topic() -> None:
    body = json.dumps(EVENT_SOURCES["ses"].event("hard", REFERENCE, "1", NOW)).encode()
    for version in ("1", "2"):
        assert read("ses", sign_sns(body, "1", NOW, version))
    for wrong in (sign_sns(body, "1", NOW, topic="arn:aws:sns:eu-west-2:999:theirs"), sign_sns(body, "1", NOW, "3")):
        with pytest.raises(EventRefusedError):
            read("ses", wrong)


@pytest.mark.parametrize(
    "address",
    [
        "https://sns.eu-west-2.amazonaws.com.evil.example/SimpleNotificationService-1.pem",
        "https://evil.example/sns.eu-west-2.amazonaws.com/SimpleNotificationService-1.pem",
        "http://sns.eu-west-2.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.eu-west-2.amazonaws.com/bucket/SimpleNotificationService-1.pem",
        "https://user@sns.eu-west-2.amazonaws.com/SimpleNotificationService-1.pem",
        "https://sns.eu-west-2.amazonaws.com/SimpleNotificationService-1.pem\n",
        "",
    ],
)
def test_certificates_come_from_amazon_alone(address: str) -> None:
    whole = json.loads(sign_sns(b"{}", "1", NOW).body) | {"SigningCertURL": address}
    with pytest.raises(EventRefusedError):
        read("ses", Posted(json.dumps(whole).encode(), {}))


def test_a_subscription_to_our_topic_is_confirmed_and_no_other_address_is_asked() -> None:
    asked: list[str] = []

    def amazon(address: str) -> bytes:
        asked.append(address)
        return sns_certificate()

    reader = SnsReader(amazon)
    posted = sign_sns(b"You have chosen to subscribe", "1", NOW, kind="SubscriptionConfirmation")
    for _ in range(2):
        assert reader.read_events(EventRequest({}, posted.body, NOW), EVENT_SOURCES["ses"].secret) == []
    assert asked == [CERTIFICATE_URL, SUBSCRIBE_URL, SUBSCRIBE_URL]


def test_amazon_away_is_no_refusal() -> None:
    def away(address: str) -> bytes:
        raise EventSourceUnavailableError

    posted = post_of(EVENT_SOURCES["ses"], "hard", REFERENCE, "1", NOW)
    with pytest.raises(EventSourceUnavailableError):
        SnsReader(away).read_events(EventRequest({}, posted.body, NOW), EVENT_SOURCES["ses"].secret)
