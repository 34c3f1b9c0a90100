"""The table of signatures: what each filter finds, pages that stay where they are, and that an index finds each."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import bindparam, event, text

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.signatures.filters import Filters
from campaign.domain.signatures.signature import SignatureState
from campaign.runtime import Runtime
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.query_timeout import StatementTimeoutError, statement_timeout
from campaign.store.database.statements import text_statement
from campaign.store.signatures import signature_list
from campaign.store.signatures.filter_sql import filter_condition, time_parameters
from campaign.store.signatures.signature_list import Cursor, SignaturePage
from tests.support.factories import START_TIME, new_campaign
from tests.support.queries import execute_sql
from tests.support.stored_signatures import store_signatures

PENDING, VERIFIED, INVALIDATED, WITHDRAWN = SignatureState
Look = Callable[..., SignaturePage]
EVERYBODY = Filters()


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


@pytest.fixture
def look(runtime: Runtime, campaign: Campaign) -> Look:
    def one(
        filters: Filters = EVERYBODY, cursor: Cursor | None = None, most: int = 50, *, addresses: bool = True
    ) -> SignaturePage:
        with runtime.snapshot() as connection:
            return signature_list.signature_page(connection, campaign.id, filters, cursor, most, with_addresses=addresses)

    return one


ODD_FILTERS = [
    {"name": "Ada Lovelace", "held_flag_id": 3},
    {"name": "Siân Ó Súilleabháin", "country": "IE", "postcode": "D02", "comment": "For my children."},
    {"name": "100% Real", "source": "50%_off", "email": "per%cent@example.org", "postcode": "N1 9GU"},
    {"name": 'O\'Brien "Bob"', "email": "o'brien@example.com", "postcode": "N1 9GU", "state": "pending"},
    {"name": "محمد علي", "postcode": "SW19 1AA", "network": "203.0.113.0/24"},
    {"name": "Adam Smith", "postcode": "S1 2AB", "email": "Adam@Gmail.com", "email_key": "adam@gmail.com", "held_flag_id": 4},
    {"name": "Zoë", "postcode": "", "country": "", "state": "withdrawn"},
    {"name": "Adela Smithson", "postcode": "SW1A 2AA", "state": "invalidated", "batch_id": 7, "source": "leaflet"},
    {"name": "under_score", "postcode": "BFPO 12", "network": "2001:db8:1::/48", "state": "pending"},
]


FOUND_BY_FILTERS = (
    (Filters(), [9, 8, 7, 6, 5, 4, 3, 2, 1]),
    (Filters(name="ada"), [6, 1]),
    (Filters(name="Ada L"), [1]),
    (Filters(name="smith"), [8, 6]),
    (Filters(name="sian"), [2]),
    (Filters(name="SÚILLE"), [2]),
    (Filters(name="%"), []),
    (Filters(name="100%"), [3]),
    (Filters(name="_"), []),
    (Filters(name="under_"), [9]),
    (Filters(name="o'b"), [4]),
    (Filters(name="محمد"), [5]),
    (Filters(name="علي"), [5]),
    (Filters(name="' OR 1=1 --"), []),
    (Filters(name="lovel", part_of_name=True), [1]),
    (Filters(name="OSuille", part_of_name=True), []),
    (Filters(name="úille", part_of_name=True), [2]),
    (Filters(name="d", part_of_name=True), [9, 8, 6, 1]),
    (Filters(name="%", part_of_name=True), [3]),
    (Filters(name="_", part_of_name=True), [9]),
    (Filters(name="0% r", part_of_name=True), [3]),
    (Filters(words="my child"), [2]),
    (Filters(words="FOR MY"), [2]),
    (Filters(words="my%"), []),
    (Filters(words="children!"), []),
    (Filters(address="a.d.a.m+petition@googlemail.com"), [6]),
    (Filters(address="adam@gmail.com", as_typed=True), []),
    (Filters(address="Adam@Gmail.com", as_typed=True), [6]),
    (Filters(address="per%cent@example.org"), [3]),
    (Filters(address="per_cent@example.org"), []),
    (Filters(domain="example.com"), [4]),
    (Filters(area="SW"), [8, 5, 1]),
    (Filters(area="SW1"), [8, 1]),
    (Filters(area="SW1A"), [8, 1]),
    (Filters(area="S"), [6]),
    (Filters(area="BF"), [9]),
    (Filters(country="IE"), [2]),
    (Filters(country="GB"), [9, 8, 6, 5, 4, 3, 1]),
    (Filters(network="203.0.113.0/24"), [5]),
    (Filters(network="2001:db8:1::/48"), [9]),
    (Filters(network="203.0.0.0/16"), [5]),
    (Filters(network="203.1.0.0/16"), []),
    (Filters(network="2001:db8::/32"), [9]),
    (Filters(network="2001:d::/32"), []),
    (Filters(source="50%_off"), [3]),
    (Filters(source="50"), []),
    (Filters(states=(PENDING,)), [9, 4]),
    (Filters(states=(VERIFIED,)), [6, 5, 3, 2, 1]),
    (Filters(states=(PENDING, WITHDRAWN, INVALIDATED)), [9, 8, 7, 4]),
    (Filters(states=(PENDING, VERIFIED)), [9, 6, 5, 4, 3, 2, 1]),
    (Filters(since=START_TIME + timedelta(minutes=4), before=START_TIME + timedelta(minutes=6)), [5, 4]),
    (Filters(since=START_TIME + timedelta(minutes=9)), [9]),
    (Filters(before=START_TIME + timedelta(minutes=2)), [1]),
    (Filters(comment=True), [2]),
    (Filters(comment=False, country="IE"), []),
    (Filters(text="0" * 64), []),
    (Filters(batch=7), [8]),
    (Filters(held=True), [6, 1]),
    (Filters(flag=3), [1]),
    (Filters(flag=4, held=True), [6]),
    (Filters(flag=5), []),
    (Filters(area="SW", states=(INVALIDATED,), source="leaflet", name="smith"), [8]),
)


def test_each_filter_finds_what_it_means(runtime: Runtime, campaign: Campaign, look: Look) -> None:
    store_signatures(runtime, campaign, ODD_FILTERS)
    store_signatures(
        runtime,
        new_campaign(runtime, slug="moor"),
        [{"email": f"{n}@moor.example", **row} for n, row in enumerate(ODD_FILTERS[:1])],
    )
    other = {}
    for filters, expected in FOUND_BY_FILTERS:
        found = [row.id for row in look(filters).rows]
        with runtime.reading() as connection:
            counted = signature_list.count_matches(connection, campaign.id, filters)
        if (found, counted) != (expected, (len(expected), False)):
            other[filters] = (found, counted)
    assert other == {}


def test_what_is_found_is_bound_by_the_last_signature_there_was(runtime: Runtime, campaign: Campaign) -> None:
    store_signatures(runtime, campaign, ODD_FILTERS)
    where = filter_condition(campaign.id, Filters(name="ada"), max_signature_id=5)
    with runtime.reading() as connection:
        assert connection.execute(
            text_statement(f"SELECT id FROM signatures WHERE {where.sql}", *time_parameters(where.sql)), where.parameters
        ).scalars().all() == [1]


def test_without_the_right_to_read_addresses_none_leaves_the_store(runtime: Runtime, campaign: Campaign, look: Look) -> None:
    store_signatures(runtime, campaign, ODD_FILTERS)
    assert {(row.email, row.network, row.postcode) for row in look(addresses=False).rows} == {("", "", "")}
    assert all(row.email for row in look().rows)


def all_pages(look: Look, filters: Filters, most: int, then: Callable[[], None] = lambda: None) -> list[list[int]]:
    """Every page from the newest to the oldest; something happens between two of them."""
    pages, page = [], look(filters, None, most)
    while True:
        pages.append([row.id for row in page.rows])
        if page.older is None:
            return pages
        then()
        page = look(filters, page.older, most)


@pytest.mark.parametrize(
    "filters", [Filters(), Filters(states=(PENDING, INVALIDATED)), Filters(since=START_TIME), Filters(area="SW")]
)
def test_pages_follow_each_other_without_a_gap_and_back(
    runtime: Runtime, campaign: Campaign, look: Look, filters: Filters
) -> None:
    # Three are signed in the same moment, so that the time alone does not tell them apart.
    rows = [
        {"signed_at": START_TIME + timedelta(minutes=n // 3), "state": "pending" if n % 2 else "invalidated"} for n in range(23)
    ]
    ids = store_signatures(runtime, campaign, rows)
    pages = all_pages(look, filters, 5)
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert [one for page in pages for one in page] == ids[::-1]
    last = look(filters, look(filters, look(filters, None, 5).older, 5).older, 5)
    assert last.newer is not None
    back = look(filters, last.newer, 5)
    assert [row.id for row in back.rows] == pages[1]
    assert back.newer is not None
    # Fewer are left than fill a page, or just as many: the newest page, without anything newer.
    assert look(filters, back.newer, 5).newer is None
    assert [row.id for row in look(filters, back.newer, 5).rows] == pages[0]


def test_pages_stay_where_they_are_while_signatures_arrive_and_move(runtime: Runtime, campaign: Campaign, look: Look) -> None:
    ids = store_signatures(runtime, campaign, [{"state": "pending"} for _ in range(40)])
    arrived: list[int] = []

    def meanwhile() -> None:
        arrived.extend(store_signatures(runtime, campaign, [{"state": "pending"} for _ in range(3)]))
        with runtime.transaction() as connection:
            # The newest one that is still waiting is verified, and the oldest.
            for which in ("max", "min"):
                one = f"SELECT {which}(id) FROM signatures WHERE state = 'pending'"
                connection.execute(text(f"UPDATE signatures SET state = 'verified' WHERE id = ({one})"))

    pages = all_pages(look, Filters(states=(PENDING,)), 7, meanwhile)
    seen = [one for page in pages for one in page]
    assert len(seen) == len(set(seen))
    assert not set(seen) & set(arrived)
    assert all(newer > older for newer, older in pairwise(seen))
    # Only what moved on before its page came is missing.
    assert set(ids) - set(seen) == set(ids[: len(set(ids) - set(seen))])


def test_a_page_whose_rows_have_all_gone_leads_back(runtime: Runtime, campaign: Campaign, look: Look) -> None:
    store_signatures(runtime, campaign, [{"state": "pending"} for _ in range(6)])
    older = look(Filters(states=(PENDING,)), None, 3).older
    execute_sql(runtime, "UPDATE signatures SET state = 'verified' WHERE id <= 3")
    page = look(Filters(states=(PENDING,)), older, 3)
    assert (page.rows, page.older) == ((), None)
    assert page.newer is not None
    assert [row.id for row in look(Filters(states=(PENDING,)), page.newer, 3).rows] == [6, 5, 4]


def test_a_page_of_another_order_begins_anew(runtime: Runtime, campaign: Campaign, look: Look) -> None:
    store_signatures(runtime, campaign, [{} for _ in range(4)])
    assert [row.id for row in look(Filters(since=START_TIME), Cursor("older", 2)).rows] == [4, 3, 2, 1]


def test_many_are_counted_up_to_a_bound(runtime: Runtime, campaign: Campaign) -> None:
    store_signatures(runtime, campaign, [{} for _ in range(12)])
    with runtime.reading() as connection:
        assert signature_list.count_matches(connection, campaign.id, Filters(area="SW"), limit=11) == (11, True)
        assert signature_list.count_matches(connection, campaign.id, Filters(area="SW"), limit=12) == (12, False)


def test_a_text_is_looked_for_in_the_time_it_could_be_signed(runtime: Runtime, campaign: Campaign) -> None:
    replaced = START_TIME + timedelta(days=2)
    with runtime.transaction() as connection:
        for sql in (
            """INSERT INTO texts (campaign_id, hash, title, recipient, ask, background, created_at)
               SELECT campaign_id, :hash, title, recipient, ask, background, created_at FROM texts""",
            """INSERT INTO text_versions (campaign_id, language, number, text_hash, reason, created_at)
               VALUES (:campaign_id, 'en', 2, :hash, 'A slip', :until)""",
        ):  # fmt: skip
            given = {"hash": "f" * 64, "campaign_id": campaign.id, "until": replaced}
            times = [bindparam("until", type_=UtcDateTime())] if ":until" in sql else []
            connection.execute(text_statement(sql, *times), {name: value for name, value in given.items() if f":{name}" in sql})
    with runtime.reading() as connection:
        old = signature_list.limited_to_text_period(connection, campaign.id, Filters(text=campaign.text.hash))
        new = signature_list.limited_to_text_period(connection, campaign.id, Filters(text="f" * 64))
        nobodys = signature_list.limited_to_text_period(connection, campaign.id, Filters(text="0" * 64))
    assert old.before is not None
    assert replaced < old.before < replaced + timedelta(hours=2)
    assert (new.before, nobodys.before) == (None, None)


SINGLE_FILTERS = (
    ("ix_signatures_name_key", Filters(name="zebedee")),
    ("uq_signatures_campaign_id_email_key", Filters(address="number7@example.org")),
    ("ix_signatures_domain", Filters(domain="rare.example")),
    ("ix_signatures_area", Filters(area="ZE")),
    ("ix_signatures_country", Filters(country="FR")),
    ("ix_signatures_network", Filters(network="203.0.113.0/24")),
    ("ix_signatures_source", Filters(source="leaflet")),
    ("ix_signatures_unverified", Filters(states=(PENDING,))),
    ("ix_signatures_signed_at", Filters(since=START_TIME + timedelta(minutes=1), before=START_TIME + timedelta(minutes=2))),
    ("ix_signatures_comment", Filters(comment=True)),
    ("ix_signatures_batch_id", Filters(batch=7)),
    ("ix_signatures_held", Filters(held=True)),
    ("ix_signatures_held", Filters(flag=7)),
    # Where nearly all signatures are of one campaign, the key of the table does as well.
    ("ix_signatures_campaign_id_id|pk_signatures", Filters()),
)


def test_an_index_finds_what_a_single_filter_means(runtime: Runtime, campaign: Campaign) -> None:
    store_signatures(runtime, campaign, [{} for _ in range(3_000)])
    store_signatures(runtime, new_campaign(runtime, slug="moor"), [{"email": f"m{n}@moor.example"} for n in range(300)])
    wrong = {}
    for index, filters in SINGLE_FILTERS:
        plan = plan_of(runtime, campaign, filters)
        # SQLite calls the index of a UNIQUE constraint by a name of its own.
        is_found = any(name in plan for name in index.split("|")) or (
            index.startswith("uq_") and "USING INDEX sqlite_autoindex_signatures" in plan
        )
        if index == "ix_signatures_name_key":
            is_found &= "ix_signatures_surname_key" in plan
        if not is_found or re.search(r"Seq Scan|SCAN signatures", plan):
            wrong[index] = plan
    assert wrong == {}


def plan_of(runtime: Runtime, campaign: Campaign, filters: Filters) -> str:
    """How the database would find the first page, once it knows its tables."""
    asked: list[tuple[str, Any]] = []
    execute_sql(runtime, "ANALYZE signatures")
    with runtime.snapshot() as connection, statement_timeout(connection, 5.0):
        event.listen(connection, "before_cursor_execute", lambda _c, _cursor, sql, given, *_: asked.append((sql, given)))
        signature_list.signature_page(connection, campaign.id, filters, None, 50, with_addresses=True)
        sql, given = asked[-1]
        driver = connection.connection.cursor()
        driver.execute(f"EXPLAIN {'QUERY PLAN ' if connection.dialect.name == 'sqlite' else ''}{sql}", given)
        return "\n".join(str(row[-1]) for row in driver.fetchall())


SLOW_FILTERS = {
    "postgresql": "SELECT pg_sleep(60)",
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
}


def test_what_takes_too_long_is_stopped_and_nothing_else_is(runtime: Runtime) -> None:
    with pytest.raises(StatementTimeoutError), runtime.snapshot() as connection, statement_timeout(connection, 0.05):
        connection.exec_driver_sql(SLOW_FILTERS[connection.dialect.name])
    # The connection is as good as before for who has it next.
    for _ in range(3):
        with runtime.snapshot() as connection:
            connection.execute(text("SELECT count(*) FROM signatures"))
