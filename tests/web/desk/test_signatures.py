"""The table of signatures at the desk: who sees which columns, how people are looked for, and searches that are saved."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.runtime import Runtime
from campaign.services.signatures import search
from campaign.store.accounts import audit_log
from tests.conftest import on_both_databases
from tests.html_validator import html_problems
from tests.support.desk_client import DeskClient, new_campaigner, page_text
from tests.support.factories import new_campaign
from tests.support.queries import execute_sql
from tests.support.stored_signatures import store_signatures

PATH = "/desk/c/save-the-pond/signatures"
ROWS = [
    {"name": "Ada Lovelace", "email": "ada@example.org", "network": "203.0.113.0/24"},
    {"name": "Grace <b>Hopper</b>", "email": "grace@example.com", "state": "pending", "comment": "<script>alert(1)</script>"},
    {"name": "محمد علي", "country": "FR", "postcode": "", "source": "leaflet", "email": "m@example.fr"},
    {"name": "Alan Turing", "email": "alan@example.org", "state": "invalidated", "postcode": "M13 9PL"},
]


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    made = new_campaign(runtime)
    store_signatures(runtime, made, ROWS)
    return made


@pytest.fixture
def at_desk(runtime: Runtime, app: Flask, campaign: Campaign) -> Callable[[Role], DeskClient]:
    return lambda role: new_campaigner(runtime, app, campaign, role)


def names(answer_text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]*"><bdi>(.*?)</bdi>', answer_text)


def acts(runtime: Runtime, campaign: Campaign) -> list[tuple[str, object]]:
    with runtime.reading() as connection:
        entries = audit_log.list_entries(connection, campaign.id)
    return [(entry.action, entry.after.get("filters")) for entry in entries if entry.action.endswith(("filters", "signatures"))]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.TYPIST])
def test_each_role_sees_its_columns(at_desk: Callable[[Role], DeskClient], role: Role) -> None:
    page = at_desk(role).get(PATH)
    assert page.status_code == 200
    assert html_problems(page.text) == []
    columns = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page.text)
    reads, moderates = role in (Role.OWNER, Role.MODERATOR), role in (Role.OWNER, Role.MODERATOR)
    assert ("Email address" in columns, "Network" in columns) == (reads, reads)
    # Not the hint beside the search, which has a postcode as its example.
    [table] = re.findall(r"<tbody>.*?</tbody>", page.text, re.DOTALL)
    shown = re.sub(r"<[^>]*>", " ", table)
    for address in ("ada@example.org", "grace@example.com", "203.0.113.0/24", "SW1A 1AA", "M13 9PL"):
        assert (address in shown) == reads, address
    assert "London (SW)" in shown or reads
    assert ('name="ids"' in page.text, "batches/new" in page.text) == (moderates, True)
    assert page.headers["Cache-Control"] == "no-store"


def test_the_newest_come_first_and_nothing_typed_becomes_markup(at_desk: Callable[[Role], DeskClient]) -> None:
    page = at_desk(Role.OWNER).get(PATH)
    assert names(page.text) == ["Alan Turing", "محمد علي", "Grace &lt;b&gt;Hopper&lt;/b&gt;", "Ada Lovelace"]
    assert "<script>alert" not in page.text
    assert "waiting" in page_text(page)
    # What has ended cannot be selected for being invalidated.
    assert len(re.findall(r'name="ids"', page.text)) == 3


def test_rows_that_have_all_ended_are_listed_without_a_button(at_desk: Callable[[Role], DeskClient]) -> None:
    page = at_desk(Role.MODERATOR).get(f"{PATH}?states=invalidated")
    assert page.status_code == 200
    assert names(page.text) == ["Alan Turing"]
    assert "Invalidate those selected" not in page.text


@on_both_databases
def test_who_is_looked_for_stands_in_no_address_and_not_readable_in_redis(
    runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient]
) -> None:
    mary = at_desk(Role.OWNER)
    answer = mary.post(PATH, {"name": "Ada", "address": "A.D.A@Example.org ", "area": "sw"})
    assert answer.status_code == 303
    assert re.fullmatch(rf"{PATH}\?f=[\w-]{{22}}#found", answer.location)
    page = mary.get(answer.location)
    assert html_problems(page.text) == []
    assert "No signature fits" in page_text(page)  # dots are letters at example.org
    answer = mary.post(PATH, {"name": "Ada", "address": "ADA@example.org "})
    page = mary.get(answer.location)
    assert names(page.text) == ["Ada Lovelace"]
    assert "1 signature found" in page_text(page)
    assert 'value="ADA@example.org"' in page.text
    kept = [(key, runtime.redis.get(key)) for key in runtime.redis.keys("countersign:search:*")]
    assert len(kept) == 2
    assert not any(word in str(kept).lower() for word in ("ada@", "example.org"))
    assert all(0 < runtime.redis.ttl(key) <= 3600 for key, _ in kept)
    assert acts(runtime, campaign) == [
        ("search signatures", ["name", "address"]), ("search signatures", ["name", "address", "area"]),
    ]  # fmt: skip


def test_a_search_is_of_one_session_and_one_campaign(
    runtime: Runtime, app: Flask, at_desk: Callable[[Role], DeskClient], campaign: Campaign
) -> None:
    mary, john, moor = at_desk(Role.OWNER), at_desk(Role.OWNER), new_campaign(runtime, slug="moor")
    location = mary.post(PATH, {"name": "Ada"}).location
    assert names(mary.get(location).text) == ["Ada Lovelace"]
    for answer in (john.get(location), mary.get(f"{PATH}?f=nonsense"), mary.get(f"{PATH}?f={'x' * 5000}")):
        assert answer.status_code == 422
        assert "is over. Search again." in answer.text
        assert names(answer.text) == []
    both = new_campaigner(runtime, app, campaign, Role.OWNER)
    execute_sql(
        runtime,
        "INSERT INTO team_members VALUES (:moor, :who, 'owner', :at)",
        moor=moor.id,
        who=both.id,
        at="2026-11-23 12:00:00.000000+00",
    )
    name = parse_qs(urlsplit(both.post(PATH, {"name": "Ada"}).location).query)["f"][0]
    assert both.get(f"/desk/c/moor/signatures?f={name}").status_code == 422


@on_both_databases
def test_what_is_not_personal_stands_in_the_address(at_desk: Callable[[Role], DeskClient]) -> None:
    mary = at_desk(Role.VIEWER)
    answer = mary.post(PATH, {"states": ["pending", "verified"], "country": "fr", "source": "", "since": "2026-11-23T11:00"})
    assert answer.location == f"{PATH}?country=FR&states=pending&states=verified&since=2026-11-23T11%3A00%3A00Z#found"
    page = mary.get(answer.location)
    assert names(page.text) == ["محمد علي"]
    assert all(
        chip in page_text(page) for chip in ("Country: France", "State: waiting or verified", "From: 23 Nov 2026, 11:00")
    )
    without = re.search(r'<a href="([^"]*)" aria-label="Remove “Country: France”">', page.text)
    assert without is not None
    assert len(names(mary.get(without[1].replace("&amp;", "&")).text)) == 3


@on_both_databases
@pytest.mark.parametrize(("role", "finds_few"), [(Role.VIEWER, False), (Role.EDITOR, False), (Role.MODERATOR, True)])
def test_a_mail_domain_of_fewer_than_five_is_treated_as_an_address(
    runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient], role: Role, finds_few: bool
) -> None:
    store_signatures(runtime, campaign, [{"email": f"{number}@four.example"} for number in range(4)])
    store_signatures(runtime, campaign, [{"email": f"{number}@five.example"} for number in range(5)])
    mary = at_desk(role)
    assert len(names(mary.get(f"{PATH}?domain=five.example").text)) == 5
    few, none = mary.get(f"{PATH}?domain=four.example"), mary.get(f"{PATH}?domain=nobody.example")
    assert (few.status_code, len(names(few.text))) == ((200, 4) if finds_few else (422, 0))
    assert none.status_code == few.status_code
    # Whether anybody is there at all is not told either.
    said = "Fewer than 5 have signed with that mail domain, or nobody"
    assert (said in few.text, said in none.text) == (not finds_few, not finds_few)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
@pytest.mark.parametrize("field", ["address", "network"])
def test_who_may_not_read_addresses_is_refused_in_words_when_searching_by_them(
    runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient], role: Role, field: str
) -> None:
    value = {"address": "ada@example.org", "network": "203.0.113.9"}[field]
    mary = at_desk(role)
    answer = mary.post(PATH, {field: value})
    assert answer.status_code == 422
    assert "Your role does not include searching by addresses" in answer.text
    assert names(answer.text) == []
    if field == "network":
        answer = mary.get(f"{PATH}?network=203.0.113.0/24")
        assert (answer.status_code, names(answer.text)) == (422, [])
    # Nor with a search that was saved while they were a moderator.
    execute_sql(runtime, "UPDATE team_members SET role = 'moderator'")
    location = mary.post(PATH, {field: value}).location
    query = urlsplit(location).query
    assert mary.post(f"{PATH}/saved?{query}", {"saved_name": "them"}).status_code == 303
    execute_sql(runtime, f"UPDATE team_members SET role = '{role}'")
    for address in (location, f"{PATH}?saved=1"):
        answer = mary.get(address)
        assert (answer.status_code, names(answer.text)) == (422, [])
        assert value not in answer.text


@pytest.mark.parametrize("field", ["name", "address"])
def test_people_are_not_looked_for_by_a_query(at_desk: Callable[[Role], DeskClient], field: str) -> None:
    answer = at_desk(Role.OWNER).get(f"{PATH}?{field}=ada@example.org")
    assert answer.status_code == 422
    assert "kept in histories and logs" in answer.text
    assert names(answer.text) == []


@on_both_databases
def test_searching_by_a_network_is_noted_once(
    runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient]
) -> None:
    mary = at_desk(Role.MODERATOR)
    location = mary.post(PATH, {"network": "203.0.113.77"}).location.removesuffix("#found")
    assert location == f"{PATH}?network=203.0.113.0%2F24"
    assert names(mary.get(location).text) == ["Ada Lovelace"]
    mary.get(f"{location}&older=99")
    mary.get(f"{PATH}?domain=example.org")
    assert acts(runtime, campaign) == [("search signatures", ["network"])]


HOSTILE = [
    "%",
    "_",
    "' OR '1'='1",
    '"; DROP TABLE signatures; --',
    "a\x00b",
    "x" * 5_000,
    "\u202egnp.exe",
    "محمد",
    "<b>",
    "\\",
    "{{7*7}}",
]


FIELDS = (
    "name",
    "words",
    "address",
    "domain",
    "area",
    "country",
    "network",
    "source",
    "states",
    "held",
    "since",
    "comment",
    "text",
    "batch",
)


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda typed: str(HOSTILE.index(typed)))
def test_whatever_is_typed_is_answered_in_words(at_desk: Callable[[Role], DeskClient], typed: str) -> None:
    mary = at_desk(Role.OWNER)
    for field in FIELDS:
        answer = mary.post(PATH, {field: typed})
        if answer.status_code == 303:
            answer = mary.get(answer.location)
            assert answer.status_code == 200, field
        else:
            assert answer.status_code == 422, field
            assert "There is a problem" in answer.text, field
            assert f'id="{field}"' in answer.text, field
        assert "<b>" not in answer.text, field
        assert html_problems(answer.text) == [], field
    if typed == "محمد":
        assert names(mary.get(mary.post(PATH, {"name": typed}).location).text) == ["محمد علي"]


@pytest.mark.parametrize(
    "query", ["older=x", "older=-1", "newer=99999999999999999999", "older=5-5", "size=1000000", "saved=x", "saved=9"]
)
def test_a_bent_address_is_no_mistake_of_ours(at_desk: Callable[[Role], DeskClient], query: str) -> None:
    assert at_desk(Role.OWNER).get(f"{PATH}?{query}").status_code in (200, 422)


@on_both_databases
def test_pages_are_as_long_as_is_asked_and_lead_on(
    runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient]
) -> None:
    store_signatures(runtime, campaign, [{"name": f"Number {n}", "source": "bulk"} for n in range(60)])
    mary = at_desk(Role.VIEWER)
    page = mary.get(f"{PATH}?source=bulk&size=25")
    seen = names(page.text)
    assert len(seen) == 25
    while older := re.search(r'<a class="button secondary" href="([^"]*)" rel="next">', page.text):
        page = mary.get(older[1].replace("&amp;", "&"))
        seen += names(page.text)
    assert seen == [f"Number {n}" for n in reversed(range(60))]
    newer = re.search(r'<a class="button secondary" href="([^"]*)" rel="prev">', page.text)
    assert newer is not None
    assert len(names(mary.get(newer[1].replace("&amp;", "&")).text)) == 25


@on_both_databases
def test_a_search_is_saved_found_again_and_deleted(
    runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient]
) -> None:
    mary, john = at_desk(Role.OWNER), at_desk(Role.OWNER)
    query = urlsplit(mary.post(PATH, {"name": "grace"}).location).query
    assert mary.post(f"{PATH}/saved?{query}", {"saved_name": " Graces "}).status_code == 303
    page = mary.get(PATH)
    assert "Graces" in page_text(page)
    assert "Graces" not in page_text(john.get(PATH))
    page = mary.get(f"{PATH}?saved=1")
    assert names(page.text) == ["Grace &lt;b&gt;Hopper&lt;/b&gt;"]
    assert html_problems(page.text) == []
    assert john.get(f"{PATH}?saved=1").status_code == 422
    john.post(f"{PATH}/saved/1/delete")
    assert "Graces" in page_text(mary.get(PATH))
    # Saved again under the name, it takes the place of the first.
    mary.post(f"{PATH}/saved?domain=example.org", {"saved_name": "Graces"})
    assert len(names(mary.get(f"{PATH}?saved=1").text)) == 2
    mary.post(f"{PATH}/saved/1/delete")
    assert "Graces" not in page_text(mary.get(PATH))
    kept = [act for act, _ in acts(runtime, campaign)]
    assert [act for act in kept if act != "search signatures"] == ["delete filters", "save filters", "save filters"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x00b", "\u202egnp"])
def test_a_search_is_saved_under_a_name_that_can_be_read(at_desk: Callable[[Role], DeskClient], name: str) -> None:
    answer = at_desk(Role.OWNER).post(f"{PATH}/saved?country=FR", {"saved_name": name})
    assert answer.status_code == 422
    assert 'href="#saved_name"' in answer.text
    assert html_problems(answer.text) == []


def test_nobody_saves_without_bound(at_desk: Callable[[Role], DeskClient]) -> None:
    mary = at_desk(Role.OWNER)
    codes = [mary.post(f"{PATH}/saved?country=FR", {"saved_name": f"number {n}"}).status_code for n in range(31)]
    assert codes == [303] * 30 + [422]
    assert mary.post(f"{PATH}/saved?country=DE", {"saved_name": "number 7"}).status_code == 303


@on_both_databases
def test_what_takes_too_long_is_said_in_words(
    runtime: Runtime, campaign: Campaign, at_desk: Callable[[Role], DeskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    store_signatures(runtime, campaign, [{} for _ in range(200)])
    mary = at_desk(Role.OWNER)
    monkeypatch.setattr(search, "SEARCH_TIMEOUT_SECONDS", 0.0 if runtime.settings.is_sqlite else 0.2)
    holder = runtime.engine.connect()
    if not runtime.settings.is_sqlite:
        holder.exec_driver_sql("LOCK TABLE signatures IN ACCESS EXCLUSIVE MODE")
    try:
        answer = mary.get(f"{PATH}?source=nowhere" if not runtime.settings.is_sqlite else PATH)
    finally:
        holder.rollback()
        holder.close()
    assert answer.status_code == 200
    assert "This search takes too long. Narrow the search" in page_text(answer)
    assert html_problems(answer.text) == []
    monkeypatch.undo()
    assert names(mary.get(PATH).text)


def test_where_nobody_has_signed_that_is_said(runtime: Runtime, app: Flask) -> None:
    empty = new_campaign(runtime, slug="moor")
    page = new_campaigner(runtime, app, empty, Role.VIEWER).get("/desk/c/moor/signatures")
    assert "Nobody has signed yet" in page_text(page)
    assert html_problems(page.text) == []


def test_the_operator_of_the_site_does_not_read_who_signed(runtime: Runtime, app: Flask, campaign: Campaign) -> None:
    operator = new_campaigner(runtime, app, operator=True, second_factor=True)
    for path in (PATH, f"{PATH}/1", "/desk/c/save-the-pond/comments"):
        answer = operator.get(path)
        assert answer.status_code == 403
        assert "Ada" not in answer.text
