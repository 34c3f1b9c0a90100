"""The privacy pages say what the code does: every column, every cookie, every lifetime."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Literal, get_args

import pytest
from flask import Flask
from flask.testing import FlaskClient

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import SignFormFields, SupportersRule
from campaign.domain.campaigns.definition import language_version
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.ledger import finalise
from campaign.store.tables import metadata
from campaign.web.public import cookies
from campaign.web.public.data_inventory import DATA_INVENTORY
from campaign.web.public.privacy import COOKIES
from tests.html_validator import html_problems
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.factories import ManualClock, new_campaign
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, run_workers

PAGES = ("/privacy", "/c/save-the-pond/privacy")


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    return app.test_client()


def words(reader: FlaskClient, path: str = "/c/save-the-pond/privacy") -> str:
    """A page as it is read: its text alone."""
    answer = reader.get(path)
    assert answer.status_code == 200
    assert html_problems(answer.text) == []
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


# What the code keeps


def test_every_column_that_knows_a_signature_is_explained_once() -> None:
    known = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        # How far reminding has come is the number of some signature, and says nothing of it.
        if (table.name == "signatures" or "signature_id" in table.columns) and table.name != "reminder_progress"
        for column in table.columns
    }
    explained = [(held.table, column) for held in DATA_INVENTORY for column in held.columns]
    assert len(explained) == len(set(explained))
    assert set(explained) == known


def test_everything_that_is_kept_is_on_the_page(runtime: Runtime, reader: FlaskClient) -> None:
    everything = SignFormFields(country="required", postcode="optional", comment="optional")
    new_campaign(runtime, form_fields=everything, eligibility="residence", statement="I live here.")
    for path in PAGES:
        page = words(reader, path)
        assert [held.label for held in DATA_INVENTORY if held.label not in page or held.purpose not in page] == []


@pytest.mark.parametrize("field", ["country", "postcode", "comment"])
def test_what_a_campaign_does_not_ask_for_is_not_on_its_page(runtime: Runtime, reader: FlaskClient, field: str) -> None:
    plain = {"country": "required", "postcode": "optional", "comment": "optional"}
    asked = SignFormFields(**{**plain, field: "no"})  # type: ignore[arg-type]
    new_campaign(runtime, form_fields=asked, eligibility="residence", statement="I live here.")
    page = words(reader)
    missing = [held for held in DATA_INVENTORY if held.purpose not in page]
    assert [held.form_field for held in missing] == [field]
    # The page of the site says of it that not every campaign asks.
    (held,) = missing
    assert f"{held.purpose} Only if the campaign asks for it." in words(reader, "/privacy")


def test_each_cookie_there_is_stands_on_the_page_with_its_life(
    app: Flask, runtime: Runtime, mail: MailServer, reader: FlaskClient
) -> None:
    new_campaign(runtime)
    ada = Signatory(app, mail)
    set_by = [*ada.sign().headers.getlist("Set-Cookie")]
    run_workers(runtime)
    set_by += ada.confirm().headers.getlist("Set-Cookie")
    found = {}
    for header in set_by:
        name, lives = re.match(r"([\w-]+)=", header), re.search(r"Max-Age=(\d+)", header)
        assert name is not None
        assert lives is not None
        assert "HttpOnly" in header
        found[re.sub(r"\d+$", "…", name[1])] = int(lives[1])
    assert found == {f"__Secure-{cookie.name}": cookie.seconds for cookie in COOKIES}
    for path in PAGES:
        page = words(reader, path)
        for cookie in COOKIES:
            lasts = {3600: "1 hour", 86_400: "1 day"}[cookie.seconds]
            assert f"__Secure-{cookie.name} {cookie.purpose} It lasts {lasts}." in page


def test_no_cookie_is_named_in_the_code_that_the_page_does_not_know() -> None:
    named = {value for value in vars(cookies).values() if isinstance(value, str) and value.startswith("cs_")}
    assert named == {cookie.name.rstrip("…") for cookie in COOKIES}


def test_the_pages_set_no_cookie_and_may_be_kept(runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(runtime)
    for path in PAGES:
        answer = reader.get(path)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"].startswith("public, max-age=")
        assert reader.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


# What the campaigner says


def test_the_page_says_who_is_responsible_and_what_the_campaigners_add(runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(
        runtime, controller="The Pond Society\n1 <Water> Lane", contact="pond@example.org",
        privacy="We keep **everything** until *May*. <script>alert(1)</script>",
    )  # fmt: skip
    page = words(reader)
    assert "The Pond Society 1 <Water> Lane" in page
    assert "pond@example.org" in page
    answer = reader.get("/c/save-the-pond/privacy").text
    assert "<strong>everything</strong>" in answer
    assert "<script>alert" not in answer
    assert "have not said" not in page


def test_the_organiser_is_responsible_where_nobody_else_is_named(runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(runtime, organiser="Friends of the Pond")
    assert "Responsible for the signatures of this campaign: Friends of the Pond" in words(reader)


def test_a_campaign_that_names_nobody_as_responsible_says_so(runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(runtime, organiser="")
    page = words(reader)
    assert "The campaigners have not said here yet who is responsible" in page
    assert "What the campaigners add" not in page


def test_the_campaigners_words_are_in_the_language_of_the_page(runtime: Runtime, reader: FlaskClient) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.", privacy="Yn *ddiogel*.")
    new_campaign(runtime, privacy="It is *safe*.", translations=(welsh,))
    assert "<em>safe</em>" in reader.get("/c/save-the-pond/privacy").text
    assert "<em>ddiogel</em>" in reader.get("/c/save-the-pond/privacy?lang=cy").text


def test_the_page_says_who_the_signatures_are_handed_to(runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(runtime)
    assert "The people the campaign is handed to: The parish council." in words(reader)


def test_the_page_says_which_names_are_shown(runtime: Runtime, reader: FlaskClient) -> None:
    said = set()
    for rule in get_args(SupportersRule):
        new_campaign(runtime, slug=rule, supporters=rule)
        page = words(reader, f"/c/{rule}/privacy")
        (sentence,) = re.findall(r"in each country\. (.*?) Who gets your data", page)
        said.add(sentence)
    assert len(said) == 3
    assert any("your first name" in sentence for sentence in said)
    assert any("nobody’s name" in sentence for sentence in said)


@pytest.mark.parametrize(
    ("asked", "rule", "shown"), [("optional", "first-name", True), ("no", "first-name", False), ("optional", "no", False)]
)
def test_the_page_says_that_words_are_shown_where_they_are(
    runtime: Runtime, reader: FlaskClient, asked: Literal["no", "optional"], rule: SupportersRule, shown: bool
) -> None:
    fields = SignFormFields(country="required", postcode="optional", comment=asked)
    new_campaign(runtime, form_fields=fields, supporters=rule)
    assert ("why you signed, in your words" in words(reader)) is shown
    assert "why you signed, in your words" in words(reader, "/privacy")


def test_only_a_site_that_asks_dns_says_so(make_runtime: Callable[..., Runtime]) -> None:
    for asks in (True, False):
        reader = make_app(make_runtime(check_mail_domains=asks)).test_client()
        assert ("(DNS)" in words(reader, "/privacy")) is asks


# For how long


def test_the_page_says_when_what_was_never_confirmed_is_deleted(
    app: Flask, runtime: Runtime, mail: MailServer, now: ManualClock
) -> None:
    campaign = new_campaign(runtime, grace=timedelta(hours=48))
    assert "once the total is final: soon after 25 December 2026 at 12:01 pm GMT." in words(app.test_client())
    Signatory(app, mail).sign()
    now.at = campaign.window.verify_until + timedelta(minutes=2)
    run_workers(runtime)
    expire_campaigns()
    # It is true by then: nothing is left of the one who signed.
    assert finalise.delete_unverified(runtime) == 0
    page = words(make_app(runtime).test_client())
    assert "are deleted: the total became final on 25 December 2026 at 12:02 pm GMT." in page


def test_the_page_of_the_site_says_how_long_a_grace_usually_is(reader: FlaskClient) -> None:
    assert "That is 1 minute after the last moment to confirm, which is usually 1 day after the deadline." in words(
        reader, "/privacy"
    )


# Where it is


def test_the_page_of_the_site_leads_to_that_of_each_campaign(runtime: Runtime, reader: FlaskClient, now: ManualClock) -> None:
    new_campaign(runtime, slug="over", title="Over & out", closes_at=now() + timedelta(minutes=1))
    new_campaign(runtime, slug="open")
    lifecycle.take_down_campaign(runtime, new_campaign(runtime, slug="gone"), COMMAND_LINE)
    now.advance(hours=1)
    answer = reader.get("/privacy").text
    assert re.findall(r'href="(/c/[^"]+)"', answer) == ["/c/open/privacy", "/c/over/privacy"]
    assert "Over &amp; out" in answer


def test_there_is_none_where_there_is_no_campaign(runtime: Runtime, reader: FlaskClient) -> None:
    lifecycle.take_down_campaign(runtime, new_campaign(runtime, slug="gone"), COMMAND_LINE)
    assert reader.get("/c/gone/privacy").status_code == 410
    assert reader.get("/c/nothing/privacy").status_code == 404


def test_the_form_leads_to_it(runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(runtime)
    assert 'href="/c/save-the-pond/privacy"' in reader.get("/c/save-the-pond").text


def test_it_is_said_who_is_asked_for_postcodes_and_nothing_of_it_where_nobody_is(
    make_runtime: Callable[..., Runtime], runtime: Runtime
) -> None:
    new_campaign(runtime)
    new_campaign(runtime, slug="without-postcodes", form_fields=SignFormFields(postcode="no"))
    asking = make_app(make_runtime(places_url="https://places.example/copy")).test_client()
    for path, said in (("/privacy", True), ("/c/save-the-pond/privacy", True), ("/c/without-postcodes/privacy", False)):
        page = asking.get(path).text
        assert ("Postcodes of the United Kingdom are sent to places.example some time after signing" in page) is said
        assert ("in each constituency and region of the United Kingdom, from 5 up" in page) is said
    assert "Postcodes of the United Kingdom" not in make_app(runtime).test_client().get("/privacy").text
