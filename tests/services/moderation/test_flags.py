"""Flags: what looks odd is shown to campaigners, with a reason in words and a score of named parts."""

from datetime import timedelta
from typing import Any

import pytest

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.mail.claim import SignatoryMail
from campaign.domain.moderation.flag import FLAG_TITLES, SCORE_PART_LABELS, FlagKind, Observation, flag_reason, score_parts
from campaign.domain.moderation.removal import SignatureSelection
from campaign.domain.signatures.filters import Filters
from campaign.domain.signatures.signature import SignatureState
from campaign.runtime import Runtime
from campaign.services.ledger import count
from campaign.services.moderation import batches
from campaign.services.moderation.flags import dismiss_flag, flag_filters, list_flags, raise_flags, reopen_flag
from campaign.services.signatures import search
from campaign.services.signatures.sign import sign_campaign
from campaign.store.mail import outbox
from campaign.store.moderation.flags import Flag
from campaign.store.signatures.signature_list import ListedSignature
from tests.support.factories import ManualClock, new_campaign, sign_form_data

PLACES = ("Leeds", "York", "Hull", "Ripon", "Wells", "Truro", "Ely")


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


def sign(runtime: Runtime, campaign: Campaign, number: int, domain: str, network: str, **more: Any) -> None:
    name = more.pop("name", f"{PLACES[number % 7]} Person{chr(97 + number // 26)}{chr(97 + number % 26)}")
    given = sign_form_data(f"p{number}@{domain}", name=name, network=network, **more)
    sign_campaign(runtime, campaign.id, campaign.text.hash, given)


def flags(runtime: Runtime, campaign: Campaign) -> dict[FlagKind, Flag]:
    raise_flags(runtime)
    return {flag.kind: flag for flag in list_flags(runtime, campaign)}


def test_people_who_sign_from_everywhere_raise_no_flag(runtime: Runtime, campaign: Campaign) -> None:
    for number in range(40):
        sign(runtime, campaign, number, f"mail{number % 20}.example", f"203.0.{number}.0/24", source=f"s{number % 9}")
    assert flags(runtime, campaign) == {}


def test_a_burst_from_one_network_is_flagged_with_its_reason(runtime: Runtime, campaign: Campaign) -> None:
    for number in range(30):
        sign(runtime, campaign, number, "made-up.example", "198.51.100.0/24")
    for number in range(30, 50):
        sign(runtime, campaign, number, f"mail{number}.example", f"203.0.{number}.0/24")
    found = flags(runtime, campaign)
    flag = found[FlagKind.NETWORK]
    assert flag.subject == "198.51.100.0/24"
    assert flag.figures == {"amount": 30, "total": 50, "verified": 0}
    assert set(flag.score_parts) <= set(SCORE_PART_LABELS)
    assert flag.score == sum(flag.score_parts.values()) >= 40
    assert flag_reason(flag.kind, flag.subject, flag.figures).startswith(
        "30 of the 50 signatures of that time came from the network"
    )
    assert found[FlagKind.DOMAIN].subject == "made-up.example"


def test_a_common_mail_domain_says_nothing(runtime: Runtime, campaign: Campaign) -> None:
    for number in range(40):
        sign(runtime, campaign, number, "gmail.com", f"203.0.{number}.0/24")
    assert flags(runtime, campaign) == {}


def test_the_same_name_again_and_again_is_flagged(runtime: Runtime, campaign: Campaign) -> None:
    for number in range(20):
        sign(runtime, campaign, number, f"mail{number}.example", f"203.0.{number}.0/24")
    for number in range(20, 28):
        sign(runtime, campaign, number, f"mail{number}.example", "198.51.100.0/24", name="Jóhn  Doe")
    flag = flags(runtime, campaign)[FlagKind.NAME]
    assert (flag.subject, flag.figures["amount"]) == ("john doe", 8)


def test_one_source_far_above_what_it_was_is_flagged(runtime: Runtime, campaign: Campaign) -> None:
    for number in range(40):
        sign(runtime, campaign, number, f"mail{number}.example", f"203.0.{number}.0/24", source="forum")
    assert flags(runtime, campaign)[FlagKind.SOURCE].subject == "forum"


