"""Every mail to a campaigner, word for word.

After a change that is meant: UPDATE_GOLDEN=1 make test ARGS=tests/mail, and read the difference.
"""

import os
import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from campaign.config import TEMPLATES
from campaign.domain.accounts.role import Role
from campaign.domain.mail.notice import InvitationFacts, Notice, NoticeKind
from campaign.mail.notice import compose_notice
from campaign.security.tokens import SignedTokens
from tests.mail.test_message import GOLDEN, body_part, parsed_mail
from tests.support.factories import START_TIME

INVITED = InvitationFacts(
    5, "k" * 22, "ada@example.org", Role.EDITOR, "Siân O’Brien", START_TIME + timedelta(days=14), is_open=True
)
SAMPLES: dict[str, tuple[NoticeKind, dict[str, Any]]] = {
    "desk_sign_in": (NoticeKind.SIGN_IN, {"facts": {"next": "/desk/c/save-the-pond/flags?state=open"}}),
    "desk_sign_in_unnamed": (NoticeKind.SIGN_IN, {"facts": {"next": ""}, "name": ""}),
    "desk_invitation": (NoticeKind.INVITATION, {"invitation": INVITED}),
    "desk_invitation_to_site": (
        NoticeKind.INVITATION,
        {
            "title": "",
            "slug": "",
            "invitation": InvitationFacts(5, "k" * 22, "ada@example.org", None, "", INVITED.expires_at, is_open=True),
        },
    ),
    "desk_team_role": (NoticeKind.TEAM, {"facts": {"what": "role", "role": "editor"}}),
    "desk_team_added": (NoticeKind.TEAM, {"facts": {"what": "added", "role": "moderator"}}),
    "desk_address_confirm": (NoticeKind.ADDRESS, {"facts": {"what": "confirm", "sealed": "gAAAAABsealed=="}}),
    "desk_address_changed": (NoticeKind.ADDRESS, {"facts": {"what": "changed", "sealed": "gAAAAABsealed=="}}),
    "desk_team_removed": (NoticeKind.TEAM, {"facts": {"what": "removed", "role": ""}}),
    "desk_milestone": (NoticeKind.MILESTONE, {"facts": {"goal": 10_000, "at": (START_TIME + timedelta(hours=5)).isoformat()}}),
    "desk_closing_soon": (
        NoticeKind.CLOSING_SOON,
        {"facts": {"closes_at": (START_TIME + timedelta(days=3)).isoformat(), "verified": 9_876, "goal": 10_000, "days": 3}},
    ),
    "desk_closing_tomorrow": (
        NoticeKind.CLOSING_SOON,
        {"facts": {"closes_at": (START_TIME + timedelta(days=1)).isoformat(), "verified": 12_345, "goal": 0, "days": 1}},
    ),
    "desk_digest": (
        NoticeKind.DIGEST,
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
    "desk_proof_changed": (
        NoticeKind.CREDENTIALS_CHANGED,
        {"title": "", "slug": "", "facts": {"words": "A passkey was added to your account."}},
    ),
}
LEADS_TO_MORE = (NoticeKind.MILESTONE, NoticeKind.CLOSING_SOON, NoticeKind.DIGEST)
"""What tells how a campaign does leads there, and to where one chooses what to be told."""


@pytest.fixture
def links() -> SignedTokens:
    return SignedTokens("0" * 64, (), "https://sign.example.org")


def composed_mail(links: SignedTokens, kind: NoticeKind, **changes: Any) -> EmailMessage:
    plain: dict[str, Any] = {
        "id": 7, "attempt": 1, "kind": kind, "facts": {}, "created_at": START_TIME, "campaigner_id": 3, "name": "Siân O’Brien",
        "email": "sian@example.org", "wants_alerts": True, "wants_digest": True, "disabled": False, "slug": "save-the-pond",
        "title": "Save the village pond", "time_zone": "Europe/London",
    }  # fmt: skip
    notice = Notice(**{**plain, **changes})
    entrance = (9, "e" * 22) if kind is NoticeKind.SIGN_IN else None
    return parsed_mail(
        compose_notice(notice, links, sender="no-reply@sign.example.org", site="sign.example.org", login_link=entrance)
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


@pytest.mark.parametrize("kind", NoticeKind)
def test_each_kind_has_its_three_templates(kind: NoticeKind) -> None:
    assert {path.name for path in (TEMPLATES / "email" / kind.value).iterdir()} == {"subject.txt", "body.txt", "body.html"}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_notice_carries_nothing_that_tracks_and_few_links(links: SignedTokens, name: str) -> None:
    kind, changes = SAMPLES[name]
    mail = composed_mail(links, kind, **changes)
    html = body_part(mail, "html")
    assert not re.search(r"<(img|script|link|iframe|object)\b|url\(|@import", html, re.IGNORECASE)
    shown = set(re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', html))
    assert len(shown) <= (3 if kind in LEADS_TO_MORE else 1)
    assert all(address == words for address, words in shown)
    assert {address.replace("&amp;", "&") for address, _ in shown} == set(re.findall(r"https://\S+", body_part(mail, "plain")))
    assert mail["Auto-Submitted"] == "auto-generated"


def test_a_notice_is_never_taken_for_a_mail_to_a_signatory_with_its_number(links: SignedTokens) -> None:
    out: dict[str, Any] = {"facts": {"what": "removed"}}
    mine, again, other = (composed_mail(links, NoticeKind.TEAM, **out, **more) for more in ({}, {"attempt": 2}, {"id": 8}))
    assert mine["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert mine["Message-ID"] != links.message_id(7, "sign.example.org")


@pytest.mark.parametrize("title", ["Two\r\nBcc: everybody@example.org", "<b>bold</b> & “quoted”", "保护池塘"])
def test_a_title_stays_one_subject_line_and_plain_text_whatever_it_holds(links: SignedTokens, title: str) -> None:
    mail = composed_mail(links, NoticeKind.INVITATION, title=title, invitation=INVITED)
    assert mail["Bcc"] is None
    assert mail["Subject"] == f"Help run the campaign: {' '.join(title.split())}"
    assert "<b>" not in body_part(mail, "html")


@pytest.mark.parametrize(
    ("kind", "changes", "reason"),
    [
        (NoticeKind.MILESTONE, {"wants_alerts": False}, "not wanted any more"),
        (NoticeKind.CLOSING_SOON, {"wants_alerts": False}, "not wanted any more"),
        (NoticeKind.DIGEST, {"wants_digest": False}, "not wanted any more"),
        (NoticeKind.DIGEST, {"created_at": START_TIME - timedelta(days=2)}, "too late to be read"),
        (NoticeKind.SIGN_IN, {"created_at": START_TIME - timedelta(hours=2)}, "too late to be read"),
        (NoticeKind.SIGN_IN, {"disabled": True}, "there is nobody to tell"),
        (NoticeKind.TEAM, {"email": ""}, "there is nobody to tell"),
        (NoticeKind.TEAM, {"wants_alerts": False, "wants_digest": False, "created_at": START_TIME - timedelta(days=2)}, ""),
        (NoticeKind.MILESTONE, {"wants_digest": False}, ""),
        (NoticeKind.DIGEST, {"wants_alerts": False}, ""),
    ],
)
def test_who_does_not_want_it_or_is_gone_is_not_told(kind: NoticeKind, changes: dict[str, Any], reason: str) -> None:
    plain: dict[str, Any] = {
        "id": 7, "attempt": 1, "kind": kind, "facts": {}, "created_at": START_TIME, "campaigner_id": 3, "name": "",
        "email": "a@b.org",
        "wants_alerts": True, "wants_digest": True, "disabled": False, "slug": "", "title": "", "time_zone": "Europe/London",
    }  # fmt: skip
    assert Notice(**{**plain, **changes}).cancel_reason(START_TIME) == reason
