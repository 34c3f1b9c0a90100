"""A mail on the wire: octet for octet what Python's own writers of messages make of it."""

from email.charset import QP, Charset
from email.message import Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.domain.mail.kinds import SIGNATORY_MAIL_KINDS, MailKind
from campaign.domain.mail.sender import read_sender
from campaign.mail.message import build_message, compose
from campaign.mail.wire_format import quoted_printable, wire_bytes
from tests.mail.test_message import CONTENTS, claim
from tests.mail.test_rendering import LINKS, NAMES
from tests.support.factories import START_TIME

ADDRESSES = (
    "ada@example.org",
    f"{'a' * 64}@{'b' * 60}.{'c' * 60}.example",
    "用户@例え.example",
    "o'brien+petition@münchen.example",
)
SENDERS = (
    "no-reply@sign.example.org",
    '"Pond, Save" <no-reply@sign.example.org>',
    f"{'Pwll â ' * 20}<no-reply@sign.example.org>",
)
TITLES = (
    "Save the village pond", "Achubwch y pwll – nawr", "أنقذوا بركة القرية " * 4, "Save " + "the pond " * 14, "A\nB\r\nC\x85D",
    "=?utf-8?q?no?=", ". dots\n.\n..", "From here", "--=_countersign",
)  # fmt: skip


def as_the_library_writes(message: Message) -> bytes:
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


@pytest.mark.parametrize("kind", SIGNATORY_MAIL_KINDS)
def test_a_mail_of_any_name_and_title_is_written_as_the_library_writes_it(kind: MailKind) -> None:
    written = set()
    for number, name in enumerate(NAMES):
        for title in TITLES:
            address, sender = ADDRESSES[number % len(ADDRESSES)], SENDERS[number % len(SENDERS)]
            mail = compose(
                claim(kind, name=name, title=title, email=address, contact="press@pond.example", id=number + 1), LINKS,
                sender=read_sender(sender), site="sign.example.org", now=START_TIME,
                from_name=("site", "campaign", "organiser")[number % 3],
                content=CONTENTS.get(kind),
            )  # fmt: skip
            assert wire_bytes(mail) == as_the_library_writes(mail)
            written.add(wire_bytes(mail))
    # What one has signed says neither the name nor the title of the one it was asked from.
    assert len(written) == len(NAMES) * len(TITLES) or (kind is MailKind.MY_SIGNATURES and len(written) >= len(NAMES))


@settings(max_examples=50)
@given(st.text(st.sampled_from("aé=. \t佐\n\r\x0b\x1c\x85\u2028-_From"), max_size=300), st.text(max_size=80))
def test_any_text_is_written_as_the_library_writes_it(text: str, more: str) -> None:
    charset, part = Charset("utf-8"), Message()
    charset.body_encoding = QP
    part.set_payload(f"{text}{more}\n", charset)
    assert quoted_printable(f"{text}{more}\n") == part.get_payload()
    mail = build_message(
        "ada@example.org", more, (text, more), sender=read_sender(SENDERS[1]), message_id="<7.x@sign.example.org>",
        date=START_TIME,
    )  # fmt: skip
    assert wire_bytes(mail) == as_the_library_writes(mail)


def test_a_message_of_another_form_is_written_by_the_library() -> None:
    mail = Message()
    mail["Subject"] = "Hello"
    mail.set_payload("one\ntwo\n")
    assert wire_bytes(mail) == b"Subject: Hello\r\n\r\none\r\ntwo\r\n"
