"""Every mail, word for word.

After a change that is meant: UPDATE_GOLDEN=1 make test ARGS=tests/mail, and read the difference.
"""

import os
import re
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP, default
from pathlib import Path
from typing import cast

import pytest

from campaign.domain.campaigns.text import Illustration, Picture
from campaign.domain.mail.claim import MailedUpdate, SignatoryMail
from campaign.domain.mail.kinds import SIGNATORY_MAIL_KINDS, MailKind
from campaign.domain.mail.mailbox_signatures import MailboxSignature, MailboxSignatures
from campaign.domain.mail.sender import read_sender
from campaign.domain.signatures.signature import SignatureState
from campaign.domain.updates.update import MailingState, UpdateKind, UpdateText
from campaign.mail.content import UpdateContent
from campaign.mail.message import compose
from campaign.rendering.markdown import mail_text
from campaign.rendering.markdown_html import render_markdown
from campaign.security.tokens import SignedTokens
from campaign.services.mail.my_signatures import MAX_LISTED
from tests.support.factories import START_TIME

GOLDEN = Path(__file__).parent / "golden"
STATES = {
    MailKind.VERIFY: SignatureState.PENDING,
    MailKind.ALREADY_SIGNED: SignatureState.VERIFIED,
    MailKind.THANK_YOU: SignatureState.VERIFIED,
    MailKind.WITHDRAWN: SignatureState.WITHDRAWN,
    MailKind.REMOVED: SignatureState.INVALIDATED,
    MailKind.REMINDER: SignatureState.PENDING,
    MailKind.LAST_REMINDER: SignatureState.PENDING,
    MailKind.LIFT_SUPPRESSION: SignatureState.PENDING,
    MailKind.MY_SIGNATURES: SignatureState.VERIFIED,
    MailKind.UPDATE: SignatureState.VERIFIED,
}
ANSWER = UpdateText(
    UpdateKind.ANSWERED, "They have answered", "Read it **here**: [all of it](https://example.org/answer).",
    date(2026, 11, 20), "The parish council",
    "No.\n\n- Not now.\n- Not ever, as we said in a letter that was sent to all of you last year.",
)  # fmt: skip
CONTENT = UpdateContent(
    render_markdown(ANSWER.body, top_heading=2),
    mail_text(ANSWER.body),
    render_markdown(ANSWER.answer),
    mail_text(ANSWER.answer),
)
"""As a worker renders them."""
LISTED = MailboxSignatures(
    tuple(
        MailboxSignature(number, "0123456789abcdef", state, title, "Europe/London", START_TIME, verified_at)
        for number, state, title, verified_at in (
            (42, SignatureState.VERIFIED, "Save the village pond", START_TIME),
            (43, SignatureState.PENDING, "Mend the <bridge>", None),
            (44, SignatureState.WITHDRAWN, "حافظوا على المكتبة", START_TIME),
            (
                45,
                SignatureState.INVALIDATED,
                "Plant a tree in every street of the town before winter comes, and two after it",
                None,
            ),
        )
    ),
    are_all=True,
)
CONTENTS = {MailKind.UPDATE: CONTENT, MailKind.MY_SIGNATURES: LISTED}
"""Content of the kinds that have any."""


@pytest.fixture
def links() -> SignedTokens:
    return SignedTokens("0" * 64, (), "https://sign.example.org")


def claim(kind: MailKind, **changes: object) -> SignatoryMail:
    plain: dict[str, object] = {
        "id": 7, "attempt": 1, "kind": kind, "signature_id": 42, "state": STATES[kind],
        "link_key": "0123456789abcdef", "email_key": "sian@example.org", "edition": 1,
        "name": "Siân O’Brien", "email": "sian@example.org", "slug": "save-the-pond", "title": "Save the village pond",
        "contact": "pond@example.org", "organiser": "Friends of the Pond",
        "time_zone": "Europe/London", "closes_at": START_TIME + timedelta(days=30),
        "verify_until": START_TIME + timedelta(days=31), "created_at": START_TIME,
    }  # fmt: skip
    if kind is MailKind.UPDATE:
        plain |= {
            "updates": True, "updates_at": START_TIME - timedelta(days=9),
            "update": MailedUpdate(3, 2, ANSWER, MailingState.ENQUEUED),
        }  # fmt: skip
    return SignatoryMail(**{**plain, **changes})  # type: ignore[arg-type]


def composed_mail(links: SignedTokens, kind: MailKind, **changes: object) -> EmailMessage:
    return parsed_mail(
        compose(
            claim(kind, **changes),
            links,
            sender=read_sender("no-reply@sign.example.org"),
            site="sign.example.org",
            now=START_TIME,
            content=CONTENTS.get(kind),
        )
    )


def parsed_mail(mail: Message) -> EmailMessage:
    """A mail as who receives it reads it."""
    return cast("EmailMessage", message_from_bytes(mail.as_bytes(), policy=default))