def test_what_was_signed_hours_ago_raises_nothing(runtime: Runtime, campaign: Campaign, now: ManualClock) -> None:
    for number in range(40):
        sign(runtime, campaign, number, "made-up.example", "198.51.100.0/24")
    now.advance(hours=2)
    assert flags(runtime, campaign) == {}


def test_a_flag_grows_with_its_burst_and_is_one_flag_an_hour(runtime: Runtime, campaign: Campaign) -> None:
    for number in range(25):
        sign(runtime, campaign, number, "made-up.example", "198.51.100.0/24")
    first = flags(runtime, campaign)[FlagKind.NETWORK]
    assert raise_flags(runtime) == 0
    for number in range(25, 60):
        sign(runtime, campaign, number, "made-up.example", "198.51.100.0/24")
    second = flags(runtime, campaign)[FlagKind.NETWORK]
    assert second.id == first.id
    assert second.score > first.score
    assert second.figures["amount"] == 60


def test_a_flag_that_was_put_away_stays_away_and_can_be_judged_again(runtime: Runtime, campaign: Campaign) -> None:
    for number in range(30):
        sign(runtime, campaign, number, "made-up.example", "198.51.100.0/24")
    flag = flags(runtime, campaign)[FlagKind.NETWORK]
    assert dismiss_flag(runtime, COMMAND_LINE, campaign, flag.id)
    assert not dismiss_flag(runtime, COMMAND_LINE, campaign, flag.id)
    assert FlagKind.NETWORK not in flags(runtime, campaign)
    assert flag.id in [one.id for one in list_flags(runtime, campaign, dismissed=True)]
    assert reopen_flag(runtime, COMMAND_LINE, campaign, flag.id)
    assert FlagKind.NETWORK in flags(runtime, campaign)


def matching(runtime: Runtime, campaign: Campaign, flag: Flag) -> int:
    return batches.dry_run(runtime, campaign, SignatureSelection(flag_filters(flag))).total


def test_the_signatures_of_a_flag_are_those_it_counts_and_no_others(
    runtime: Runtime, campaign: Campaign, now: ManualClock
) -> None:
    """Of each kind: with the same network, domain, source and name before and after, on paper, and in longer names."""
    burst = {"domain": "made-up.example", "network": "198.51.100.0/24", "source": "forum", "name": "Jo Doe"}
    for number in range(25):
        sign(runtime, campaign, number, **burst)
    now.advance(hours=5)
    for number in range(30, 70):
        sign(runtime, campaign, number, **burst)
        now.advance(seconds=20)
    for number in range(70, 74):
        sign(
            runtime,
            campaign,
            number,
            f"mail{number}.example",
            f"203.0.{number}.0/24",
            name=f"Jo Doe Roe{chr(97 + number - 70)}",
        )
    found = flags(runtime, campaign)
    now.advance(hours=5)
    for number in range(80, 105):
        sign(runtime, campaign, number, **burst)
    assert set(found) == {FlagKind.NETWORK, FlagKind.DOMAIN, FlagKind.NAME, FlagKind.SOURCE}
    for kind, flag in found.items():
        assert (flag.figures["amount"], matching(runtime, campaign, flag)) == (40, 40), kind


def test_a_burst_over_the_hour_is_one_flag_and_grows_exactly(runtime: Runtime, campaign: Campaign, now: ManualClock) -> None:
    now.advance(minutes=45)
    for number in range(60):
        sign(runtime, campaign, number, "made-up.example", "198.51.100.0/24")
        now.advance(seconds=90)
        raise_flags(runtime)
    found = [flag for flag in list_flags(runtime, campaign) if flag.kind is FlagKind.NETWORK]
    assert [flag.figures["amount"] for flag in found] == [60]
    assert matching(runtime, campaign, found[0]) == 60


def test_after_a_flag_was_put_away_only_what_came_later_is_judged(
    runtime: Runtime, campaign: Campaign, now: ManualClock
) -> None:
    for number in range(30):
        sign(runtime, campaign, number, "made-up.example", "198.51.100.0/24")
    first = flags(runtime, campaign)[FlagKind.NETWORK]
    dismiss_flag(runtime, COMMAND_LINE, campaign, first.id)
    now.advance(minutes=2)
    for number in range(30, 55):
        sign(runtime, campaign, number, "made-up.example", "198.51.100.0/24")
    second = flags(runtime, campaign)[FlagKind.NETWORK]
    assert second.id != first.id
    assert (second.figures["amount"], matching(runtime, campaign, second)) == (25, 25)


