"""Places: looked up later and in bulk, kept, filled in when the service was down, counted, and proved again from scratch."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.places.place import AreaKind
from campaign.runtime import Runtime
from campaign.security.tokens import VerificationRef
from campaign.services.ledger import count
from campaign.services.places import postcode_lookup
from campaign.services.places.postcode_lookup import PostcodeLookup
from campaign.services.signatures import erase, sign
from campaign.store.places import place_totals
from tests.support.factories import ManualClock, new_campaign, sign_form_data
from tests.support.postcodes_io_server import PostcodesIoServer
from tests.support.queries import query_rows, query_scalar
from tests.support.signatory import run_workers
from tests.support.stored_signatures import store_signatures


@pytest.fixture
def server() -> Iterator[PostcodesIoServer]:
    server = PostcodesIoServer()
    yield server
    server.close()


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime], server: PostcodesIoServer) -> Runtime:
    return make_runtime(places_url=server.url, places_timeout=0.5, places_retries=0, places_batch=3)


def signed(runtime: Runtime, campaign: Any, *postcodes: str, country: str = "GB") -> list[int]:
    """Signatures that are counted, one for each postcode."""
    ids = store_signatures(runtime, campaign, [{"postcode": postcode, "country": country} for postcode in postcodes])
    count.advance_ledgers(runtime)
    return ids


def totals(runtime: Runtime, campaign: Any, by: AreaKind = AreaKind.CONSTITUENCY) -> dict[str, int]:
    with runtime.reading() as connection:
        return {total.name: total.verified for total in place_totals.area_totals(connection, campaign.id, by)}


def coverage(runtime: Runtime, campaign: Any) -> tuple[int, ...]:
    """Placed, unknown, waiting, without a postcode, abroad."""
    with runtime.reading() as connection:
        found = place_totals.place_coverage(connection, campaign.id)
    assert found.verified == found.placed + found.unknown + found.waiting + found.without + found.abroad
    return found.placed, found.unknown, found.waiting, found.without, found.abroad


def let_back_off_expire(runtime: Runtime) -> None:
    for key in runtime.redis.scan_iter("countersign:circuit-breaker:postcodes"):
        runtime.redis.delete(key)


def test_postcodes_are_looked_up_in_bulk_and_counted_by_place(runtime: Runtime, server: PostcodesIoServer) -> None:
    campaign = new_campaign(runtime)
    other = new_campaign(runtime, slug="save-the-mill")
    signed(runtime, campaign, "N1 1AA", "N1 1AA", "N1 2BB", "SW1A 1AA", "CF10 1AA", "IM1 1AA", "ZZ9 9ZZ", "")
    signed(runtime, other, "N1 1AA")
    signed(runtime, campaign, "75001", country="FR")
    store_signatures(runtime, campaign, [{"postcode": "LS1 1AA", "state": "pending"}])
    count.advance_ledgers(runtime)
    assert coverage(runtime, campaign) == (0, 0, 7, 1, 1)

    run_workers(runtime)
    assert totals(runtime, campaign) == {
        "Islington South and Finsbury": 3, "Cities of London and Westminster": 1, "Cardiff South and Penarth": 1, "": 1,
    }  # fmt: skip
    assert totals(runtime, campaign, AreaKind.COUNCIL) == {"Islington": 3, "Westminster": 1, "Cardiff": 1, "": 1}
    assert totals(runtime, campaign, AreaKind.REGION) == {"London": 4, "Wales": 1, "Isle of Man": 1}
    assert totals(runtime, campaign, AreaKind.COUNTRY) == {"England": 4, "Wales": 1, "Isle of Man": 1}
    assert totals(runtime, other) == {"Islington South and Finsbury": 1}
    assert coverage(runtime, campaign) == (6, 1, 0, 1, 1)
    # Each postcode once, three at a time, and nothing of anybody else.
    assert [len(asked) for asked in server.requests] == [3, 3]
    assert sorted(postcode for asked in server.requests for postcode in asked) == [
        "CF10 1AA", "IM1 1AA", "N1 1AA", "N1 2BB", "SW1A 1AA", "ZZ9 9ZZ",
    ]  # fmt: skip
    assert count.reconcile_campaign(runtime, campaign).consistent
    assert count.reconcile_campaign(runtime, other).consistent

    run_workers(runtime)
    assert len(server.requests) == 2, "what is known is not asked again"


def test_where_a_signature_ends_or_changes_its_place_goes_with_it(
    runtime: Runtime, server: PostcodesIoServer, now: ManualClock
) -> None:
    campaign = new_campaign(runtime)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("ada@example.org", postcode="N1 1AA"))
    sql = text("SELECT id, link_key, edition FROM signatures")

    def verify() -> int:
        with runtime.reading() as connection:
            link = VerificationRef(*connection.execute(sql).one())
        sign.verify_signature(runtime, link)
        return link.signature_id

    number = verify()
    run_workers(runtime)
    assert totals(runtime, campaign) == {"Islington South and Finsbury": 1}

    sign.withdraw_signature(runtime, number)
    run_workers(runtime)
    assert totals(runtime, campaign) == {}
    assert count.reconcile_campaign(runtime, campaign).consistent

    # Withdrawn, given again from elsewhere and verified before the ledger has seen any of it, and then erased.
    now.advance(hours=1)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("ada@example.org", postcode="LS1 1AA"))
    verify()
    count.advance_ledgers(runtime)
    assert totals(runtime, campaign) == {}
    run_workers(runtime)
    assert totals(runtime, campaign) == {"Leeds Central and Headingley": 1}
    # Later than the ledger counted it, as it cannot be otherwise on a real clock.
    now.advance(seconds=1)
    sign.withdraw_signature(runtime, number)
    sign.sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("ada@example.org", postcode="SW1A 1AA"))
    verify()
    count.advance_ledgers(runtime)
    assert (totals(runtime, campaign), coverage(runtime, campaign)) == ({}, (0, 0, 1, 0, 0))
    assert count.reconcile_campaign(runtime, campaign).consistent
    run_workers(runtime)
    assert totals(runtime, campaign) == {"Cities of London and Westminster": 1}

    # Erased once it no longer counts: nothing tells any more where it came from.
    [other] = signed(runtime, campaign, "EH1 1AA")
    PostcodeLookup(runtime).look_up()
    sign.withdraw_signature(runtime, other)
    count.advance_ledgers(runtime)
    assert erase.erase_signature(runtime, COMMAND_LINE, campaign.id, other, "They asked for it")
    assert erase.erase_signature(runtime, COMMAND_LINE, campaign.id, number, "They asked for it")
    count.advance_ledgers(runtime)
    assert totals(runtime, campaign) == {}
    kept = query_rows(runtime, "SELECT place_id, counted_place_id, counted_area FROM signatures")
    assert [tuple(row) for row in kept] == [(None, None, "")] * 2
    assert count.reconcile_campaign(runtime, campaign).consistent


@pytest.mark.parametrize("mode", ["at fault", "silent", "wrong JSON", "wrong shape", "over quota", "refusing"])
def test_while_the_service_is_down_signing_goes_on_and_the_gap_is_filled_later(
    runtime: Runtime, server: PostcodesIoServer, mode: str
) -> None:
    campaign = new_campaign(runtime)
    server.behaviour, server.retry_after = mode, "600"
    signed(runtime, campaign, "N1 1AA", "LS1 1AA")
    with structlog.testing.capture_logs() as said:
        PostcodeLookup(runtime).look_up()
        PostcodeLookup(runtime).look_up()
        assert len(server.requests) == 1, "it is left alone, by every process"
        let_back_off_expire(runtime)
        PostcodeLookup(runtime).look_up()
    assert len(server.requests) == 2
    loud = [line for line in said if line["log_level"] not in ("debug", "info")]
    assert len(loud) == 1, "one warning in a while"
    assert "N1 1AA" not in str(said)
    rest = runtime.redis.pttl("countersign:circuit-breaker:postcodes") / 1000
    assert rest > {"over quota": 590, "refusing": 890}.get(mode, 40)
    assert coverage(runtime, campaign) == (0, 0, 2, 0, 0)
    assert not postcode_lookup.lookup_due(runtime)

    server.behaviour = "up"
    let_back_off_expire(runtime)
    signed(runtime, campaign, "N1 1AA")
    assert postcode_lookup.lookup_due(runtime)
    PostcodeLookup(runtime).look_up()
    assert totals(runtime, campaign) == {"Islington South and Finsbury": 2, "Leeds Central and Headingley": 1}
    assert count.reconcile_campaign(runtime, campaign).consistent


def test_postcodes_nobody_knew_are_asked_for_again_and_answers_are_not_kept_for_ever(
    runtime: Runtime, server: PostcodesIoServer, now: ManualClock
) -> None:
    campaign = new_campaign(runtime)
    server.behaviour = "of nulls"
    signed(runtime, campaign, "N1 1AA", "LS1 1AA")
    PostcodeLookup(runtime).look_up()
    assert coverage(runtime, campaign) == (0, 2, 0, 0, 0)
    PostcodeLookup(runtime).look_up()
    assert len(server.requests) == 1

    now.advance(days=30, seconds=1)
    server.behaviour = "up"
    assert PostcodeLookup(runtime).look_up() == 2
    assert totals(runtime, campaign) == {"Islington South and Finsbury": 1, "Leeds Central and Headingley": 1}
    assert count.reconcile_campaign(runtime, campaign).consistent

    now.advance(days=30, seconds=1)
    PostcodeLookup(runtime).look_up()
    assert query_scalar(runtime, "SELECT count(*) FROM postcodes") == 0
    assert len(server.requests) == 2, "who has a place is not looked up again"
    signed(runtime, campaign, "N1 1AA")
    PostcodeLookup(runtime).look_up()
    assert server.requests[2:] == [["N1 1AA"]]


def test_where_nothing_is_to_be_looked_up_nobody_is_asked(
    make_runtime: Callable[..., Runtime], server: PostcodesIoServer
) -> None:
    runtime = make_runtime()
    campaign = new_campaign(runtime)
    signed(runtime, campaign, "N1 1AA")
    run_workers(runtime)
    assert (coverage(runtime, campaign), server.requests) == ((0, 0, 1, 0, 0), [])


def test_two_that_look_up_at_once_count_nobody_twice(
    runtime: Runtime, make_runtime: Callable[..., Runtime], server: PostcodesIoServer
) -> None:
    campaign = new_campaign(runtime)
    signed(runtime, campaign, *["N1 1AA", "LS1 1AA", "CF10 1AA", "EH1 1AA"] * 25)
    runtime.redis.set("countersign:circuit-breaker:postcodes", b"1", px=int(timedelta(minutes=1).total_seconds() * 1000))
    assert PostcodeLookup(runtime).look_up() == 0, "one asks at a time"
    let_back_off_expire(runtime)
    other = PostcodeLookup(make_runtime(places_url=server.url))
    assert PostcodeLookup(runtime).look_up() + other.look_up() == 100
    assert sum(totals(runtime, campaign).values()) == 100
    assert count.reconcile_campaign(runtime, campaign).consistent
