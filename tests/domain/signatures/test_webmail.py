"""Address where a mailbox is read on the web, for the page that says "check your email"."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given

from campaign.domain.signatures.mail_domains import COMMON_DOMAINS
from campaign.domain.signatures.webmail import DEFAULT_WEBMAILS, Webmail, webmail_for
from tests.domain.text_strategies import any_text


@pytest.mark.parametrize(
    ("domain", "host"),
    [
        ("gmail.com", "mail.google.com"), ("googlemail.com", "mail.google.com"), ("GMail.com", "mail.google.com"),
        ("outlook.com", "outlook.live.com"), ("hotmail.co.uk", "outlook.live.com"), ("hotmail.fr", "outlook.live.com"),
        ("live.co.uk", "outlook.live.com"), ("live.nl", "outlook.live.com"), ("msn.com", "outlook.live.com"),
        ("outlook.com.au", "outlook.live.com"), ("yahoo.co.uk", "mail.yahoo.com"), ("yahoo.com.br", "mail.yahoo.com"),
        ("ymail.com", "mail.yahoo.com"), ("icloud.com", "www.icloud.com"), ("me.com", "www.icloud.com"),
        ("proton.me", "mail.proton.me"), ("pm.me", "mail.proton.me"), ("aol.com", "mail.aol.com"),
        ("aol.co.uk", "mail.aol.com"), ("gmx.net", "www.gmx.net"), ("gmx.co.uk", "www.gmx.com"),
        ("fastmail.com", "app.fastmail.com"), ("btinternet.com", "www.bt.com"),
    ],
)  # fmt: skip
def test_a_mailbox_is_found_by_its_domain(domain: str, host: str) -> None:
    found = webmail_for(f"ann@{domain}", "petitions@sign.example.org")
    assert found is not None
    assert urlsplit(found.url).scheme == "https"
    assert urlsplit(found.url).hostname == host


@pytest.mark.parametrize(
    "address",
    [
        "ann@example.org",
        "ann@mygmail.com",
        "ann@gmail.com.example.org",
        "ann@outlook.example.com",
        "ann@nhs.net",
        "ann",
        "",
        "@",
    ],
)
def test_a_domain_that_tells_nothing_leads_nowhere(address: str) -> None:
    assert webmail_for(address, "petitions@sign.example.org") is None


def test_at_gmail_the_mail_is_found_by_its_sender_wherever_it_went() -> None:
    assert webmail_for("ann@gmail.com", "petitions+1@sign.example.org") == Webmail(
        "Gmail", "https://mail.google.com/mail/u/0/#search/from%3Apetitions%2B1%40sign.example.org+in%3Aanywhere"
    )
    assert webmail_for("ann@gmail.com") == DEFAULT_WEBMAILS[0]


def test_a_short_list_is_offered_for_all_other_domains() -> None:
    assert [webmail.name for webmail in DEFAULT_WEBMAILS] == ["Gmail", "Outlook", "Yahoo Mail", "iCloud Mail"]


def test_most_common_domains_are_known() -> None:
    assert sum(webmail_for(f"ann@{domain}") is not None for domain in COMMON_DOMAINS) > len(COMMON_DOMAINS) / 2


@given(any_text, any_text)
def test_finding_a_mailbox_never_fails(address: str, sender: str) -> None:
    for typed in (address, f"{address}@gmail.com"):
        found = webmail_for(typed, sender)
        assert found is None or (found.url.isascii() and found.url.startswith("https://") and " " not in found.url)
