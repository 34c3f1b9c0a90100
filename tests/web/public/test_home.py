"""The home page: who finds what, how often the store is asked for it, and what is shown while it cannot be asked."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from threading import Event, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import event
from werkzeug.test import TestResponse

from campaign.domain.campaigns.definition import language_version
from campaign.domain.updates.update import UpdateKind, UpdateResult, UpdateText
from campaign.rendering.picture_import import import_picture
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find, listing
from campaign.services.ledger import count
from campaign.web.public.home import PAGE_MAX_AGE_SECONDS
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.page_states.updates import publish
from tests.support.compile_cache import make_app
from tests.support.factories import START_TIME, ManualClock, definition, new_campaign
from tests.support.processes import wait_until
from tests.support.servers import MailServer
from tests.support.signatory import Signatory, run_workers


@pytest.fixture
def reader(app: Flask) -> FlaskClient:
    return app.test_client()


def titles(answer: TestResponse) -> list[str]:
    """The campaigns on a page, in their order."""
    assert answer.status_code == 200, answer.status
    return [unescape(title) for title in re.findall(r'<h3[^>]*><a href="/c/[^"]*">([^<]*)</a>', answer.text)]


def next_page(answer: TestResponse) -> str:
    """Where the link to the next page leads."""
    (found,) = re.findall(r'rel="next" href="([^"]+)"', answer.text)
    return unescape(found)


def many(runtime: Runtime, amount: int, **changes: Any) -> list[str]:
    """Campaigns that opened one after the other; their titles, the newest first."""
    made = [
        new_campaign(runtime, slug=f"many-{n}", title=f"Pond {n}", opens_at=START_TIME - timedelta(hours=amount - n), **changes)
        for n in range(amount)
    ]
    return [campaign.text.title for campaign in made[::-1]]


# What is there


def test_the_home_page_leads_to_open_campaigns_first_and_to_closed_ones_with_their_result(
    runtime: Runtime, reader: FlaskClient, now: ManualClock
) -> None:
    new_campaign(runtime, slug="over", title="Over", closes_at=START_TIME + timedelta(hours=1), goals=(7,))
    new_campaign(runtime, slug="open", title="Open <now>")
    new_campaign(runtime, slug="soon", title="Soon", closes_at=START_TIME + timedelta(days=2))
    now.advance(hours=2)
    answer = reader.get("/")
    assert titles(answer) == ["Soon", "Open <now>", "Over"]
    closed = answer.text[answer.text.index("Over</a>") :]
    assert "<strong>0</strong> signatures" in closed
    assert "The deadline was" in closed
    assert html_problems(answer.text) == []


def test_a_campaign_that_grows_says_by_how_many(
    app: Flask, runtime: Runtime, reader: FlaskClient, mail: MailServer, now: ManualClock
) -> None:
    new_campaign(runtime, title="Fast")

    def sign(n: int) -> None:
        person = Signatory(app, mail, email=f"person{n}@example.org")
        person.sign()
        run_workers(runtime)
        person.confirm()
        count.advance_ledgers(runtime)

    sign(0)
    # Where a day has brought all there is, the number says so itself.
    assert "in the last 24 hours" not in make_app(runtime).test_client().get("/").text
    now.advance(hours=26)
    sign(1)
    sign(2)
    assert "2 in the last 24 hours" in reader.get("/").text
    now.advance(days=2)
    assert "in the last 24 hours" not in make_app(runtime).test_client().get("/").text


def test_everything_can_be_reached_by_following_the_links(runtime: Runtime, reader: FlaskClient, now: ManualClock) -> None:
    every = {*many(runtime, listing.MAX_NEWEST + listing.PAGE_SIZE), "Over"}
    new_campaign(runtime, slug="over", title="Over", closes_at=START_TIME + timedelta(minutes=1))
    now.advance(hours=1)
    answer = reader.get("/")
    assert 'href="/?list=closed"' in answer.text
    seen = {*titles(answer)}
    assert len(seen) == listing.MAX_NEWEST + 1
    for _ in range(2):
        answer = reader.get(next_page(answer))
        seen |= {*titles(answer)}
        assert html_problems(answer.text) == []
    assert seen == every
    assert 'rel="next"' not in answer.text
    assert titles(reader.get("/?list=closed")) == ["Over"]
    assert 'href="/?list=closed"' in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "list=open&page=2", "list=closed&page=2", "list=none", "list=", "list=open&page=0", "list=open&page=-1",
        "list=open&page=x", "list=open&page=1.5", "list=open&page=201", "list=open&page=9999999999",
        "list=open&page=%D9%A1", "q=pond&page=2", "q=pond&page=0",
    ],
)  # fmt: skip
def test_a_page_past_the_end_is_not_found(runtime: Runtime, reader: FlaskClient, address: str) -> None:
    new_campaign(runtime)
    assert reader.get(f"/?{address}").status_code == 404


def test_lists_without_a_campaign_say_so(reader: FlaskClient) -> None:
    for address in ("/", "/?list=open", "/?list=closed"):
        answer = reader.get(address)
        assert titles(answer) == []
        assert html_problems(answer.text) == []


def test_a_campaign_with_a_picture_leads_the_page_with_its_sign_button(runtime: Runtime, reader: FlaskClient) -> None:
    drawn = BytesIO()
    Image.new("RGB", (480, 300), "#d01020").save(drawn, "PNG")
    picture = import_picture(drawn.getvalue())
    create_and_find.create_campaign(runtime, definition(slug="red", title="Red", picture_alt="A red field"), picture)
    many(runtime, 2)
    answer = reader.get("/")
    assert titles(answer) == ["Red", "Pond 1", "Pond 0"]
    featured = answer.text.partition('<article class="featured">')[2].partition("</article>")[0]
    assert 'href="/c/red#sign">Sign the petition</a>' in featured
    assert 'alt="A red field"' in featured
    assert answer.text.count('href="/c/red"') == 1
    assert html_problems(answer.text) == []


def test_what_was_won_or_answered_has_a_row_of_its_own(runtime: Runtime, reader: FlaskClient, now: ManualClock) -> None:
    soon = START_TIME + timedelta(hours=1)
    for slug, result in (("won", UpdateResult.WON), ("lost", UpdateResult.LOST)):
        ended = new_campaign(runtime, slug=slug, title=slug.title(), closes_at=soon)
        publish(runtime, ended, UpdateText(UpdateKind.ENDED, "It is over", "Thanks.", date(2026, 11, 21), result=result))
    answered = new_campaign(runtime, slug="answered", title="Answered", closes_at=soon)
    answer = UpdateText(UpdateKind.ANSWERED, "They answered", "Well.", date(2026, 11, 20), "The council", "It *stays*.")
    publish(runtime, answered, answer)
    now.advance(hours=2)
    page = reader.get("/")
    assert titles(page) == ["Answered", "Won", "Lost"]
    assert page.text.index("Won and answered") < page.text.index("Answered</a>") < page.text.index(">Closed</h2>")
    assert html_problems(page.text) == []


# Searching


@on_both_databases
def test_where_nothing_has_the_words_their_beginnings_are_searched_for(runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(runtime, title="Keep the library open")
    assert titles(reader.get("/?q=libraries")) == ["Keep the library open"]
    assert titles(reader.get("/?q=libraries+opening")) == ["Keep the library open"]
    assert titles(reader.get("/?q=lido")) == []
    new_campaign(runtime, slug="two", title="Two libraries")
    assert titles(reader.get("/?q=libraries+two")) == ["Two libraries"]


@on_both_databases
def test_a_search_shows_what_it_found_and_keeps_what_was_typed(runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(runtime)
    new_campaign(runtime, slug="lido", title="Heat the lido", background="It is cold.", ask="Heat it.")
    answer = reader.get("/?q=Lido+heat")
    assert titles(answer) == ["Heat the lido"]
    assert 'value="Lido heat"' in answer.text
    assert titles(reader.get("/?q=nothing+of+the+kind")) == []
    assert html_problems(answer.text) == []


@pytest.mark.parametrize("nothing", ["", "%20%20", "%00", "%CC%81", "%0A"])
def test_a_search_for_nothing_is_the_home_page(runtime: Runtime, reader: FlaskClient, nothing: str) -> None:
    new_campaign(runtime)
    assert reader.get(f"/?q={nothing}").data == reader.get("/").data


@pytest.mark.parametrize(
    "typed",
    ['"><script>alert(1)</script>', "</title>", "{{ 7*7 }}", "a\x07b\x00c", "%", "%_\\", "x" * 5000, "\u202e evil", "1"],
)
def test_whatever_is_searched_for_the_page_stays_in_order(runtime: Runtime, reader: FlaskClient, typed: str) -> None:
    new_campaign(runtime)
    answer = reader.get("/", query_string={"q": typed})
    assert answer.status_code == 200
    assert html_problems(answer.text) == []


def test_what_a_search_found_is_kept_by_the_readers_own_browser_alone_and_not_indexed(
    runtime: Runtime, reader: FlaskClient
) -> None:
    new_campaign(runtime)
    answer = reader.get("/?q=pond")
    assert answer.headers["Cache-Control"].startswith(f"private, max-age={PAGE_MAX_AGE_SECONDS}")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.text
    home = reader.get("/")
    assert home.headers["Cache-Control"].startswith(f"public, max-age={PAGE_MAX_AGE_SECONDS}")
    assert "noindex" not in home.text
    assert "X-Robots-Tag" not in home.headers


def test_more_than_fifty_found_are_shown_page_by_page(runtime: Runtime, reader: FlaskClient) -> None:
    every = many(runtime, listing.PAGE_SIZE + 2)
    first = reader.get("/?q=pond")
    second = reader.get(next_page(first))
    assert titles(first) + titles(second) == every
    assert 'rel="next"' not in second.text


def test_the_links_of_a_search_are_those_of_who_searched(runtime: Runtime, reader: FlaskClient) -> None:
    # Only the first hundred characters are searched for; the rest is in the links of one's own page and nobody else's.
    new_campaign(runtime)
    assert "secret" in reader.get(f"/?q={'x' * 100}secret").text
    assert "secret" not in reader.get(f"/?q={'x' * 100}").text


# What it costs, and what holds


@on_both_databases
def test_the_store_is_asked_once_however_many_read(runtime: Runtime, reader: FlaskClient, statements: list[str]) -> None:
    new_campaign(runtime)
    for address in ("/", "/?list=open", "/?q=pond", "/?list=open&page=7"):
        reader.get(address)
        statements.clear()
        for _ in range(20):
            reader.get(address)
        assert statements == []


def test_a_page_that_has_not_changed_is_not_sent_again(runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(runtime)
    first = reader.get("/", headers={"Accept-Encoding": "gzip"})
    assert first.headers["Content-Encoding"] == "gzip"
    assert {"Accept-Encoding", "Accept-Language"} <= {name.strip() for name in first.headers["Vary"].split(",")}
    again = reader.get("/", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@on_both_databases
def test_slow_searches_leave_threads_for_readers(app: Flask, runtime: Runtime, reader: FlaskClient) -> None:
    new_campaign(runtime)
    asked, answered, got = Event(), Event(), []

    def slowly(_c: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if "LIKE" in sql:
            asked.set()
            answered.wait(20)

    for engine in (runtime.engine, runtime.autocommit_engine):
        event.listen(engine, "before_cursor_execute", slowly)

    def search(address: str) -> None:
        got.append(app.test_client().get(address))

    addresses = [f"/?q=pond+{n}" for n in range(5)]
    threads = [Thread(target=search, args=(address,)) for address in addresses]
    threads[0].start()
    assert asked.wait(20)
    for thread in threads[1:]:
        thread.start()
    wait_until(lambda: len(got) == 2, "two were turned away")
    for answer in got:
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Cache-Control"] == "no-store"
        assert html_problems(answer.text) == []
    # Lists are made in turn with searches; the home page is not.
    assert reader.get("/?list=open").status_code == 503
    assert titles(reader.get("/")) == ["Save the village pond"]
    answered.set()
    for thread in threads:
        thread.join(20)
    assert sorted(answer.status_code for answer in got) == [200, 200, 200, 503, 503]
    assert titles(reader.get("/?list=open")) == ["Save the village pond"]


def test_a_home_page_that_was_never_made_is_a_503_while_the_database_is_down(make_runtime: Callable[..., Runtime]) -> None:
    down = make_runtime(database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    answer = make_app(down).test_client().get("/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


# Languages


def test_each_language_has_its_own_home_page(runtime: Runtime, reader: FlaskClient) -> None:
    welsh = language_version("save-the-pond", "cy", title="Achubwch y pwll", ask="Cadwch y pwll.")
    new_campaign(runtime, translations=(welsh,))
    asked = {"Accept-Language": "cy"}
    assert '<html lang="cy"' in reader.get("/", headers=asked).text
    assert '<html lang="en"' in reader.get("/").text
    chosen = reader.get("/?lang=cy")
    assert "Achubwch y pwll</a>" in chosen.text
    assert '<a href="/c/save-the-pond?lang=cy">' in chosen.text
    assert "Achubwch y pwll</a>" in reader.get("/?q=pwll&lang=cy").text


@pytest.mark.parametrize(("address", "kept"), [("/?lang=cy", ["cy"]), ("/?lang=en&q=pond", ["en"]), ("/", [])])
def test_a_search_keeps_the_language_that_was_chosen(
    runtime: Runtime, reader: FlaskClient, address: str, kept: list[str]
) -> None:
    new_campaign(runtime)
    assert re.findall(r'name="lang" value="(\w+)"', reader.get(address, headers={"Accept-Language": "cy"}).text) == kept
