"""Every mail to a campaigner, word for word.

After a change that is meant: UPDATE_GOLDEN=1 make test ARGS=tests/mail, and read the difference.
"""

import os
import re
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from campaign.domain.accounts.role import Role
from campaign.domain.mail.claim import CampaignerMail, InvitationFacts
from campaign.domain.mail.kinds import MailKind
from campaign.domain.mail.sender import read_sender
from campaign.mail.content import LoginLink
from campaign.mail.message import compose
from campaign.security.tokens import SignedTokens
from tests.mail.test_message import GOLDEN, body_part, parsed_mail
from tests.support.factories import START_TIME

INVITED = InvitationFacts(
    5, "k" * 22, "ada@example.org", Role.EDITOR, "Siân O’Brien", START_TIME + timedelta(days=14), is_open=True
)
COMPLAINT = {"number": 12, "at": START_TIME.isoformat(), "due": (START_TIME + timedelta(days=30)).isoformat()}
SAMPLES: dict[str, tuple[MailKind, dict[str, Any]]] = {
    "desk_sign_in": (MailKind.SIGN_IN, {"facts": {"next": "/desk/c/save-the-pond/flags?state=open"}}),
    "desk_sign_in_unnamed": (MailKind.SIGN_IN, {"facts": {"next": ""}, "name": ""}),
    "desk_invitation": (MailKind.INVITATION, {"invitation": INVITED}),
    "desk_invitation_to_site": (
        MailKind.INVITATION,
        {
            "title": "",
            "slug": "",
            "invitation": InvitationFacts(5, "k" * 22, "ada@example.org", None, "", INVITED.expires_at, is_open=True),
        },
    ),
    "desk_invitation_to_team": (MailKind.INVITATION, {"title": "", "slug": "", "invitation": replace(INVITED, team="North")}),
    "desk_team_of_organisation_role": (
        MailKind.TEAM,
        {"title": "", "slug": "", "facts": {"what": "role", "role": "editor", "team": "North"}},
    ),
    "desk_team_of_organisation_removed": (
        MailKind.TEAM,
        {"title": "", "slug": "", "facts": {"what": "removed", "role": "", "team": "North"}},
    ),
    "desk_team_role": (MailKind.TEAM, {"facts": {"what": "role", "role": "editor"}}),
    "desk_team_added": (MailKind.TEAM, {"facts": {"what": "added", "role": "moderator"}}),
    "desk_address_confirm": (MailKind.ADDRESS, {"facts": {"what": "confirm", "sealed": "gAAAAABsealed=="}}),
    "desk_address_changed": (MailKind.ADDRESS, {"facts": {"what": "changed", "sealed": "gAAAAABsealed=="}}),
    "desk_team_removed": (MailKind.TEAM, {"facts": {"what": "removed", "role": ""}}),
    "desk_milestone": (MailKind.MILESTONE, {"facts": {"goal": 10_000, "at": (START_TIME + timedelta(hours=5)).isoformat()}}),
    "desk_closing_soon": (
        MailKind.CLOSING_SOON,
        {"facts": {"closes_at": (START_TIME + timedelta(days=3)).isoformat(), "verified": 9_876, "goal": 10_000, "days": 3}},
    ),
    "desk_closing_tomorrow": (
        MailKind.CLOSING_SOON,
        {"facts": {"closes_at": (START_TIME + timedelta(days=1)).isoformat(), "verified": 12_345, "goal": 0, "days": 1}},
    ),
    "desk_digest": (
        MailKind.DIGEST,
        {
            "title": "",
            "slug": "",
            "facts": {
                "day": START_TIME.isoformat(),
                "campaigns": [
                    {"title": "Save the village pond", "slug": "save-the-pond", "gained": 1_204, "verified": 12_345},
                    {"title": "Reopen the station", "slug": "station", "gained": 0, "verified": 1},
                ],
            },
        },
    ),
    "desk_alarm_flood": (
        MailKind.ALARM,
        {"facts": {"alarm": "flood", "numbers": {"amount": 420, "verified": 3}, "at": START_TIME.isoformat()}},
    ),
    "desk_alarm_sender": (
        MailKind.ALARM,
        {"title": "", "slug": "", "facts": {"alarm": "sender_refused", "numbers": {}, "at": START_TIME.isoformat()}},
    ),
    "desk_test": (MailKind.TRIAL, {"title": "", "slug": "", "name": "", "facts": {"sealed": "gAAAAABsealed=="}}),
    "complaint": (
        MailKind.COMPLAINT_RECEIVED,
        {"name": "", "facts": COMPLAINT | {"sealed": "gAAAAABsealed==", "language": "en"}},
    ),
    "desk_complaint": (MailKind.COMPLAINT_TO_ANSWER, {"facts": COMPLAINT | {"is_acknowledged": True}}),
    "desk_complaint_not_acknowledged": (MailKind.COMPLAINT_TO_ANSWER, {"facts": COMPLAINT | {"is_acknowledged": False}}),
    "desk_proof_changed": (
        MailKind.CREDENTIALS_CHANGED,
        {"title": "", "slug": "", "facts": {"words": "A passkey was added to your account."}},
    ),
}
LEADS_TO_MORE = (MailKind.MILESTONE, MailKind.CLOSING_SOON, MailKind.DIGEST)
"""What tells how a campaign does leads there, and to where one chooses what to be told."""


@pytest.fixture
def links() -> SignedTokens:
    return SignedTokens("0" * 64, (), "https://sign.example.org")