def body_part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize(
    ("language", "kind"),
    [
        *((language, kind) for language in ("en", "cy") for kind in SIGNATORY_MAIL_KINDS),
        # One that is read from right to left; what catalogues say is checked where all of them are.
        *(("ar", kind) for kind in (MailKind.VERIFY, MailKind.THANK_YOU, MailKind.UPDATE)),
    ],
)
def test_a_mail_says_just_what_it_said_when_it_was_last_read_by_a_person(
    links: SignedTokens, kind: MailKind, language: str
) -> None:
    mail = composed_mail(links, kind, language=language)
    headers = "".join(f"{name}: {value}\n" for name, value in mail.items() if not name.lower().startswith(("content", "mime")))
    for name, text in (("txt", headers + "\n" + body_part(mail, "plain")), ("html", body_part(mail, "html"))):
        golden = GOLDEN / ("" if language == "en" else language) / f"{kind.value}.{name}"
        if os.environ.get("UPDATE_GOLDEN"):
            golden.parent.mkdir(exist_ok=True)
            golden.write_text(text)
        assert text == golden.read_text()


@pytest.mark.parametrize("kind", SIGNATORY_MAIL_KINDS)
def test_a_mail_carries_nothing_that_tracks_and_nothing_from_elsewhere(links: SignedTokens, kind: MailKind) -> None:
    mail = composed_mail(links, kind)
    html = body_part(mail, "html")
    assert not re.search(r"<(img|script|link|iframe|object)\b|url\(|@import", html, re.IGNORECASE)
    for text in (html, body_part(mail, "plain")):
        ours = set(re.findall(r"https?://[^/\s\"<]+", text)) - ({"https://example.org"} if kind is MailKind.UPDATE else set())
        assert ours == {"https://sign.example.org"}
    assert mail["Auto-Submitted"] == "auto-generated"
    assert ("List-Unsubscribe" in mail) == (kind is MailKind.UPDATE)


def test_an_update_can_be_unsubscribed_from_by_one_request_and_says_when_it_was_asked_for(links: SignedTokens) -> None:
    mail = composed_mail(links, MailKind.UPDATE)
    url = links.absolute_url(f"/u/{links.unsubscribe_token(42, '0123456789abcdef', 3)}")
    assert mail["List-Unsubscribe"].strip() == f"<{url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for part in ("plain", "html"):
        assert url in body_part(mail, part)
        assert "14 November 2026" in " ".join(body_part(mail, part).split())
        assert "/s/" not in body_part(mail, part)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"updates": False}, "they want no updates any more"),
        ({"state": SignatureState.WITHDRAWN}, "the signature is withdrawn"),
        ({"taken_down_at": START_TIME}, "the campaign is taken down"),
        ({"update": None}, "the mailing was stopped"),
        *(
            ({"update": MailedUpdate(3, 2, ANSWER, state)}, "the mailing was stopped")
            for state in (MailingState.STOPPING, MailingState.STOPPED)
        ),
    ],
)
def test_an_update_is_not_owed_to_who_wants_no_more_of_them(changes: dict[str, object], why: str) -> None:
    assert claim(MailKind.UPDATE, **changes).cancel_reason(START_TIME) == why


def test_the_verification_mail_has_one_button_with_its_address_in_full_and_a_way_to_say_it_was_not_me(
    links: SignedTokens,
) -> None:
    mail = composed_mail(links, MailKind.VERIFY)
    url = links.absolute_url(f"/v/{links.verify_token(42, '0123456789abcdef', 1)}")
    assert body_part(mail, "plain").splitlines().count(url) == 1
    not_me = links.absolute_url(f"/s/{links.manage_token(42, '0123456789abcdef')}")
    assert re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', body_part(mail, "html")) == [
        (url, "Confirm my signature"),
        (url, url),
        (not_me, "It wasn’t me, or never write to me again"),
    ]


def test_the_message_id_is_the_same_at_every_attempt_and_another_for_every_promise(links: SignedTokens) -> None:
    first, again = composed_mail(links, MailKind.VERIFY), composed_mail(links, MailKind.VERIFY, attempt=2)
    assert first["Message-ID"] == again["Message-ID"] != composed_mail(links, MailKind.VERIFY, id=8)["Message-ID"]
    assert first["Message-ID"].endswith("@sign.example.org>")
    assert first.as_bytes(policy=SMTP).count(b"\n") > 0


@pytest.mark.parametrize("title", ["Two\r\nBcc: everybody@example.org", "x" * 150, "保护池塘", "<b>bold</b> & “quoted”",
                                   "=?utf-8?b?a?=", "Save =?utf-8?q?=C3=28?= us"])  # fmt: skip
def test_a_title_stays_one_subject_line_and_plain_text_whatever_it_holds(links: SignedTokens, title: str) -> None:
    mail = composed_mail(links, MailKind.VERIFY, title=title)
    assert mail["Bcc"] is None
    assert mail["Subject"] == f"Confirm your signature: {' '.join(title.split())}"
    headers = mail.as_bytes(policy=SMTP).split(b"\r\n\r\n", 1)[0]
    assert not re.search(rb"^bcc:", headers, re.IGNORECASE | re.MULTILINE)
    assert "<b>" not in body_part(mail, "html")


