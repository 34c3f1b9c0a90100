"""Bounces as servers really write them."""

import pytest

from campaign.domain.mail.delivery import Delivery
from campaign.mail.bounces import MAX_BOUNCE_BYTES, read_bounce
from tests.support.bounce_samples import NO_BOUNCES, QMAIL, SAMPLES

REFERENCE = "7.0123456789abcdef01234567"


def raw(sample: str, reference: str = REFERENCE) -> bytes:
    return sample.replace("REF@", f"{reference}@").encode()


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_bounce_is_what_it_says(name: str, newline: bytes) -> None:
    sample, delivery, status = SAMPLES[name]
    found = read_bounce(raw(sample).replace(b"\n", newline))
    assert found is not None
    assert (found.delivery, found.status, found.references) == (Delivery(delivery), status, (REFERENCE,))


@pytest.mark.parametrize("name", NO_BOUNCES)
def test_what_is_no_bounce_is_none(name: str) -> None:
    assert read_bounce(raw(NO_BOUNCES[name])) is None


def test_the_address_it_came_to_names_the_mail_before_anything_it_returns() -> None:
    own = "9_fedcba9876543210fedcba98"
    mail = raw(QMAIL).replace(b"To: no-reply@example.org", f"To: bounces+{own}@example.org".encode(), 1)
    found = read_bounce(mail)
    assert found is not None
    assert found.references == (own, REFERENCE)


@pytest.mark.parametrize(
    "octets", [b"", b"\0" * 1000, b"\xff" * 1000, b"Content-Type: multipart/report; boundary=\n\n--\n--\n",
               b"Content-Type: multipart/mixed; boundary=B\n\n" + b"--B\n" * 5000, raw(QMAIL)[:200],
               b"Content-Type: multipart/x; boundary=B\n\n--B\nContent-Type: message/delivery-status\n\nAction: failed\n--B"],
)  # fmt: skip
def test_broken_mails_are_no_error_of_ours(octets: bytes) -> None:
    read_bounce(octets)


def test_no_more_is_read_of_a_mail_than_has_room() -> None:
    long = raw(QMAIL) + (f"<1{REFERENCE}@example.org>\n" * 20_000).encode()
    found = read_bounce(long + b"x" * MAX_BOUNCE_BYTES)
    assert found is not None
    assert found.references[0] == REFERENCE
