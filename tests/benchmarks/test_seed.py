"""The crowd that benchmarks are run on is one our own counting would have made."""

from sqlalchemy import text

from benchmarks import signature_generator
from benchmarks.seed import seed
from campaign.domain.places.postcode_areas import postcode_area
from campaign.domain.signatures.search_keys import email_domain, name_key, surname_key
from campaign.runtime import Runtime
from campaign.services.ledger import count
from tests.support.factories import START_TIME


def test_a_seeded_campaign_is_sound(runtime: Runtime) -> None:
    campaign = seed(runtime, 2000)
    found = count.reconcile_campaign(runtime, campaign)
    assert found.consistent, found
    assert (found.uncounted, found.deleted, found.redis_drift) == (0, 0, 0)
    assert 1800 < found.verified == campaign.verified < 2000
    assert [milestone.goal for milestone in campaign.milestones] == [100, 1000]
    # It can be signed and counted on from there.
    assert count.advance_ledgers(runtime) == count.count_verification_mails(runtime) == 0


def test_what_a_seeded_signature_is_found_by_is_what_signing_would_store(runtime: Runtime) -> None:
    seed(runtime, 2000)
    with runtime.reading() as connection:
        rows = connection.execute(text("SELECT * FROM signatures")).mappings().all()
    assert len(rows) == 2000
    for row in rows:
        assert (row["name_key"], row["surname_key"]) == (name_key(row["name"]), surname_key(row["name"]))
        assert row["domain"] == email_domain(row["email_key"])
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
    burst = [row for row in rows if row["network"] == signature_generator.BURST_DOMAIN_AND_NETWORK[1]]
    assert {row["domain"] for row in burst} == {signature_generator.BURST_DOMAIN_AND_NETWORK[0]}
    assert len(burst) == 12


def test_the_same_seed_makes_the_same_crowd() -> None:
    def made(number: int) -> list[signature_generator.Chunk]:
        return list(signature_generator.SignatureGenerator(1, "h", 3000, 1, START_TIME, (100,), number).chunks())

    assert made(7) == made(7)
    assert made(7) != made(8)


def test_two_crowds_stand_beside_each_other(runtime: Runtime) -> None:
    one, two = seed(runtime, 500, slug="one"), seed(runtime, 700, slug="two", number=2)
    for campaign in (one, two):
        assert count.reconcile_campaign(runtime, campaign).consistent