def test_after_the_deadline_a_mail_does_not_ask_to_sign_again(links: SignedTokens) -> None:
    late = parsed_mail(
        compose(
            claim(MailKind.WITHDRAWN),
            links,
            sender=read_sender("no-reply@sign.example.org"),
            site="x",
            now=START_TIME + timedelta(days=30),
        )
    )
    assert "sign again" not in body_part(late, "plain")
    assert "sign again" in body_part(composed_mail(links, MailKind.WITHDRAWN), "plain")


def test_every_line_of_a_mail_fits_the_wire(links: SignedTokens) -> None:
    for kind in SIGNATORY_MAIL_KINDS:
        raw = composed_mail(links, kind, title="x" * 150, name="N" * 120).as_bytes(policy=SMTP)
        assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_an_address_with_an_international_domain_is_written_in_ascii(links: SignedTokens) -> None:
    assert composed_mail(links, MailKind.VERIFY, email="ada@bücher.example")["To"] == "ada@xn--bcher-kva.example"


def test_an_address_outside_ascii_is_written_as_it_is(links: SignedTokens) -> None:
    mail = composed_mail(links, MailKind.VERIFY, email="用户@例え.example", title="保护池塘")
    assert mail["To"] == "用户@xn--r8jz45g.example"
    assert mail["Subject"] == "Confirm your signature: 保护池塘"


def test_answers_go_to_the_contact_of_the_campaign_where_that_is_an_address(links: SignedTokens) -> None:
    assert composed_mail(links, MailKind.VERIFY)["Reply-To"] == "pond@example.org"
    for contact in ("", "Town hall, room 4", "a@b.org\r\nBcc: eve@example.org"):
        assert composed_mail(links, MailKind.VERIFY, contact=contact)["Reply-To"] is None


@pytest.mark.parametrize("title", ["Save the pond, Leeds", 'Keep "our" NHS <now>', "Achub pwll Llŷn", "救救池塘", "x" * 300])
def test_the_sender_may_be_named_after_the_campaign_and_its_address_never_changes(links: SignedTokens, title: str) -> None:
    mail = parsed_mail(
        compose(
            claim(MailKind.VERIFY, title=title), links, sender=read_sender("The site <no-reply@sign.example.org>"), site="x",
            now=START_TIME, from_name="campaign",
        )
    )  # fmt: skip
    [sender] = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (title[:200], "no-reply@sign.example.org")


@pytest.mark.parametrize("kind", SIGNATORY_MAIL_KINDS)
def test_a_mail_shows_the_organisers_picture_from_an_address_that_tells_of_nobody(links: SignedTokens, kind: MailKind) -> None:
    picture = Picture("0123456789abcdef", ((192, 96), (640, 320)))
    html = body_part(composed_mail(links, kind, organiser_picture=picture), "html")
    shown = '<img src="https://sign.example.org/c/save-the-pond/image-0123456789abcdef-192.jpg" width="96" height="48" alt=""'
    assert html.count("<img") == html.count(shown) == 1
    assert "<img" not in body_part(composed_mail(links, kind), "html")


def test_an_update_brings_its_picture_no_wider_than_its_words(links: SignedTokens) -> None:
    picture = Illustration(Picture("0123456789abcdef", ((480, 320), (960, 640), (800, 533))), (("en", 'A "heron"'),))
    html = body_part(
        composed_mail(links, MailKind.UPDATE, update=MailedUpdate(3, 2, ANSWER, MailingState.ENQUEUED, picture)), "html"
    )
    shown = 'src="https://sign.example.org/c/save-the-pond/image-0123456789abcdef-800.jpg" width="540" height="360"'
    assert f'<img {shown} alt="A &#34;heron&#34;"' in html


def test_a_list_of_signatures_leads_to_each_of_them_and_stays_below_what_mail_programs_cut_off(links: SignedTokens) -> None:
    many = MailboxSignatures(
        tuple(replace(LISTED.signatures[0], id=number, title=f"{number} " + "x" * 145) for number in range(MAX_LISTED)),
        are_all=False,
    )
    mail = parsed_mail(
        compose(
            claim(MailKind.MY_SIGNATURES), links, sender=read_sender("no-reply@sign.example.org"), site="sign.example.org",
            now=START_TIME, content=many,
        )
    )  # fmt: skip
    for part in ("plain", "html"):
        body = body_part(mail, part)
        assert len(body.encode()) < 20_000
        assert "These are the newest." in " ".join(body.split())
        found = [links.read_manage(token).signature_id for token in re.findall(r"example\.org/s/([\w.~-]+)", body)]
        assert found == list(range(MAX_LISTED))


def test_the_sender_may_be_named_after_the_organiser_where_there_is_one(links: SignedTokens) -> None:
    site = read_sender("The site <no-reply@sign.example.org>")
    for organiser, name in (("Friends of the Pond, Leeds", "Friends of the Pond, Leeds"), ("", "The site")):
        mail = compose(
            claim(MailKind.VERIFY, organiser=organiser), links, sender=site, site="x", now=START_TIME, from_name="organiser"
        )
        [sender] = parsed_mail(mail)["From"].addresses
        assert (sender.display_name, sender.addr_spec) == (name, "no-reply@sign.example.org")
