"""Standing rules, asked when verified signatures are about to be counted for the first time.

What a block fits is invalidated in the transaction that would have counted it, so it has no entry in the ledger and none in the
public log. Where nobody has made a rule this costs one look into an empty index for each counting transaction.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from campaign.domain.moderation.removal import RemovalKind
from campaign.domain.moderation.standing_rule import RuleAction, RuleSet, StandingRule
from campaign.domain.paper.entry import ONLINE
from campaign.domain.signatures.signature import SignatureState
from campaign.security.tokens import SignedTokens
from campaign.store.ledger.ledger import UncountedSignature
from campaign.store.moderation import removals, standing_rules

if TYPE_CHECKING:
    from sqlalchemy import Connection


def apply_rules(
    connection: "Connection", tokens: SignedTokens, campaign_id: int, due: Sequence[UncountedSignature], now: datetime
) -> list[UncountedSignature]:
    """The same signatures, those that a block fits invalidated.

    The rows of `due` are locked. What was invalidated before and given back is not asked about again.
    """
    asked = [each.id for each in due if is_newly_verified(each)]
    rules = standing_rules.rules_in_force(connection, campaign_id) if asked else []
    if not rules:
        return list(due)
    rule_set = RuleSet(rules, tokens.mailbox_hashes)
    caught: dict[int, list[int]] = defaultdict(list)
    for subject in standing_rules.rule_subjects(connection, asked):
        rule = rule_set.verdict(subject)
        if rule is not None and rule.action is RuleAction.BLOCK:
            caught[rule.id].append(subject.id)
    by_id = {rule.id: rule for rule in rules}
    for rule_id in sorted(caught):
        _invalidate(connection, campaign_id, by_id[rule_id], caught[rule_id], now)
    blocked = {number for numbers in caught.values() for number in numbers}
    return [
        replace(each, state=SignatureState.INVALIDATED, ended_class=RemovalKind.RULE.value) if each.id in blocked else each
        for each in due
    ]


def is_newly_verified(signature: UncountedSignature) -> bool:
    """Whether it is about to be counted for the first time, or again after a withdrawal."""
    was = signature.counted_as
    return (
        signature.state is SignatureState.VERIFIED
        and signature.kind == ONLINE
        and was not in (SignatureState.VERIFIED, SignatureState.INVALIDATED)
    )


def _invalidate(connection: "Connection", campaign_id: int, rule: StandingRule, ids: list[int], now: datetime) -> None:
    batch_id = standing_rules.batch_for(connection, campaign_id, rule, now)
    done = removals.invalidate_signatures(connection, ids, RemovalKind.RULE, rule.reason, now, batch_id)
    standing_rules.add_caught(connection, batch_id, len(done), now)
