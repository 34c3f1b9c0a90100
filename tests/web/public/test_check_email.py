"""Check your email: the same answer no matter who signs, and the address as typed shown in that browser alone."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import escape, unescape
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.mail.delay import MailDelays
from campaign.runtime import Runtime
from campaign.security.tokens import SignedTokens
from campaign.services.campaigns import lifecycle
from campaign.store.redis.mail_delays import cache_mail_delays
from campaign.store.redis.mail_failure import MailFailure, note_mail_failure
from tests.html_validator import html_problems
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.factories import new_campaign
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, run_workers

PAGE = "/c/save-the-pond/check-your-email"
FROM_ELSEWHERE = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": "null"}, {"Origin": "null"})


def words(html: str) -> str:
    """A page as it is read."""
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def typed_cookie(headers: list[str]) -> str:
    (found,) = [cookie for cookie in headers if "cs_typed=" in cookie.split(";")[0]]
    return found


def test_everybody_who_signs_is_sent_to_the_same_address(runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime)
    ada, strange = signatory(), signatory(email="a+b&c=d#e@example.org", name="Strange Address")
    first = ada.sign()
    run_workers(runtime)
    ada.confirm()
    for answer in (first, ada.sign(), strange.sign(), signatory(email="eve@example.org").sign(via="leaflet", source="x")):
        assert (answer.status_code, answer.location) == (303, PAGE)


def test_the_address_is_shown_as_it_was_typed_and_stands_in_no_address_of_a_page(
    runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    ada = signatory(email="Ada.O'Byron+pond@example.org")
    answer = ada.sign()
    page = ada.browser.get(answer.location)
    assert page.status_code == 200
    assert "We’ve emailed Ada.O'Byron+pond@example.org. Nearly there" in words(page.text)
    assert html_problems(page.text) == []
    assert page.headers["Cache-Control"] == "no-store"
    addresses = re.findall(r'(?:href|src|action|content)="([^"]*)"', page.text)
    assert addresses
    for address in (answer.location, *addresses):
        assert "byron" not in unescape(address).lower()
        assert quote("Ada.O'Byron") not in address


def test_a_browser_that_did_not_sign_sees_the_page_without_an_address(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    signatory().sign()
    page = app.test_client().get(PAGE)
    assert page.status_code == 200
    assert "Nearly there: check your email and confirm." in page.text
    assert "@example.org" not in page.text.replace(runtime.settings.mail_from, "")
    assert html_problems(page.text) == []


def test_the_page_says_which_mail_to_look_for(runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime)
    ada = signatory()
    page = words(ada.browser.get(ada.sign().location).text)
    run_workers(runtime)
    (mail,) = ada.mails
    assert f"From{mail['From']}" in page.replace(" ", "")
    subject = re.search(r"Subject ?(Confirm your signature)", page)
    assert subject is not None
    assert mail["Subject"].startswith(subject[1])


@pytest.mark.parametrize("whose", ["site", "campaign", "organiser"])
def test_it_names_the_sender_as_the_mailbox_does(make_runtime: Callable[..., Runtime], mail: MailServer, whose: str) -> None:
    runtime = make_runtime(mail_url=mail.url, mail_from='"Ponds, all" <no-reply@m\u00fcnchen.example>', mail_from_name=whose)
    new_campaign(runtime, organiser="Friends of <the> Pond")
    ada = Signatory(make_app(runtime), mail, email="ada@gmail.com")
    page = ada.browser.get(ada.sign().location).text
    run_workers(runtime)
    (one,) = ada.mails
    [sender] = one["From"].addresses
    name = {"site": "Ponds, all", "campaign": "Save the village pond", "organiser": "Friends of <the> Pond"}[whose]
    assert sender.display_name == name
    assert f"<dd>{escape(name)} &lt;no-reply@m\u00fcnchen.example&gt;</dd>" in page
    # Gmail finds it by the address; a name would be words of their own.
    assert "search/from%3Ano-reply%40xn--mnchen-3ya.example+in%3Aanywhere" in page


def test_a_mistyped_address_is_asked_about_and_never_changed(runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime)
    for email, suggested in (
        ("ada@gmial.com", "ada@gmail.com"),
        ("ada@hotmial.co.uk", "ada@hotmail.co.uk"),
        ("ada@example.org", ""),
        ("ada@gmail.com", ""),
    ):
        ada = signatory(email=email)
        answer = ada.sign()
        assert answer.status_code == 303
        page = ada.browser.get(answer.location).text
        assert f"We’ve emailed {email}." in words(page)
        assert ("Did you mean" in page) == bool(suggested)
        assert not suggested or f"Did you mean {suggested}? Correct it" in words(page)
        # A way back to the form, with an address of its own so that no browser shows the page it remembers.
        (again,) = set(re.findall(r'href="(/c/save-the-pond\?[^"]*#sign)"', page))
        assert ada.browser.get(again).status_code == 200
    run_workers(runtime)
    assert len(signatory(email="ada@gmial.com").mails) == len(signatory(email="ada@gmail.com").mails) == 1


def test_the_page_leads_to_the_mailbox(runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime)

    def links(email: str) -> dict[str, str]:
        person = signatory(email=email)
        page = person.browser.get(person.sign().location).text
        found = re.findall(r'<a[^>]* href="(https://[^"]+)"([^>]*)>([^<]+)</a>', page)
        assert all('rel="noopener noreferrer"' in rest for _, rest, _ in found)
        return {name: unescape(url) for url, _, name in found}

    gmail = links("ada@gmail.com")
    assert list(gmail) == ["Open Gmail"]
    assert gmail["Open Gmail"].startswith("https://mail.google.com/")
    assert quote(runtime.settings.mail_from, safe="") in gmail["Open Gmail"]
    assert list(links("ada@hotmail.co.uk")) == ["Open Outlook"]
    assert list(links("ada@example.org")) == ["Gmail", "Outlook", "Yahoo Mail", "iCloud Mail"]


def test_the_cookie_is_seen_by_this_page_alone_for_an_hour(runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime)
    cookie = typed_cookie(signatory().sign().headers.getlist("Set-Cookie"))
    attributes = cookie.split("; ")[1:]
    assert {a for a in attributes if not a.startswith("Expires=")} == {
        "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=3600", f"Path={PAGE}",
    }  # fmt: skip
    assert "ada@" not in cookie


def test_a_site_without_https_sets_its_cookie_all_the_same(make_runtime: Callable[..., Runtime]) -> None:
    runtime = make_runtime(base_url="http://127.0.0.1:8000")
    new_campaign(runtime)
    form = {"name": "Ada", "email": "ada@example.org", "country": "FR"}
    answer = make_app(runtime).test_client().post("/c/save-the-pond/signatures", data=form)
    assert "Secure" not in typed_cookie(answer.headers.getlist("Set-Cookie"))


def test_another_site_that_sends_the_form_leaves_no_address_in_the_browser(
    runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    ada = signatory()
    widget = {"embed": runtime.tokens.embed_token("save-the-pond", int(runtime.now().timestamp()) // 3600)}
    for headers in FROM_ELSEWHERE:
        answer = ada.browser.post("/c/save-the-pond/signatures", data=ada.form() | widget, headers=headers)
        assert (answer.status_code, answer.location) == (303, PAGE)
        assert "Set-Cookie" not in answer.headers
        assert "ada@example.org" not in ada.browser.get(PAGE).text


def test_a_forged_cookie_says_nothing(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    browser: FlaskClient = app.test_client()
    foreign = SignedTokens("f" * 64, (), "https://sign.example.org")
    ours = runtime.tokens
    for value in (
        "",
        "x",
        "x.y.z",
        "YWRh.x.y",
        foreign.typed_address_cookie("eve@example.org"),
        ours.manage_token(1, "0" * 16),
        "é",
        "\x7f",
    ):
        browser.set_cookie("__Secure-cs_typed", value, path=PAGE)
        page = browser.get(PAGE)
        assert page.status_code == 200
        assert "We’ve emailed" not in page.text
    browser.set_cookie("__Secure-cs_typed", ours.typed_address_cookie("<b>@example.org"), path=PAGE)
    page = browser.get(PAGE)
    assert "&lt;b&gt;@example.org" in page.text
    assert html_problems(page.text) == []


def test_an_address_typed_elsewhere_is_not_shown_for_another_campaign(
    runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    new_campaign(runtime, slug="save-the-wood")
    ada = signatory()
    ada.sign()
    assert "ada@example.org" not in ada.browser.get("/c/save-the-wood/check-your-email").text


def test_the_page_of_a_campaign_that_is_gone_is_gone(app: Flask, runtime: Runtime) -> None:
    lifecycle.take_down_campaign(runtime, new_campaign(runtime), COMMAND_LINE)
    expire_campaigns()
    assert app.test_client().get(PAGE).status_code == 410
    assert app.test_client().get("/c/nothing/check-your-email").status_code == 404


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (MailDelays(), "It can take a few minutes."),
        (MailDelays(12), "It’s usually there within 20 seconds."),
        (MailDelays(45), "It usually takes about a minute."),
        (MailDelays(200), "It usually takes about 4 minutes."),
        (MailDelays(12, {"Gmail": 552}), "Gmail is slow right now: about 10 minutes."),
        (MailDelays(700, {"Gmail": 700}), "Email is slow right now: about 15 minutes."),
        (MailDelays(10_000), "Email is slow right now: about 3 hours."),
    ],
)
def test_it_says_how_mail_goes_at_the_moment(
    runtime: Runtime, signatory: Callable[..., Signatory], known: MailDelays, said: str
) -> None:
    new_campaign(runtime)
    cache_mail_delays(runtime.redis, known)
    ada = signatory(email="ada@gmail.com")
    page = ada.browser.get(ada.sign().location)
    assert said in words(page.text)
    assert html_problems(page.text) == []


@pytest.mark.parametrize(
    ("seconds", "said"), [(90, "Our emails are held up right now. Yours is kept"), (20, "within 20 seconds")]
)
def test_while_no_mail_leaves_it_promises_none(
    runtime: Runtime, signatory: Callable[..., Signatory], seconds: int, said: str
) -> None:
    new_campaign(runtime)
    cache_mail_delays(runtime.redis, MailDelays(12))
    since = runtime.now() - timedelta(seconds=seconds)
    note_mail_failure(runtime.redis, MailFailure(since, "ConnectionRefusedError", sender_refused=False))
    ada = signatory(email="ada@gmail.com")
    assert said in words(ada.browser.get(ada.sign().location).text)
