"""Standing rules: what a form may name, and what an allow keeps from being flagged."""

import pytest

from campaign.domain.moderation.standing_rule import (
    InvalidRuleError,
    RuleAction,
    RuleCriteria,
    StandingRule,
    allows_flag_on,
    mailbox_hint,
    name_fits,
    read_criteria,
)


def allow(**named: str) -> StandingRule:
    values = {"domain": "", "mailbox_hash": "", "network": "", "name_pattern": "", **named}
    return StandingRule(1, None, RuleAction.ALLOW, reason="", created_by=None, **values)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("domain", "not a domain", "Enter a domain"),
        ("domain", "*.*.example.org", "Enter a domain"),
        ("domain", "x" * 400, "too long"),
        ("address", "ada@", "form name@example.org"),
        ("network", "203.0.113", "Enter a network"),
        ("network", "0.0.0.0/0", "too wide"),
        ("network", "::/8", "too wide"),
        ("name", "a*b", "before or after the letters"),
        ("name", "*a*", "3 letters at least"),
        ("name", "***", "3 letters at least"),
        ("name", "a" * 121, "at most 120"),
    ],
)
def test_what_no_rule_can_name_is_said_at_its_field(field: str, typed: str, said: str) -> None:
    with pytest.raises(InvalidRuleError) as refused:
        read_criteria({field: typed})
    assert list(refused.value.errors) == [field]
    assert said in refused.value.errors[field]


def test_a_rule_that_names_nothing_is_refused() -> None:
    with pytest.raises(InvalidRuleError, match="no rule"):
        read_criteria({"domain": "  ", "other": "x"})


def test_values_are_read_as_they_are_stored_of_signatures() -> None:
    found = read_criteria(
        {"domain": "*.BÜCHER.example", "address": "A.da+x@GoogleMail.com", "network": "203.0.113.9", "name": "*Ó Súilleabháin"}
    )
    assert found == RuleCriteria("*.xn--bcher-kva.example", "ada@gmail.com", "203.0.113.0/24", "*o suilleabhain")
    assert found.active == ("domain", "address", "network", "name")
    assert mailbox_hint(found.address_key) == "a…@gmail.com"


def test_a_name_of_the_longest_kind_is_judged_by_reading_it_once() -> None:
    assert not name_fits("*" + "a" * 119 + "b*", "a" * 120)


@pytest.mark.parametrize(
    ("rule", "kind", "subject", "allowed"),
    [
        (allow(network="203.0.0.0/16"), "network", "203.0.113.0/24", True),
        (allow(network="203.0.0.0/16"), "network", "2001:db8::/48", False),
        (allow(domain="*.nhs.net"), "domain", "trust.nhs.net", True),
        (allow(domain="nhs.net"), "domain", "trust.nhs.net", False),
        (allow(name_pattern="ada*"), "name", "ada lovelace", True),
        (allow(domain="nhs.net"), "network", "203.0.113.0/24", False),
        (allow(domain="nhs.net", network="203.0.113.0/24"), "domain", "nhs.net", False),
        (allow(domain="nhs.net", mailbox_hash="x"), "domain", "nhs.net", False),
        (allow(domain="nhs.net"), "source", "nhs.net", False),
    ],
)
def test_an_allow_keeps_a_flag_from_just_what_it_names_by_itself(
    rule: StandingRule, kind: str, subject: str, allowed: bool
) -> None:
    assert allows_flag_on(rule, kind, subject) is allowed