def test_the_flags_of_one_campaign_are_not_anothers(runtime: Runtime, campaign: Campaign) -> None:
    moor = new_campaign(runtime, slug="moor")
    for number in range(30):
        sign(runtime, moor, number, "made-up.example", "198.51.100.0/24")
    assert flags(runtime, campaign) == {}
    [flag] = [flag for flag in list_flags(runtime, moor) if flag.kind is FlagKind.NETWORK]
    assert not dismiss_flag(runtime, COMMAND_LINE, campaign, flag.id)


def test_mails_that_are_refused_are_flagged() -> None:
    assert score_parts(FlagKind.REFUSED, Observation("typo.example", 19, 19)) == {}
    assert sum(score_parts(FlagKind.REFUSED, Observation("typo.example", 40, 50)).values()) > 40
    assert sum(score_parts(FlagKind.REFUSED, Observation("gmail.com", 20, 9_000)).values()) < 40
    assert "refused 40 of 50" in flag_reason(FlagKind.REFUSED, "typo.example", {"amount": 40, "total": 50})


@pytest.mark.parametrize("kind", FlagKind)
def test_every_kind_has_its_words_and_no_score_is_above_a_hundred(kind: FlagKind) -> None:
    most = Observation("x", 10_000, 10_000, 0, 1, 1, 1, 10_000, 0.0)
    assert kind in FLAG_TITLES
    assert set(score_parts(kind, most)) <= set(SCORE_PART_LABELS)
    assert 40 <= sum(score_parts(kind, most).values()) <= 110


def refuse_mails(runtime: Runtime, *, of: str) -> None:
    """Have the server refuse the mails to a domain for good, and take all others."""
    with runtime.transaction() as connection:
        for claim in outbox.claim_mails(connection, runtime.now(), timedelta(seconds=60), 1_000):
            assert isinstance(claim, SignatoryMail)
            if claim.email.endswith(f"@{of}"):
                outbox.mark_refused(connection, claim, "550 5.1.2", runtime.now())
            else:
                outbox.mark_sent(connection, [claim], runtime.now())
    count.advance_ledgers(runtime)
    count.count_verification_mails(runtime)


def test_a_domain_that_refuses_its_mails_is_flagged_and_leads_to_whom_they_went(
    runtime: Runtime, campaign: Campaign, now: ManualClock
) -> None:
    domains = ["typo.example"] * 25 + [f"mail{number}.example" for number in range(25, 50)]
    for number, domain in enumerate(domains):
        sign(runtime, campaign, number, domain, f"203.0.{number}.0/24", source=f"s{number}")
    refuse_mails(runtime, of="typo.example")
    # What the domain is flagged for besides is over.
    now.advance(hours=2)
    found = flags(runtime, campaign)
    assert list(found) == [FlagKind.REFUSED]
    flag = found[FlagKind.REFUSED]
    assert (flag.subject, flag.figures["amount"], flag.figures["total"]) == ("typo.example", 25, 25)
    wanted = flag_filters(flag)
    assert (wanted.domain, wanted.states) == ("typo.example", (SignatureState.PENDING,))
    assert len(found_by(runtime, campaign, wanted)) == 25
    # More of them make it a higher one, not another; and what was judged to be all right is not raised again.
    for number in range(50, 70):
        sign(runtime, campaign, number, "typo.example", f"203.1.{number}.0/24", source=f"s{number}")
    refuse_mails(runtime, of="typo.example")
    now.advance(hours=2)
    (higher,) = [one for one in list_all(runtime, campaign) if one.kind is FlagKind.REFUSED]
    assert (higher.id, higher.figures["amount"]) == (flag.id, 45)
    assert len(found_by(runtime, campaign, flag_filters(higher))) == 45
    assert dismiss_flag(runtime, COMMAND_LINE, campaign, higher.id)
    assert FlagKind.REFUSED not in flags(runtime, campaign)


def list_all(runtime: Runtime, campaign: Campaign) -> list[Flag]:
    raise_flags(runtime)
    return list_flags(runtime, campaign)


def found_by(runtime: Runtime, campaign: Campaign, filters: Filters) -> list[ListedSignature]:
    return list(search.search_signatures(runtime, campaign, filters, None, 100, with_addresses=True).page.rows)
