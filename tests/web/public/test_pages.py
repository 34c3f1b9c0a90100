"""Promises of the pages: cacheable, without cookies, the same for everybody, and true."""

import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import SignFormFields
from campaign.domain.campaigns.definition import text_hash
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.places.countries import COUNTRIES
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.ledger import count
from campaign.services.moderation import removals
from campaign.services.signatures import comments
from campaign.services.site import switches
from campaign.store.tables import signatures
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.support.caches import expire_campaigns
from tests.support.compile_cache import make_app
from tests.support.factories import ManualClock, new_campaign
from tests.support.queries import execute_sql
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, public_count, run_workers

PUBLIC = ("/", "/c/save-the-pond", "/c/save-the-pond/count.json", "/c/save-the-pond.json")


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_set_no_cookie_and_may_be_kept_by_a_proxy(app: Flask, runtime: Runtime, path: str) -> None:
    new_campaign(runtime)
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    # Only what the address does not say: how it is packed, and on the home page the language.
    varies = {"/": "Accept-Encoding, Accept-Language", "/c/save-the-pond": "Accept-Encoding"}
    assert answer.vary.to_header() == varies.get(path, "")
    assert re.search(r"public, max-age=\d+", answer.headers["Cache-Control"])
    again = app.test_client().get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_pages_carry_the_headers_that_protect_their_readers(app: Flask, runtime: Runtime) -> None:
    new_campaign(runtime)
    for path in (*PUBLIC, "/nowhere", f"/v/{runtime.tokens.verify_token(1, 'key', 1)}"):
        headers = app.test_client().get(path).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Strict-Transport-Security"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PUBLIC[:2])
def test_pages_need_nothing_from_elsewhere_and_nothing_inline(app: Flask, runtime: Runtime, path: str) -> None:
    new_campaign(runtime, contact="pond@example.org")
    html = app.test_client().get(path).text
    assert not re.search(r"<script(?![^>]*(?:\bsrc=|type=.application/(?:ld\+)?json))|<style|\sstyle=|\son[a-z]+=", html)
    # What is loaded by itself; links to other sites are followed by nobody but the reader.
    for source in re.findall(r'(?:\bsrc|srcset|<link[^>]*\bhref)="([^"#]+)"', html):
        assert source.startswith(("/", "https://sign.example.org/", "data:image/svg+xml,")), source
    for link in re.findall(r'<a [^>]*href="https://(?!sign\.example\.org)[^>]*>', html):
        assert 'rel="noopener noreferrer' in link, link
    for asset in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
        found = app.test_client().get(asset)
        assert found.status_code == 200
        assert "immutable" in found.headers["Cache-Control"]


