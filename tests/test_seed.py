"""The crowd that benchmarks are run on is one our own counting would have made."""

from collections.abc import Callable

from sqlalchemy import text

from benchmarks import crowd
from benchmarks.seed import seed
from campaign import counting
from campaign.domain.areas import postcode_area
from campaign.domain.findable import mail_domain, name_key, surname_key
from campaign.runtime import Runtime
from tests.factories import START


def test_a_seeded_campaign_is_sound(runtime: Runtime) -> None:
    standing = seed(runtime, 2000)
    found = counting.reconcile(runtime, standing)
    assert found.sound, found
    assert (found.waiting, found.gone, found.redis_drift) == (0, 0, 0)
    assert 1800 < found.verified == standing.verified < 2000
    assert [milestone.goal for milestone in standing.milestones] == [100, 1000]
    # It can be signed and counted on from there.
    assert counting.advance_all(runtime) == counting.tally_mails(runtime) == 0


def test_what_a_seeded_signature_is_found_by_is_what_signing_would_store(runtime: Runtime) -> None:
    seed(runtime, 2000)
    with runtime.reading() as connection:
        rows = connection.execute(text("SELECT * FROM signatures")).mappings().all()
    assert len(rows) == 2000
    for row in rows:
        assert (row["name_key"], row["surname_key"]) == (name_key(row["name"]), surname_key(row["name"]))
        assert row["domain"] == mail_domain(row["email_key"])
        assert row["area"] == postcode_area(row["postcode"], row["country"])
    states = [row["state"] for row in rows]
    assert {state: round(100 * states.count(state) / 2000) for state in set(states)} == {
        "verified": 95,
        "pending": 4,
        "withdrawn": 1,
        "invalidated": 0,
    }
    assert states.count("invalidated") > 3
    assert 700 < sum(row["domain"] == "gmail.com" for row in rows) < 900
    assert 150 < sum(row["comment"] != "" for row in rows) < 260
    burst = [row for row in rows if row["network"] == crowd.BURST[1]]
    assert {row["domain"] for row in burst} == {crowd.BURST[0]}
    assert len(burst) == 12


def test_the_same_seed_makes_the_same_crowd() -> None:
    def made(number: int) -> list[crowd.Chunk]:
        return list(crowd.Crowd(1, "h", 3000, 1, START, (100,), number).chunks())

    assert made(7) == made(7)
    assert made(7) != made(8)


def test_two_crowds_stand_beside_each_other(runtime: Runtime, now: Callable[[], object]) -> None:
    one, two = seed(runtime, 500, slug="one"), seed(runtime, 700, slug="two", number=2)
    for standing in (one, two):
        assert counting.reconcile(runtime, standing).sound