def composed_mail(links: SignedTokens, kind: MailKind, **changes: Any) -> EmailMessage:
    plain: dict[str, Any] = {
        "id": 7, "attempt": 1, "kind": kind, "facts": {}, "created_at": START_TIME, "language": "", "campaigner_id": 3,
        "name": "Siân O’Brien", "email": "sian@example.org", "wants_alerts": True, "wants_digest": True, "disabled": False,
        "slug": "save-the-pond",
        "title": "Save the village pond", "time_zone": "Europe/London",
    }  # fmt: skip
    notice = CampaignerMail(**{**plain, **changes})
    login_link = LoginLink(9, "e" * 22) if kind is MailKind.SIGN_IN else None
    return parsed_mail(
        compose(
            notice, links, sender=read_sender("no-reply@sign.example.org"), site="sign.example.org", now=START_TIME,
            content=login_link,
        )
    )  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_a_notice_says_just_what_it_said_when_it_was_last_read_by_a_person(links: SignedTokens, name: str) -> None:
    kind, changes = SAMPLES[name]
    mail = composed_mail(links, kind, **changes)
    headers = "".join(f"{key}: {value}\n" for key, value in mail.items() if not key.lower().startswith(("content", "mime")))
    for ending, text in (("txt", headers + "\n" + body_part(mail, "plain")), ("html", body_part(mail, "html"))):
        golden = GOLDEN / f"{name}.{ending}"
        if os.environ.get("UPDATE_GOLDEN"):
            golden.write_text(text)
        assert text == golden.read_text()


@pytest.mark.parametrize("name", [name for name in SAMPLES if name not in ("desk_test", "complaint")])
def test_a_notice_is_in_the_language_of_the_account(links: SignedTokens, name: str) -> None:
    kind, changes = SAMPLES[name]
    english, welsh = (composed_mail(links, kind, **changes, language=language) for language in ("en", "cy"))
    assert str(welsh["Subject"]) != str(english["Subject"])
    assert '<html lang="cy"' in body_part(welsh, "html")
    said, plain = ({" ".join(part.split()) for part in body_part(mail, "plain").split("\n\n")} for mail in (welsh, english))
    # What both say are addresses, names and numbers.
    assert not [part for part in said & plain if not part.startswith("https://")]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_notice_carries_nothing_that_tracks_and_few_links(links: SignedTokens, name: str) -> None:
    kind, changes = SAMPLES[name]
    mail = composed_mail(links, kind, **changes)
    html = body_part(mail, "html")
    assert not re.search(r"<(img|script|link|iframe|object)\b|url\(|@import", html, re.IGNORECASE)
    shown = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', html)
    addresses = {address for address, _ in shown}
    assert len(addresses) <= (3 if kind in LEADS_TO_MORE else 1)
    # The address of a button stands below it in full.
    assert {address for address, words in shown if address == words} == addresses
    assert {address.replace("&amp;", "&") for address in addresses} == set(re.findall(r"https://\S+", body_part(mail, "plain")))
    assert mail["Auto-Submitted"] == "auto-generated"


def test_the_message_id_is_the_same_at_every_attempt_and_another_for_every_mail(links: SignedTokens) -> None:
    out: dict[str, Any] = {"facts": {"what": "removed"}}
    mine, again, other = (composed_mail(links, MailKind.TEAM, **out, **more) for more in ({}, {"attempt": 2}, {"id": 8}))
    assert mine["Message-ID"] == again["Message-ID"] != other["Message-ID"]


@pytest.mark.parametrize("title", ["Two\r\nBcc: everybody@example.org", "<b>bold</b> & “quoted”", "保护池塘"])
def test_a_title_stays_one_subject_line_and_plain_text_whatever_it_holds(links: SignedTokens, title: str) -> None:
    mail = composed_mail(links, MailKind.INVITATION, title=title, invitation=INVITED)
    assert mail["Bcc"] is None
    assert mail["Subject"] == f"Help run the campaign: {' '.join(title.split())}"
    assert "<b>" not in body_part(mail, "html")


@pytest.mark.parametrize(
    ("kind", "changes", "reason"),
    [
        (MailKind.MILESTONE, {"wants_alerts": False}, "not wanted any more"),
        (MailKind.CLOSING_SOON, {"wants_alerts": False}, "not wanted any more"),
        (MailKind.DIGEST, {"wants_digest": False}, "not wanted any more"),
        (MailKind.DIGEST, {"created_at": START_TIME - timedelta(days=2)}, "too late to be read"),
        (MailKind.SIGN_IN, {"created_at": START_TIME - timedelta(hours=2)}, "too late to be read"),
        (MailKind.SIGN_IN, {"disabled": True}, "there is nobody to tell"),
        (MailKind.TEAM, {"email": ""}, "there is nobody to tell"),
        (MailKind.TEAM, {"wants_alerts": False, "wants_digest": False, "created_at": START_TIME - timedelta(days=2)}, ""),
        (MailKind.MILESTONE, {"wants_digest": False}, ""),
        (MailKind.DIGEST, {"wants_alerts": False}, ""),
    ],
)
def test_who_does_not_want_it_or_is_gone_is_not_told(kind: MailKind, changes: dict[str, Any], reason: str) -> None:
    plain: dict[str, Any] = {
        "id": 7, "attempt": 1, "kind": kind, "facts": {}, "created_at": START_TIME, "language": "", "campaigner_id": 3,
        "name": "", "email": "a@b.org",
        "wants_alerts": True, "wants_digest": True, "disabled": False, "slug": "", "title": "", "time_zone": "Europe/London",
    }  # fmt: skip
    assert CampaignerMail(**{**plain, **changes}).cancel_reason(START_TIME) == reason
