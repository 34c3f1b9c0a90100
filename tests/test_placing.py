"""Places: looked up later and in bulk, kept, filled in when the service was down, counted, and proved again from scratch."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from sqlalchemy import text

from campaign import counting, erasing, placing, signing
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.place import By
from campaign.links import VerifyLink
from campaign.placing import Surveyor
from campaign.runtime import Runtime
from campaign.store import places
from tests.drivers import work
from tests.factories import Now, new_campaign, submission
from tests.postcodes import PostcodeServer
from tests.rows import put


@pytest.fixture
def server() -> Iterator[PostcodeServer]:
    server = PostcodeServer()
    yield server
    server.close()


@pytest.fixture
def runtime(make_runtime: Callable[..., Runtime], server: PostcodeServer) -> Runtime:
    return make_runtime(places_url=server.url, places_timeout=0.5, places_retries=0, places_batch=3)


def signed(runtime: Runtime, campaign: Any, *postcodes: str, country: str = "GB") -> list[int]:
    """Signatures that are counted, one for each postcode."""
    ids = put(runtime, campaign, [{"postcode": postcode, "country": country} for postcode in postcodes])
    counting.advance_all(runtime)
    return ids


def totals(runtime: Runtime, campaign: Any, by: By = By.CONSTITUENCY) -> dict[str, int]:
    with runtime.reading() as connection:
        return {total.name: total.verified for total in places.totals(connection, campaign.id, by)}


def coverage(runtime: Runtime, campaign: Any) -> tuple[int, ...]:
    """Placed, unknown, waiting, without a postcode, abroad."""
    with runtime.reading() as connection:
        found = places.coverage(connection, campaign.id)
    assert found.verified == found.placed + found.unknown + found.waiting + found.without + found.abroad
    return found.placed, found.unknown, found.waiting, found.without, found.abroad


def let_rest_end(runtime: Runtime) -> None:
    for key in runtime.redis.scan_iter("countersign:rests:postcodes"):
        runtime.redis.delete(key)


def test_postcodes_are_looked_up_in_bulk_and_counted_by_place(runtime: Runtime, server: PostcodeServer) -> None:
    campaign = new_campaign(runtime)
    other = new_campaign(runtime, slug="save-the-mill")
    signed(runtime, campaign, "N1 1AA", "N1 1AA", "N1 2BB", "SW1A 1AA", "CF10 1AA", "IM1 1AA", "ZZ9 9ZZ", "")
    signed(runtime, other, "N1 1AA")
    signed(runtime, campaign, "75001", country="FR")
    put(runtime, campaign, [{"postcode": "LS1 1AA", "state": "pending"}])
    counting.advance_all(runtime)
    assert coverage(runtime, campaign) == (0, 0, 7, 1, 1)

    work(runtime)
    assert totals(runtime, campaign) == {
        "Islington South and Finsbury": 3, "Cities of London and Westminster": 1, "Cardiff South and Penarth": 1, "": 1,
    }  # fmt: skip
    assert totals(runtime, campaign, By.COUNCIL) == {"Islington": 3, "Westminster": 1, "Cardiff": 1, "": 1}
    assert totals(runtime, campaign, By.REGION) == {"London": 4, "Wales": 1, "Isle of Man": 1}
    assert totals(runtime, campaign, By.COUNTRY) == {"England": 4, "Wales": 1, "Isle of Man": 1}
    assert totals(runtime, other) == {"Islington South and Finsbury": 1}
    assert coverage(runtime, campaign) == (6, 1, 0, 1, 1)
    # Each postcode once, three at a time, and nothing of anybody else.
    assert [len(asked) for asked in server.asked] == [3, 3]
    assert sorted(postcode for asked in server.asked for postcode in asked) == [
        "CF10 1AA", "IM1 1AA", "N1 1AA", "N1 2BB", "SW1A 1AA", "ZZ9 9ZZ",
    ]  # fmt: skip
    assert counting.reconcile(runtime, campaign).sound
    assert counting.reconcile(runtime, other).sound

    work(runtime)
    assert len(server.asked) == 2, "what is known is not asked again"


def test_where_a_signature_ends_or_changes_its_place_goes_with_it(runtime: Runtime, server: PostcodeServer, now: Now) -> None:
    campaign = new_campaign(runtime)
    signing.sign(runtime, campaign.id, campaign.text.hash, submission("ada@example.org", postcode="N1 1AA"))
    sql = text("SELECT id, link_key, edition FROM signatures")

    def verify() -> int:
        with runtime.reading() as connection:
            link = VerifyLink(*connection.execute(sql).one())
        signing.verify(runtime, link)
        return link.signature_id

    number = verify()
    work(runtime)
    assert totals(runtime, campaign) == {"Islington South and Finsbury": 1}

    signing.withdraw(runtime, number)
    work(runtime)
    assert totals(runtime, campaign) == {}
    assert counting.reconcile(runtime, campaign).sound

    # Withdrawn, given again from elsewhere and verified before the ledger has seen any of it, and then erased.
    now.forward(hours=1)
    signing.sign(runtime, campaign.id, campaign.text.hash, submission("ada@example.org", postcode="LS1 1AA"))
    verify()
    counting.advance_all(runtime)
    assert totals(runtime, campaign) == {}
    work(runtime)
    assert totals(runtime, campaign) == {"Leeds Central and Headingley": 1}
    signing.withdraw(runtime, number)
    signing.sign(runtime, campaign.id, campaign.text.hash, submission("ada@example.org", postcode="SW1A 1AA"))
    verify()
    counting.advance_all(runtime)
    assert (totals(runtime, campaign), coverage(runtime, campaign)) == ({}, (0, 0, 1, 0, 0))
    assert counting.reconcile(runtime, campaign).sound
    work(runtime)
    assert totals(runtime, campaign) == {"Cities of London and Westminster": 1}

    # Erased once it no longer counts: nothing tells any more where it came from.
    [other] = signed(runtime, campaign, "EH1 1AA")
    Surveyor(runtime).look_up()
    signing.withdraw(runtime, other)
    counting.advance_all(runtime)
    assert erasing.erase(runtime, COMMAND_LINE, campaign.id, other, "They asked for it")
    assert erasing.erase(runtime, COMMAND_LINE, campaign.id, number, "They asked for it")
    counting.advance_all(runtime)
    assert totals(runtime, campaign) == {}
    with runtime.reading() as connection:
        kept = connection.execute(text("SELECT place_id, counted_place_id, counted_area FROM signatures")).all()
    assert [tuple(row) for row in kept] == [(None, None, "")] * 2
    assert counting.reconcile(runtime, campaign).sound


@pytest.mark.parametrize("mode", ["at fault", "silent", "wrong JSON", "wrong shape", "over quota", "refusing"])
def test_while_the_service_is_down_signing_goes_on_and_the_gap_is_filled_later(
    runtime: Runtime, server: PostcodeServer, mode: str
) -> None:
    campaign = new_campaign(runtime)
    server.mode, server.retry_after = mode, "600"
    signed(runtime, campaign, "N1 1AA", "LS1 1AA")
    with structlog.testing.capture_logs() as said:
        Surveyor(runtime).look_up()
        Surveyor(runtime).look_up()
        assert len(server.asked) == 1, "it is left alone, by every process"
        let_rest_end(runtime)
        Surveyor(runtime).look_up()
    assert len(server.asked) == 2
    loud = [line for line in said if line["log_level"] not in ("debug", "info")]
    assert len(loud) == 1, "one warning in a while"
    assert "N1 1AA" not in str(said)
    rest = runtime.redis.pttl("countersign:rests:postcodes") / 1000
    assert rest > {"over quota": 590, "refusing": 890}.get(mode, 40)
    assert coverage(runtime, campaign) == (0, 0, 2, 0, 0)
    assert not placing.wanted(runtime)

    server.mode = "up"
    let_rest_end(runtime)
    signed(runtime, campaign, "N1 1AA")
    assert placing.wanted(runtime)
    Surveyor(runtime).look_up()
    assert totals(runtime, campaign) == {"Islington South and Finsbury": 2, "Leeds Central and Headingley": 1}
    assert counting.reconcile(runtime, campaign).sound


def test_postcodes_nobody_knew_are_asked_for_again_and_answers_are_not_kept_for_ever(
    runtime: Runtime, server: PostcodeServer, now: Now
) -> None:
    campaign = new_campaign(runtime)
    server.mode = "of nulls"
    signed(runtime, campaign, "N1 1AA", "LS1 1AA")
    Surveyor(runtime).look_up()
    assert coverage(runtime, campaign) == (0, 2, 0, 0, 0)
    Surveyor(runtime).look_up()
    assert len(server.asked) == 1

    now.forward(days=30, seconds=1)
    server.mode = "up"
    assert Surveyor(runtime).look_up() == 2
    assert totals(runtime, campaign) == {"Islington South and Finsbury": 1, "Leeds Central and Headingley": 1}
    assert counting.reconcile(runtime, campaign).sound

    now.forward(days=30, seconds=1)
    Surveyor(runtime).look_up()
    with runtime.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM postcodes")).scalar_one() == 0
    assert len(server.asked) == 2, "who has a place is not looked up again"
    signed(runtime, campaign, "N1 1AA")
    Surveyor(runtime).look_up()
    assert server.asked[2:] == [["N1 1AA"]]


def test_where_nothing_is_to_be_looked_up_nobody_is_asked(make_runtime: Callable[..., Runtime], server: PostcodeServer) -> None:
    runtime = make_runtime()
    campaign = new_campaign(runtime)
    signed(runtime, campaign, "N1 1AA")
    work(runtime)
    assert (coverage(runtime, campaign), server.asked) == ((0, 0, 1, 0, 0), [])


def test_two_that_look_up_at_once_count_nobody_twice(
    runtime: Runtime, make_runtime: Callable[..., Runtime], server: PostcodeServer
) -> None:
    campaign = new_campaign(runtime)
    signed(runtime, campaign, *["N1 1AA", "LS1 1AA", "CF10 1AA", "EH1 1AA"] * 25)
    runtime.redis.set("countersign:rests:postcodes", b"1", px=int(timedelta(minutes=1).total_seconds() * 1000))
    assert Surveyor(runtime).look_up() == 0, "one asks at a time"
    let_rest_end(runtime)
    other = Surveyor(make_runtime(places_url=server.url))
    assert Surveyor(runtime).look_up() + other.look_up() == 100
    assert sum(totals(runtime, campaign).values()) == 100
    assert counting.reconcile(runtime, campaign).sound
