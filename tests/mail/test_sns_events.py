"""Events that Amazon's SNS brings: whose certificate is believed, where it is fetched, and what is confirmed."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from campaign.domain.mail.delivery import DeliveryEvent
from campaign.mail.events.event_request import EventRefusedError, EventRequest, EventSourceUnavailableError
from campaign.mail.events.registry import fetch_address
from campaign.mail.events.ses import SnsReader
from tests.mail.test_events import NOW, REFERENCE, read
from tests.support.provider_events import (
    CERTIFICATE_URL,
    EVENT_SOURCES,
    SUBSCRIBE_URL,
    Posted,
    elliptic_certificate,
    post_of,
    sign_sns,
    sns_certificate,
)


@pytest.mark.parametrize("body", [b"", b"no certificate", "an elliptic key"])
def test_a_certificate_that_is_none_of_amazons_is_refused(body: bytes | str) -> None:
    def amazon(_address: str) -> bytes:
        return elliptic_certificate() if isinstance(body, str) else body

    posted = post_of(EVENT_SOURCES["ses"], "hard", REFERENCE, "1", NOW)
    with pytest.raises(EventRefusedError):
        SnsReader(amazon).read_events(EventRequest({}, posted.body, NOW), EVENT_SOURCES["ses"].secret)


def test_one_certificate_is_fetched_at_a_time() -> None:
    posted = post_of(EVENT_SOURCES["ses"], "hard", REFERENCE, "1", NOW)
    refused: list[type[Exception]] = []

    def amazon(_address: str) -> bytes:
        try:
            ask()
        except EventSourceUnavailableError as error:
            refused.append(type(error))
        return sns_certificate()

    reader = SnsReader(amazon)

    def ask() -> list[DeliveryEvent]:
        return reader.read_events(EventRequest({}, posted.body, NOW), EVENT_SOURCES["ses"].secret)

    assert len(ask()) == 1
    assert refused == [EventSourceUnavailableError]
    assert len(ask()) == 1


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((200, {}, b"a certificate"), b"a certificate"), ((200, {}, b"x" * 200_000), b"x" * 100_000),
        ((404, {}, b"gone"), None), ((302, {"Location": "/2"}, b""), None), ((500, {}, b""), None),
    ],
)  # fmt: skip
def test_an_address_of_amazon_is_asked_once_and_led_nowhere(
    answer: tuple[int, dict[str, str], bytes], expected: bytes | None
) -> None:
    asked: list[str] = []

    class Amazon(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, headers, body = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Amazon) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_address[1]}/1"
            if expected is None:
                with pytest.raises(EventSourceUnavailableError):
                    fetch_address(address)
            else:
                assert fetch_address(address) == expected
        finally:
            server.shutdown()
            thread.join()
    assert asked == ["/1"]
    with pytest.raises(EventSourceUnavailableError):
        fetch_address(address)


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
