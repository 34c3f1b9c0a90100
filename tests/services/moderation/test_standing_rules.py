"""Standing rules: asked before a signature is counted for the first time, and told to nobody."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.moderation.big_act import UnconfirmedBigActError
from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.moderation.standing_rule import MAX_RULES, RuleAction, RuleSet, read_criteria
from campaign.domain.signatures.signature import SignatureState
from campaign.runtime import Runtime
from campaign.security.tokens import SignatureRef
from campaign.services.ledger import count
from campaign.services.log import append
from campaign.services.moderation import batches, removals, standing_rules
from campaign.services.signatures.sign import (
    VerifyOutcome,
    get_own_signature,
    sign_campaign,
    verify_signature,
    withdraw_signature,
)
from campaign.store.mail import claimed_mails
from campaign.store.moderation import standing_rules as standing_rules_store
from campaign.store.moderation.standing_rules import ListedRule
from campaign.store.privacy import retention
from campaign.store.signatures.signatures import Signature
from tests.conftest import on_both_databases
from tests.support.factories import new_campaign, sign_form_data, stored_campaign, verify_link_of
from tests.support.queries import query_rows, query_scalar

pytestmark = on_both_databases


@pytest.fixture
def campaign(runtime: Runtime) -> Campaign:
    return new_campaign(runtime)


def rule(
    runtime: Runtime, campaign: Campaign | None, action: RuleAction = RuleAction.BLOCK, **criteria: str
) -> int:  # fmt: skip
    return standing_rules.create_rule(
        runtime, COMMAND_LINE, campaign, action, read_criteria(criteria), "One sender", confirmed=True
    )


def listed(runtime: Runtime, campaign: Campaign | None, number: int) -> ListedRule:
    found = standing_rules.get_rule(runtime, campaign, number)
    assert found is not None
    return found


def signature_id(runtime: Runtime, campaign: Campaign, address: str) -> int:
    with runtime.reading() as connection:
        sql = text("SELECT id FROM signatures WHERE email_key = :key AND campaign_id = :campaign_id")
        return int(connection.execute(sql, {"key": address, "campaign_id": campaign.id}).scalar_one())


def sign(runtime: Runtime, campaign: Campaign, address: str, *, verified: bool = True, **changes: str) -> int:
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data(address, **changes))
    number = signature_id(runtime, campaign, address)
    if verified:
        assert verify_signature(runtime, verify_link_of(runtime, number)).outcome is VerifyOutcome.NOW
    return number


def counted(runtime: Runtime, campaign: Campaign) -> tuple[int, int]:
    """Verified and pending once the ledger has caught up; everything agrees with everything."""
    count.advance_ledgers(runtime)
    append.advance_log(runtime)
    campaign = stored_campaign(runtime, campaign)
    assert count.reconcile_campaign(runtime, campaign).consistent
    return campaign.verified, campaign.pending


def undo_all(runtime: Runtime) -> None:
    while batches.run_due_batches(runtime):
        pass


def signature(runtime: Runtime, number: int) -> Signature:
    link = verify_link_of(runtime, number)
    found = get_own_signature(runtime, SignatureRef(number, link.signature_ref[1]))
    assert found is not None
    return found


def ledger_entries(runtime: Runtime) -> int:
    return int(query_scalar(runtime, "SELECT count(*) FROM ledger"))


PEOPLE = {
    "a@burst.example": {"name": "Grey Heron III", "network": "203.0.113.0/24"},
    "a@late.burst.example": {"name": "Her On", "network": "203.0.96.0/24"},
    "a@notburst.example": {"name": "Heron Grey", "network": "203.0.95.0/24"},
    "bob@example.org": {"name": "grey  HERÓN", "network": "2001:db8:7::/48"},
    "bobby@example.org": {"name": "My 100%_ name", "network": "2001:db8::/48"},
    "bob.b@example.org": {"name": "My 100 xx name", "network": "2001:db9::/48"},
    "nobody@elsewhere.example": {"name": "Ada Lovelace", "network": ""},
}
FITTING: tuple[tuple[dict[str, str], str], ...] = (
    ({"domain": "burst.example"}, "a@burst.example"),
    ({"domain": "*.burst.example"}, "a@burst.example a@late.burst.example"),
    ({"address": "Bob+petition@EXAMPLE.org"}, "bob@example.org"),
    ({"network": "203.0.113.77"}, "a@burst.example"),
    ({"network": "203.0.96.0/19"}, "a@burst.example a@late.burst.example"),
    ({"network": "203.0.0.0/8"}, "a@burst.example a@late.burst.example a@notburst.example"),
    ({"network": "2001:db8::1"}, "bobby@example.org"),
    ({"network": "2001:db8::/32"}, "bob@example.org bobby@example.org"),
    ({"name": "*HERÓN*"}, "a@burst.example a@notburst.example bob@example.org"),
    ({"name": "grey*"}, "a@burst.example bob@example.org"),
    ({"name": "*heron"}, "bob@example.org"),
    ({"name": "Grey Heron"}, "bob@example.org"),
    ({"name": "*100%_*"}, "bobby@example.org"),
    ({"domain": "burst.example", "name": "*heron*", "network": "203.0.113.0/24"}, "a@burst.example"),
    ({"domain": "burst.example", "name": "*ada*"}, ""),
)


def test_a_rule_catches_just_what_its_preview_has_shown(runtime: Runtime, campaign: Campaign) -> None:
    """Each shape of a rule, tried on people who have signed, and asked about the same people as the count asks."""
    ids = {address: sign(runtime, campaign, address, **details) for address, details in PEOPLE.items()}
    assert counted(runtime, campaign) == (len(PEOPLE), 0)
    with runtime.reading() as connection:
        subjects = standing_rules_store.rule_subjects(connection, list(ids.values()))
    for criteria, fitting in FITTING:
        preview = standing_rules.preview_rule(runtime, campaign, read_criteria(criteria))
        of_site = standing_rules.preview_rule(runtime, None, read_criteria(criteria))
        number = rule(runtime, campaign, **criteria)
        with runtime.reading() as connection:
            rules = standing_rules_store.rules_in_force(connection, campaign.id)
        rule_set = RuleSet([each for each in rules if each.id == number], runtime.tokens.mailbox_hashes)
        caught = {address for address, each in ids.items() for subject in subjects if subject.id == each
                  and rule_set.verdict(subject) is not None}  # fmt: skip
        assert caught == set(fitting.split()), criteria
        assert (preview.fitting, preview.verified, preview.total) == (len(caught), len(caught), len(PEOPLE)), criteria
        assert of_site == preview
        assert standing_rules.end_rule(runtime, COMMAND_LINE, campaign, listed(runtime, campaign, number), give_back=False)


def test_a_block_catches_what_is_verified_from_then_on_before_it_is_counted(runtime: Runtime, campaign: Campaign) -> None:
    sign(runtime, campaign, "old@burst.example")
    assert counted(runtime, campaign) == (1, 0)
    number = rule(runtime, campaign, domain="burst.example")
    caught, spared = sign(runtime, campaign, "new@burst.example"), sign(runtime, campaign, "new@example.net")
    entries = ledger_entries(runtime)
    assert counted(runtime, campaign) == (2, 0)
    assert ledger_entries(runtime) == entries + 1
    assert signature(runtime, caught).is_caught_by_rule
    assert signature(runtime, spared).state is SignatureState.VERIFIED
    assert listed(runtime, campaign, number).caught == 1


def test_who_is_caught_is_answered_and_thanked_as_everybody_is(runtime: Runtime, campaign: Campaign) -> None:
    rule(runtime, campaign, domain="burst.example")
    number = sign(runtime, campaign, "a@burst.example")
    assert counted(runtime, campaign) == (0, 0)
    link = verify_link_of(runtime, number)
    assert verify_signature(runtime, link).outcome is VerifyOutcome.ALREADY_VERIFIED
    with runtime.reading() as connection:
        found = connection.execute(text("SELECT id, signature_id FROM outbox WHERE kind = 'thank_you'"))
        mails = claimed_mails.signatory_mails(connection, {row.id: row.signature_id for row in found})
    assert [mail.cancel_reason(runtime.now()) for mail in mails.values()] == [""]


def test_blocks_beat_allows_and_the_site_beats_the_campaign(runtime: Runtime, campaign: Campaign) -> None:
    rule(runtime, campaign, RuleAction.ALLOW, domain="burst.example")
    first = sign(runtime, campaign, "a@burst.example")
    assert counted(runtime, campaign) == (1, 0)
    of_site = rule(runtime, None, name="*lovelace*")
    caught = sign(runtime, campaign, "b@burst.example")
    other = new_campaign(runtime, slug="elsewhere")
    elsewhere = sign(runtime, other, "c@example.org")
    assert counted(runtime, campaign) == (1, 0)
    assert counted(runtime, other) == (0, 0)
    assert [signature(runtime, each).is_caught_by_rule for each in (first, caught, elsewhere)] == [False, True, True]
    assert listed(runtime, None, of_site).caught == 2
    assert standing_rules.end_rule(runtime, COMMAND_LINE, None, listed(runtime, None, of_site), give_back=True, reason="Mine")
    undo_all(runtime)
    assert counted(runtime, campaign) == (2, 0)
    assert counted(runtime, other) == (1, 0)
    assert (listed(runtime, None, of_site).caught, listed(runtime, None, of_site).given_back) == (0, 2)


def test_what_is_given_back_is_counted_and_not_caught_again(runtime: Runtime, campaign: Campaign) -> None:
    number = rule(runtime, campaign, domain="burst.example")
    ids = [sign(runtime, campaign, f"{each}@burst.example") for each in range(3)]
    assert counted(runtime, campaign) == (0, 0)
    removals.restore_signature(runtime, COMMAND_LINE, ids[0], "A neighbour")
    assert counted(runtime, campaign) == (1, 0)
    batch = batches.list_batches(runtime, campaign)[0]
    assert (batch.rule_id, batch.reason_class, batch.reason) == (number, RemovalKind.RULE, "One sender")
    assert batches.undo_batch(runtime, COMMAND_LINE, campaign, batch, "All neighbours", confirmed=True)
    undo_all(runtime)
    assert counted(runtime, campaign) == (3, 0)
    # The rule itself is still in force, and begins a batch of its own for what it catches next.
    sign(runtime, campaign, "later@burst.example")
    assert counted(runtime, campaign) == (3, 0)
    assert [(each.rule_id, each.expected) for each in batches.list_batches(runtime, campaign)] == [(number, 1), (number, 3)]


def test_a_rule_that_has_ended_catches_nobody_and_is_told_in_numbers(runtime: Runtime, campaign: Campaign) -> None:
    number = rule(runtime, campaign, domain="burst.example")
    sign(runtime, campaign, "a@burst.example")
    sign(runtime, campaign, "pending@burst.example", verified=False)
    assert counted(runtime, campaign) == (0, 1)
    removed = query_rows(runtime, "SELECT reason_class, removed FROM removal_tallies")
    assert [tuple(row) for row in removed] == [("rule", 1)]
    assert standing_rules.end_rule(runtime, COMMAND_LINE, campaign, listed(runtime, campaign, number), give_back=False)
    assert not standing_rules.end_rule(runtime, COMMAND_LINE, campaign, listed(runtime, campaign, number), give_back=False)
    verify_signature(runtime, verify_link_of(runtime, signature_id(runtime, campaign, "pending@burst.example")))
    assert counted(runtime, campaign) == (1, 0)


def test_who_signs_again_after_withdrawing_is_asked_again(runtime: Runtime, campaign: Campaign) -> None:
    number = sign(runtime, campaign, "a@burst.example")
    assert counted(runtime, campaign) == (1, 0)
    withdraw_signature(runtime, number)
    assert counted(runtime, campaign) == (0, 0)
    rule(runtime, campaign, domain="burst.example")
    sign_campaign(runtime, campaign.id, campaign.text.hash, sign_form_data("a@burst.example"))
    verify_signature(runtime, verify_link_of(runtime, number, edition=2))
    assert counted(runtime, campaign) == (0, 0)
    assert signature(runtime, number).is_caught_by_rule


def test_wide_rules_are_confirmed_and_their_number_is_bounded(
    runtime: Runtime, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(runtime, campaign, "a@burst.example")
    make: Callable[..., int] = lambda confirmed: standing_rules.create_rule(  # noqa: E731
        runtime, COMMAND_LINE, campaign, RuleAction.BLOCK, read_criteria({"domain": "burst.example"}), "x", confirmed=confirmed
    )
    with pytest.raises(UnconfirmedBigActError):
        make(False)
    make(True)
    assert MAX_RULES == 100
    monkeypatch.setattr(standing_rules, "MAX_RULES", 1)
    with pytest.raises(InvalidInputError, match="1 rules already"):
        make(True)


def test_nothing_of_a_rule_is_left_once_personal_data_is_over(runtime: Runtime, campaign: Campaign) -> None:
    number = rule(runtime, campaign, address="bob@example.org", name="*heron*")
    with runtime.reading() as connection:
        stored = connection.execute(text("SELECT * FROM standing_rules")).one()._asdict()
    assert "bob" not in " ".join(map(str, stored.values()))
    assert stored["mailbox_hint"] == "b…@example.org"
    with runtime.transaction() as connection:
        retention.set_months(connection, campaign.id, 3)
        retention.finish(connection, campaign.id, runtime.now())
    after = listed(runtime, campaign, number)
    assert (after.mailbox_hint, after.name_pattern, after.reason) == ("", "", "")
    assert after.ended_at is not None
