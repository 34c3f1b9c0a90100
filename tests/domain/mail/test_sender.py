"""MAIL_FROM: any name, in the header as the format's own readers read it."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import cast

import pytest

from campaign.domain.mail.sender import default_sender, read_sender
from campaign.mail.message import build_message
from tests.support.factories import START_TIME

NAMES = [
    "Keep our NHS, Leeds",
    "Our Campaign",
    'The "Pond" People',
    "O'Brien & Sons (Leeds) [North]; <all>: welcome",
    "back\\slash",
    "a@b",
    "Siân O’Brien, Caerdydd",
    "Łódź; „Park”",
    "保护池塘",
    "حملة البركة",
    "Парк для всех, Київ " * 9,
    "😀 campaign",
    "name with  two spaces",
    "x" * 200,
    "Dr. J. Smith, M.P.",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("recipient", ["ada@example.org", "用户@例え.example"])
def test_any_name_comes_through_as_it_was_written(name: str, recipient: str) -> None:
    sender = read_sender(f"{name} <no-reply@example.org>")
    said = " ".join(name.split())
    assert (sender.name, sender.address, sender.domain) == (said, "no-reply@example.org", "example.org")
    made = build_message(recipient, "s", ("t", "h"), sender=sender, message_id="<1@example.org>", date=START_TIME)
    raw = made.as_bytes(policy=made.policy.clone(linesep="\r\n"))
    head = raw.split(b"\r\n\r\n")[0]
    assert max(len(line) for line in head.split(b"\r\n")) <= 998
    read_name, address = parseaddr(message_from_bytes(raw)["From"])
    assert (str(make_header(decode_header(read_name))), address) == (said, sender.address)
    modern = cast("EmailMessage", message_from_bytes(raw, policy=policy.default))
    assert [one.addr_spec for one in modern["From"].addresses] == [sender.address]
    if len(name) < 20:  # it puts spaces between the parts of longer ones, against RFC 2047, 6.2
        assert modern["From"].addresses[0].display_name == said
    assert modern["To"] == (recipient if recipient.isascii() else "用户@xn--r8jz45g.example")


@pytest.mark.parametrize(
    ("written", "name", "address"),
    [
        ("no-reply@example.org", "", "no-reply@example.org"),
        ("<no-reply@example.org>", "", "no-reply@example.org"),
        ('"Keep our NHS, Leeds" <no-reply@example.org>', "Keep our NHS, Leeds", "no-reply@example.org"),
        (r'"The \"Pond\" People" <no-reply@example.org>', 'The "Pond" People', "no-reply@example.org"),
        ("Buch <post@bücher.example>", "Buch", "post@xn--bcher-kva.example"),
        ("post@例え.テスト", "", "post@xn--r8jz45g.xn--zckzah"),
        ("post@localhost", "", "post@localhost"),
        ("post@[192.0.2.1]", "", "post@[192.0.2.1]"),
        ("post@[IPv6:2001:db8::1]", "", "post@[IPv6:2001:db8::1]"),
        ("o'brien+petitions@example.org", "", "o'brien+petitions@example.org"),
    ],
)
def test_a_sender_is_read_as_people_write_it(written: str, name: str, address: str) -> None:
    sender = read_sender(written)
    assert (sender.name, sender.address) == (name, address)
    assert sender.domain.isascii()


@pytest.mark.parametrize(
    "written",
    [
        "nobody", "no-reply@", "@example.org", "no reply@example.org", "Our Campaign no-reply@example.org", "a@b@c",
        "no-reply@example.org\r\nBcc: eve@example.org", "x\x00 <a@example.org>", "Name <a@example.org", "Name <>",
        "пост@example.org", "a@-example.org", "a@exa mple.org", "a..b@example.org", "a@" + "x" * 64 + ".org",
        "x" * 201 + " <a@example.org>", "a@[300.1.1.1]", "line\u2028break <a@example.org>",
    ],
)  # fmt: skip
def test_what_is_no_sender_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="must"):
        read_sender(written)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("sign.example.org", "no-reply@sign.example.org"),
        ("bücher.example", "no-reply@xn--bcher-kva.example"),
        ("192.0.2.1", "no-reply@[192.0.2.1]"),
        ("2001:db8::1", "no-reply@[IPv6:2001:db8::1]"),
    ],
)
def test_each_host_has_a_sender(host: str, address: str) -> None:
    assert default_sender(host).address == address
