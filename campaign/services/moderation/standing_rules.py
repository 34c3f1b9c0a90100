"""Standing rules at the desk: tried on the last 30 days before they are made, ended, and what they caught given back.

The count asks them (`campaign.services.ledger.standing_rules`).
"""

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network

from campaign.domain.accounts.actor import Actor
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.i18n import N_
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.networks import is_within
from campaign.domain.common.reason import read_reason
from campaign.domain.moderation.big_act import require_confirmed
from campaign.domain.moderation.standing_rule import (
    MAX_RULE_REASON_LENGTH,
    MAX_RULES,
    RuleAction,
    RuleCriteria,
    mailbox_hint,
)
from campaign.jobs import RUN_BATCHES
from campaign.runtime import Runtime
from campaign.store.accounts import audit_log
from campaign.store.database.query_timeout import statement_timeout
from campaign.store.moderation import flag_observations, rule_previews, standing_rules
from campaign.store.moderation.standing_rules import ListedRule

PREVIEW_WINDOW = timedelta(days=30)
"""How far back a rule is tried; networks are kept no longer."""
PREVIEW_TIMEOUT_SECONDS = 10.0
MAX_PREVIEW_CAMPAIGNS = 200
"""Campaigns that a rule of the site is tried on: those that are open."""


@dataclass(frozen=True, slots=True)
class RulePreview:
    """Preview of a rule: what it would have fitted, had it been there for the last 30 days."""

    fitting: int
    verified: int
    """Of `fitting`, those that are verified and stay counted: a rule does not reach back."""
    total: int
    """All signatures given online in that time."""


def read_rule_action(typed: str) -> RuleAction:
    """Raises InvalidInputError where it is none of them."""
    try:
        return RuleAction(typed)
    except ValueError:
        raise InvalidInputError("Choose what is to happen.") from None


def read_rule_reason(typed: str) -> str:
    """Reason of a rule, on one line. Raises InvalidInputError."""
    return read_reason(typed, MAX_RULE_REASON_LENGTH, missing=N_("Give the reason; it is kept with each signature it catches."))


def list_rules(runtime: Runtime, campaign: Campaign | None) -> list[ListedRule]:
    """The rules of a campaign, of the site for None: those in force, then those that have ended."""
    with runtime.reading() as connection:
        return standing_rules.list_rules(connection, campaign.id if campaign else None)


def get_rule(runtime: Runtime, campaign: Campaign | None, rule_id: int) -> ListedRule | None:
    """One rule of a campaign, of the site for None."""
    with runtime.reading() as connection:
        return standing_rules.get_rule(connection, campaign.id if campaign else None, rule_id)


def preview_rule(runtime: Runtime, campaign: Campaign | None, criteria: RuleCriteria) -> RulePreview:
    """What a rule would have fitted; changes nothing. Raises StatementTimeoutError."""
    since = runtime.now() - PREVIEW_WINDOW
    hashes = runtime.tokens.mailbox_hashes(criteria.address_key) if criteria.address_key else []
    with runtime.snapshot() as connection, statement_timeout(connection, PREVIEW_TIMEOUT_SECONDS):
        if campaign is not None:
            ids = [campaign.id]
        else:
            ids = flag_observations.open_campaign_ids(connection, runtime.now(), 0, MAX_PREVIEW_CAMPAIGNS)
        found = rule_previews.matching_networks(connection, ids, criteria, hashes, since)
        total = rule_previews.count_recent(connection, ids, since)
    if criteria.network:
        wider = ip_network(criteria.network)
        found = [each for each in found if is_within(each.network, wider)]
    return RulePreview(sum(each.amount for each in found), sum(each.verified for each in found), total)


def create_rule(
    runtime: Runtime, actor: Actor, campaign: Campaign | None, action: RuleAction, criteria: RuleCriteria, reason: str,
    *, confirmed: bool = False, preview: RulePreview | None = None,
) -> int:  # fmt: skip
    """Make a rule of a campaign, of the site for None; it is in force from the next counting on. Returns its number.

    `preview` is what it was tried with just now; for None it is tried here. Raises InvalidInputError, and
    UnconfirmedBigActError for a block that would have fitted more than a tenth of the last 30 days and is not `confirmed`.
    """
    reason, now = read_rule_reason(reason), runtime.now()
    if action is RuleAction.BLOCK and not confirmed:
        preview = preview or preview_rule(runtime, campaign, criteria)
        if preview.total:
            require_confirmed(preview.fitting, preview.total, confirmed=False)
    campaign_id = campaign.id if campaign else None
    mailbox_hash = runtime.tokens.mailbox_hash(criteria.address_key) if criteria.address_key else ""
    with runtime.transaction() as connection:
        if standing_rules.count_in_force(connection, campaign_id) >= MAX_RULES:
            raise InvalidInputError("There are %(most)d rules already. End one that is needed no longer.", most=MAX_RULES)
        rule_id = standing_rules.create_rule(
            connection, campaign_id, action, criteria, mailbox_hash, mailbox_hint(criteria.address_key), reason,
            actor.campaigner_id, now,
        )  # fmt: skip
        # What it names may be somebody's own, so the trail says only which fields it names.
        audit_log.record(
            connection, actor, "make rule", now, campaign_id=campaign_id, subject=f"rule {rule_id}",
            after={"action": action.value, "by": list(criteria.active)}, reason=reason,
        )  # fmt: skip
    return rule_id


def end_rule(
    runtime: Runtime, actor: Actor, campaign: Campaign | None, rule: ListedRule, *, give_back: bool, reason: str = "",
    confirmed: bool = False,
) -> bool:  # fmt: skip
    """End a rule, and `give_back` what it has caught if so wished, which a rule that has ended can do later too. False where
    there was nothing left to do. Raises InvalidInputError for a missing reason of giving back, and UnconfirmedBigActError for
    giving back more than a tenth of a campaign's count unconfirmed."""
    reason = read_rule_reason(reason) if give_back else ""
    if give_back and campaign is not None:
        require_confirmed(rule.caught, campaign.signatures, confirmed=confirmed)
    now, campaign_id = runtime.now(), campaign.id if campaign else None
    with runtime.transaction() as connection:
        ended = standing_rules.end_rule(connection, campaign_id, rule.id, actor.campaigner_id, now)
        undoing = standing_rules.start_undo(connection, rule.id) if give_back else 0
        if ended or undoing:
            audit_log.record(
                connection, actor, "end rule", now, campaign_id=campaign_id, subject=f"rule {rule.id}",
                after={"given back": bool(undoing)}, reason=reason,
            )  # fmt: skip
    if undoing:
        runtime.enqueue_once(RUN_BATCHES)
    return ended or bool(undoing)