@on_both_databases
def test_readers_never_reach_the_database_once_redis_has_a_copy(
    app: Flask, runtime: Runtime, statements: list[str], signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    signed = signatory()
    signed.sign(public="1")
    run_workers(runtime)
    signed.confirm()
    run_workers(runtime)
    statements.clear()
    for _ in range(20):
        expire_campaigns()  # as if each came half a second after the other
        for path in ("/c/save-the-pond", "/c/save-the-pond/count.json"):
            assert app.test_client().get(path).status_code == 200
    # What happened lately is personal data, so Redis has none of it, and updates are long: they are asked for once, and not
    # again for some seconds.
    once = ("FROM (SELECT ledger.signature_id", "comment_published_at IS NOT NULL", "FROM hourly_tallies", "FROM updates")
    assert [sql for sql in statements if not any(words in sql for words in once)] == []
    assert len(statements) <= len(once)


@on_both_databases
def test_signing_is_the_same_work_and_the_same_answer_whatever_is_on_file(
    runtime: Runtime, statements: list[str], signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    switches.refresh_switch_cache(runtime)  # as the clock does every second
    ada = signatory()
    shapes = []
    for state in ("new", "pending", "verified", "withdrawn", "invalidated"):
        if state == "verified":
            run_workers(runtime)
            ada.confirm()
        elif state == "withdrawn":
            run_workers(runtime)
            ada.withdraw()
        elif state == "invalidated":
            run_workers(runtime)
            assert removals.invalidate_signature(runtime, COMMAND_LINE, 1, RemovalKind.PROGRAM, "a test")
        runtime.now.advance(days=2)  # type: ignore[attr-defined]
        statements.clear()
        answer = ada.sign()
        cookies = [
            re.sub(r"=[\w-]{22};|Expires=[^;]+;|\.[\w-]+\.[\w-]{43};", "…", cookie)
            for cookie in answer.headers.getlist("Set-Cookie")
        ]
        headers = {k: v for k, v in answer.headers.items() if k != "Set-Cookie"}
        writes = [sql.split()[0] for sql in statements if not sql.startswith("BEGIN")]
        shapes.append((answer.status_code, answer.location, answer.text, headers, cookies, len(statements), writes))
    # Nobody can find out who signed: status, page, headers, cookies and work are the same for all five.
    assert all(shape == shapes[0] for shape in shapes)
    # PostgreSQL joins the signature and the promise of its mail; SQLite does one after the other,
    # also where no mail is owed and no correction is kept.
    assert shapes[0][-1] == (["INSERT", "SELECT", "INSERT", "INSERT"] if runtime.settings.is_sqlite else ["WITH"])


def test_the_count_has_the_shape_that_is_promised(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    campaign = new_campaign(runtime)
    now.advance(seconds=0.5)
    data = app.test_client().get("/c/save-the-pond/count.json").get_json()
    assert data == {
        "slug": "save-the-pond",
        "state": "open",
        "signatures": 0,
        "signatures_on_paper": 0,
        "signatures_held": 0,
        "goal": 3,
        "opens_at": "2026-11-23T11:00:00Z",
        "closes_at": "2026-12-23T12:00:00Z",
        "now": "2026-11-23T12:00:00Z",
        "seconds_left": 30 * 86_400 - 1,
        "ledger_entries": 0,
        "as_of": "2026-11-23T12:00:00Z",
    }
    assert campaign.window.seconds_left(now()) == data["seconds_left"]


@pytest.mark.parametrize(("held", "told"), [(4, 0), (5, 5)])
def test_how_many_are_held_is_told_from_five_on(app: Flask, runtime: Runtime, held: int, told: int) -> None:
    new_campaign(runtime)
    before = app.test_client().get("/c/save-the-pond/count.json").headers["ETag"]
    execute_sql(runtime, "UPDATE tallies SET held = :held, revision = revision + 1", held=held)
    count.refresh_campaign_cache(runtime)
    expire_campaigns()
    answer = app.test_client().get("/c/save-the-pond/count.json")
    assert answer.get_json()["signatures_held"] == told
    # A reader that has the number is told of a new one.
    assert (answer.headers["ETag"] != before) is bool(told)
    data = app.test_client().get("/c/save-the-pond.json").get_json()["data"]["attributes"]
    assert (data["signatures_held"], data["signature_count"]) == (told, 0)


def test_the_open_data_has_the_shape_of_an_e_petition(app: Flask, runtime: Runtime, mail: MailServer) -> None:
    new_campaign(runtime)
    for n, (country, postcode) in enumerate([("GB", "SW1A 1AA"), ("GB", "EH99 1SP"), ("FR", "")]):
        person = Signatory(app, mail, email=f"person{n}@example.org")
        person.sign(country=country, postcode=postcode)
        run_workers(runtime)
        person.confirm()
    run_workers(runtime)
    expire_campaigns()
    answer = app.test_client().get("/c/save-the-pond.json")
    data = answer.get_json()["data"]
    assert (data["type"], data["id"]) == ("petition", "save-the-pond")
    attributes = data["attributes"]
    assert attributes["action"] == "Save the village pond"
    assert attributes["background"] == "Keep the pond."
    assert attributes["additional_details"] == "It is old.\n\nIt is loved."
    assert (attributes["state"], attributes["signature_count"]) == ("open", 3)
    assert attributes["opened_at"] == "2026-11-23T11:00:00Z"
    assert attributes["closing_date"] == "2026-12-23T12:00:00Z"
    assert attributes["closed_at"] is None
    assert attributes["milestones"] == [{"goal": 3, "reached_at": "2026-11-23T12:00:00Z"}]
    assert attributes["signatures_by_country"] == [
        {"name": "United Kingdom", "code": "GB", "signature_count": 2},
        {"name": "France", "code": "FR", "signature_count": 1},
    ]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for secret in ("Ada", "Lovelace", "@example", "SW1A", "EH99"):
        assert secret not in answer.text
    # A doubter recomputes the hash of the text from what is published.
    assert attributes["text_hash"] == text_hash(
        slug=data["id"], title=attributes["action"], recipient=attributes["recipient"], ask=attributes["background"],
        background=attributes["additional_details"],
    )  # fmt: skip


def test_a_campaign_that_was_taken_down_is_gone_and_withdrawing_still_works(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    campaign = new_campaign(runtime)
    ada, ben = signatory(), signatory(email="ben@example.org")
    ada.sign()
    ben.sign()
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    lifecycle.take_down_campaign(runtime, campaign, COMMAND_LINE)
    expire_campaigns()
    client = app.test_client()
    for path in PUBLIC[1:]:
        assert client.get(path).status_code == 410
    assert "Save the village pond" not in client.get("/").text
    assert ben.sign().status_code == 410
    assert ben.confirm().status_code == 410
    assert ada.browser.get(ada.manage_path()).status_code == 200
    assert ada.withdraw().status_code == 303
    run_workers(runtime)
    lifecycle.put_back_campaign(runtime, campaign, COMMAND_LINE)
    assert public_count(app) == 0
    assert ben.confirm().status_code == 303


def test_a_link_verifies_what_its_own_mail_said_whatever_is_posted_meanwhile(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    ada, stranger = signatory(), signatory(name="Somebody Rude")
    ada.sign()
    run_workers(runtime)
    link = ada.verify_path()
    # A stranger who knows the address submits other details before the link is pressed.
    stranger.sign()
    run_workers(runtime)
    strangers_link = ada.verify_path()
    assert strangers_link != link
    assert "Ada Lovelace" in ada.browser.get(link).text
    assert "Somebody Rude" not in ada.browser.get(link).text
    # The other mail's link shows what would be signed by it; no browser but the one that typed that presses by itself.
    assert "data-press" in ada.browser.get(link).text
    shown = ada.browser.get(strangers_link).text
    assert "Somebody Rude" in shown
    assert "data-press" not in shown
    # While the stranger goes on, the owner of the mailbox presses once.
    stranger.sign(name="Somebody Ruder")
    assert ada.confirm(link).status_code == 303
    run_workers(runtime)
    assert public_count(app) == 1
    assert "Ada Lovelace" in ada.browser.get(ada.manage_path()).text
    # The other links lead to the same success, and change nothing any more.
    assert ada.confirm(strangers_link).status_code == 303
    assert "Ada Lovelace" in ada.browser.get(ada.manage_path()).text


def test_another_site_cannot_make_a_browser_press_by_itself(runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime)
    ada = signatory()
    widget = {"embed": re.findall(r'name="embed" value="([^"]+)"', ada.browser.get("/c/save-the-pond/embed").text)[0]}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": "null"}, {"Origin": "null"}):
        answer = ada.browser.post("/c/save-the-pond/signatures", data=ada.form() | widget, headers=headers)
        assert answer.status_code == 303
        assert "Set-Cookie" not in answer.headers
    answer = ada.browser.post("/c/save-the-pond/signatures", data=ada.form(), headers={"Sec-Fetch-Site": "same-origin"})
    cookie = answer.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/v/", "Max-Age="))


def test_a_form_shown_with_an_older_text_is_shown_again(runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime)
    answer = signatory().sign(text="0" * 64)
    assert answer.status_code == 422
    assert "changed while you were reading" in answer.text
    assert 'value="Ada Lovelace"' in answer.text
    hidden = re.search(r'name="text" value="([0-9a-f]{64})"', answer.text)
    assert hidden
    assert signatory().sign(text=hidden[1]).status_code == 303


def test_my_signature_can_be_seen_changed_and_downloaded(runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime)
    ada = signatory()
    ada.sign(comment="For the frogs", updates="1")
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    path = ada.manage_path()
    assert "Ada Lovelace" in ada.browser.get(path).text
    assert ada.browser.post(path, data={"action": "consents", "public": "1"}).location == f"{path}?saved=1"
    answer = ada.browser.post(path, data={"action": "download"})
    data: dict[str, Any] = answer.get_json()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert (data["name"], data["email"], data["comment"]) == ("Ada Lovelace", "ada@example.org", "For the frogs")
    assert (data["public"], data["updates"], data["updates_wording"], data["updates_at"]) == (True, False, None, None)


@on_both_databases
def test_a_reason_is_given_after_signing_on_the_thank_you_page_and_corrected_on_ones_own(
    runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    campaign = new_campaign(runtime)
    ada = signatory()
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    path = ada.manage_path()

    def choose(**fields: str) -> TestResponse:
        return ada.browser.post(path, data={"action": "consents", **fields})

    def stored() -> tuple[str, bool, bool]:
        data = ada.browser.post(path, data={"action": "download"}).get_json()
        return data["comment"], data["public"], data["updates"]

    thanks = ada.browser.get("/c/save-the-pond/thanks").text
    assert f'action="{path}"' in thanks
    after = choose(**{"from": "thanks", "comment": "For the frogs", "public": "1"})
    assert after.location == "/c/save-the-pond/thanks?saved=1#choices"
    assert "Your choices are saved." in ada.browser.get(after.location).text
    assert stored() == ("For the frogs", True, False)

    # A form without the field leaves the comment as it is; an empty field takes it away.
    choose(updates="1")
    assert stored() == ("For the frogs", False, True)
    wrong = choose(comment="See www.example.org")
    assert (wrong.status_code, html_problems(wrong.text)) == (422, [])
    assert "See www.example.org</textarea>" in wrong.text
    assert "cannot contain a web address" in wrong.text
    assert stored() == ("For the frogs", False, True)
    choose(comment="")
    assert stored()[0] == ""

    # What campaigners have hidden stays hidden, and nobody shows it again by writing it anew.
    choose(comment="Something rude")
    with runtime.transaction() as connection:
        [signature_id] = connection.execute(select(signatures.c.id)).scalars()
    comments.hide_comment(runtime, COMMAND_LINE, campaign.id, signature_id, "rude")
    page = ada.browser.get(path).text
    assert 'name="comment"' not in page
    assert "The campaigners have hidden your comment: rude" in page
    choose(comment="Something rude, again")
    assert stored()[0] == "Something rude"


@on_both_databases
def test_nobody_is_asked_to_be_shown_where_nobody_is(runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime, supporters="no")
    ada = signatory()

    def asks(page: str) -> bool:
        assert html_problems(page) == []
        signs = (
            'name="public"',
            "only if you choose so after signing",
            "Whether your name may be shown",
            "whatever they ticked",
        )
        return any(sign in page for sign in signs)

    pages = [ada.browser.get(f"/c/save-the-pond{path}").text for path in ("", "/embed", "/privacy")]
    pages.append(ada.sign(email="nowhere", public="1").text)
    assert ada.sign(public="1").status_code == 303
    run_workers(runtime)
    pages.append(ada.open_verification().text)
    assert "No, my name is not shown" in pages[-1]
    ada.confirm()
    run_workers(runtime)
    path = ada.manage_path()
    pages.append(ada.browser.get(path).text)
    assert [page for page in pages if asks(page)] == []
    assert all("Your name is not published here." in page for page in (pages[0], pages[1], pages[3]))
    ada.browser.post(path, data={"action": "consents", "public": "1", "updates": "1"})
    data = ada.browser.post(path, data={"action": "download"}).get_json()
    assert (data["public"], data["updates"]) == (False, True)


def test_the_number_somebody_is_stands_in_a_sentence(runtime: Runtime, signatory: Callable[..., Signatory]) -> None:
    new_campaign(runtime)
    ada = signatory()
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)
    for path, words in ((ada.manage_path(), "You are the 1st to sign."), (f"{ada.manage_path()}?lang=cy", "rhif 1.")):
        assert words in ada.browser.get(path).text


def test_the_thank_you_page_belongs_to_the_browser_that_verified(
    app: Flask, runtime: Runtime, signatory: Callable[..., Signatory]
) -> None:
    new_campaign(runtime)
    ada = signatory()
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    assert ada.browser.get("/c/save-the-pond/thanks").status_code == 200
    elsewhere = app.test_client().get("/c/save-the-pond/thanks")
    assert (elsewhere.status_code, elsewhere.location) == (303, "/c/save-the-pond")


def test_the_development_mailbox_is_there_only_without_a_mail_server(make_runtime: Callable[..., Runtime]) -> None:
    runtime = make_runtime(mail_url="", base_url="http://127.0.0.1:8000")
    app = make_app(runtime)
    new_campaign(runtime)
    client = app.test_client()
    assert client.get("/dev/mailbox").status_code == 200
    form = {"name": "Ada", "email": "ada@example.org", "country": "FR"}
    assert client.post("/c/save-the-pond/signatures", data=form).status_code == 303
    run_workers(runtime)
    page = client.get("/dev/mailbox").text
    keys = re.findall(r'href="(/dev/mailbox/[^"]+)"', page)
    assert "Confirm your signature" in page
    assert "/v/" in client.get(keys[0]).text
    html = client.get(f"{keys[0]}/html")
    assert html.status_code == 200
    assert html.headers["Content-Security-Policy"].startswith("sandbox ")
    for key in ("nothing", "..%2f..%2fsecret_key", "%2e%2e"):
        assert client.get(f"/dev/mailbox/{key}").status_code == 404


@pytest.mark.parametrize(
    ("asked", "form", "status"),
    [
        (SignFormFields(country="no", postcode="no", comment="no"), {"name": "Ada", "email": "ada@example.org"}, 303),
        (SignFormFields(country="optional", postcode="optional"), {"name": "Ada", "email": "ada@example.org"}, 303),
        (SignFormFields(comment="required"), {"name": "Ada", "email": "ada@example.org", "country": "FR"}, 422),
        (SignFormFields(postcode="required"), {"name": "Ada", "email": "ada@example.org", "country": "FR"}, 422),
        (
            SignFormFields(postcode="required"),
            {"name": "Ada", "email": "ada@example.org", "country": "FR", "postcode": "75001"},
            303,
        ),
    ],
)
def test_a_campaign_asks_what_it_says_it_asks(
    app: Flask, runtime: Runtime, asked: SignFormFields, form: dict[str, str], status: int
) -> None:
    new_campaign(runtime, form_fields=asked)
    page = app.test_client().get("/c/save-the-pond").text
    for name in ("country", "postcode"):
        assert (f'name="{name}"' in page) == (getattr(asked, name) != "no")
    # What is optional and about oneself is asked after signing.
    assert ('name="comment"' in page) == (asked.comment == "required")
    assert 'name="public"' not in page
    assert app.test_client().post("/c/save-the-pond/signatures", data=form).status_code == status


def test_readyz_tells_what_is_wrong(app: Flask, make_runtime: Callable[..., Runtime]) -> None:
    assert app.test_client().get("/healthz").get_json() == {"process": "up"}
    well = {"database": "up", "redis": "up", "clock": "up", "your_address": "loopback"}
    assert app.test_client().get("/readyz").get_json() == well
    lost = make_app(make_runtime(redis_url="unix:///nowhere/redis.sock"))
    answer = lost.test_client().get("/readyz")
    down = "down: does not answer; signing and counting go on, mail waits"
    assert (answer.status_code, answer.get_json()) == (503, well | {"redis": down})
    assert lost.test_client().get("/healthz").status_code == 200


def test_a_database_that_is_down_is_a_503_with_words_and_nothing_stored(make_runtime: Callable[..., Runtime]) -> None:
    runtime = make_runtime(database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    client = make_app(runtime).test_client()
    for answer in (
        client.get("/c/save-the-pond"),
        client.post("/c/save-the-pond/signatures", data={"name": "Ada"}),
        client.get("/"),
    ):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "<h1" in answer.text
    assert client.get("/readyz").status_code == 503


def test_the_list_shows_open_campaigns_and_further_down_closed_ones(app: Flask, runtime: Runtime, now: ManualClock) -> None:
    assert "campaign" in app.test_client().get("/").text.lower()
    new_campaign(runtime, slug="old", title="An old campaign", closes_at=now() + timedelta(hours=1))
    new_campaign(runtime, slug="new", title="A new campaign")
    now.advance(hours=2)
    page = make_app(runtime).test_client().get("/").text
    assert page.index("A new campaign") < page.index("An old campaign")


def test_a_campaign_that_has_closed_speaks_of_no_goal_still_to_reach(
    app: Flask, runtime: Runtime, mail: MailServer, now: ManualClock
) -> None:
    new_campaign(runtime, goals=(1, 10))
    ada = Signatory(app, mail)
    ada.sign()
    run_workers(runtime)
    ada.confirm()
    run_workers(runtime)

    def shown(path: str) -> str:
        expire_campaigns()
        return app.test_client().get(path).text

    next_goal = re.compile(r"Next goal: 10\b")
    assert next_goal.search(shown("/c/save-the-pond"))
    now.advance(days=31)
    assert "1 reached on" in shown("/c/save-the-pond")
    assert not next_goal.search(shown("/c/save-the-pond"))
    assert not next_goal.search(shown("/"))


@pytest.mark.parametrize(("language", "germany"), [("en", "Germany"), ("cy", "Yr Almaen")])
def test_every_country_can_be_chosen_by_its_name_in_the_language_of_the_page(
    app: Flask, runtime: Runtime, language: str, germany: str
) -> None:
    new_campaign(runtime)
    page = app.test_client().get(f"/c/save-the-pond?lang={language}").text
    offered = re.findall(r'<option value="([A-Z]{2})"[^>]*>([^<]+)</option>', page)
    assert {code for code, _ in offered} == set(COUNTRIES)
    assert (dict(offered)["DE"], dict(offered)["XK"]) == (germany, "Kosovo")
    # The country most people here live in comes first, then all others by name.
    assert [code for code, _ in offered[:2]] == ["GB", "AF"]
    letters = [unicodedata.normalize("NFKD", name)[0] for _, name in offered[1:]]
    assert letters == sorted(letters)
