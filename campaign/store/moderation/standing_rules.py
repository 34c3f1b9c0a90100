"""Standing rules of the site and of campaigns; what each has caught is kept as batches of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Row, bindparam, func, insert, or_, select, text, update

from campaign.domain.moderation.removal import RemovalKind, SignatureSelection
from campaign.domain.moderation.standing_rule import RuleAction, RuleCriteria, RuleSubject, StandingRule
from campaign.store.database.column_types import UtcDateTime
from campaign.store.database.statements import columns_of, is_any_of, rows_as
from campaign.store.moderation.batches import BatchState
from campaign.store.tables import RULE_IN_FORCE_SQL, batches, campaigners, signatures, standing_rules

MAX_LISTED = 200


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A rule as the desk lists it."""

    id: int
    campaign_id: int | None
    action: RuleAction
    domain: str
    mailbox_hint: str
    network: str
    name_pattern: str
    reason: str
    created_at: datetime
    creator: str
    """"" for the command line."""
    ended_at: datetime | None
    caught: int
    """Signatures that are invalidated by it now."""
    given_back: int


_CAMPAIGN: BindParameter[int] = bindparam("campaign_id")
_IS_IN_FORCE = text(RULE_IN_FORCE_SQL)
_IN_FORCE = (
    select(*columns_of(StandingRule, standing_rules))
    .where(_IS_IN_FORCE, or_(standing_rules.c.campaign_id.is_(None), standing_rules.c.campaign_id == _CAMPAIGN))
    .order_by(standing_rules.c.id)
)
_SUBJECTS = select(*columns_of(RuleSubject, signatures)).where(is_any_of(signatures.c.id, "ids"))
_CAUGHT = (
    select(batches.c.rule_id, func.sum(batches.c.invalidated).label("caught"), func.sum(batches.c.restored).label("given_back"))
    .where(batches.c.rule_id.is_not(None))
    .group_by(batches.c.rule_id)
    .subquery()
)
_LIST = (
    select(
        *columns_of(
            ListedRule,
            standing_rules,
            creator=func.coalesce(campaigners.c.name, ""),
            caught=func.coalesce(_CAUGHT.c.caught, 0),
            given_back=func.coalesce(_CAUGHT.c.given_back, 0),
        )
    )
    .select_from(standing_rules)
    .outerjoin(campaigners, campaigners.c.id == standing_rules.c.created_by)
    .outerjoin(_CAUGHT, _CAUGHT.c.rule_id == standing_rules.c.id)
    # Those in force first, each part with the newest first.
    .order_by(standing_rules.c.ended_at.is_not(None), standing_rules.c.id.desc())
    .limit(bindparam("limit"))
)
_OF_SITE, _OF_CAMPAIGN = standing_rules.c.campaign_id.is_(None), standing_rules.c.campaign_id == bindparam("of_campaign")
_COUNT = select(func.count()).select_from(standing_rules).where(_IS_IN_FORCE)
_CREATE = insert(standing_rules).returning(standing_rules.c.id)
_END = (
    update(standing_rules)
    .where(standing_rules.c.id == bindparam("of_id"), standing_rules.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"), ended_by=bindparam("campaigner_id"))
)
# What one worker is adding to or undoing just now is left alone, and a new batch begun: nobody waits here.
_OPEN_BATCH = (
    select(batches.c.id)
    .where(
        batches.c.rule_id == bindparam("rule_id"),
        batches.c.rule_id.is_not(None),
        batches.c.campaign_id == _CAMPAIGN,
        batches.c.state == BatchState.DONE.value,
    )
    .order_by(batches.c.id.desc())
    .limit(1)
    .with_for_update(skip_locked=True)
)
_ADD_CAUGHT = (
    update(batches)
    .where(batches.c.id == bindparam("of_id"))
    .values(
        invalidated=batches.c.invalidated + bindparam("more", type_=batches.c.invalidated.type),
        expected=batches.c.expected + bindparam("more", type_=batches.c.expected.type),
        finished_at=bindparam("now"),
    )
)
_UNDO = (
    update(batches)
    .where(
        batches.c.rule_id == bindparam("of_rule"),
        batches.c.rule_id.is_not(None),
        batches.c.state == BatchState.DONE.value,
        batches.c.invalidated > 0,
    )
    .values(state=BatchState.UNDOING.value, finished_at=None)
)
_FORGET = (
    update(standing_rules)
    .where(_OF_CAMPAIGN)
    .values(
        mailbox_hash="", mailbox_hint="", name_pattern="", network="", reason="",
        ended_at=func.coalesce(standing_rules.c.ended_at, bindparam("now", type_=UtcDateTime())),
    )
)  # fmt: skip


def rules_in_force(connection: Connection, campaign_id: int) -> list[StandingRule]:
    """Those of the site and of a campaign, the oldest first."""
    return [
        StandingRule(**{**row._asdict(), "action": RuleAction(row.action)})
        for row in connection.execute(_IN_FORCE, {"campaign_id": campaign_id})
    ]


def rule_subjects(connection: Connection, ids: Sequence[int]) -> list[RuleSubject]:
    """What rules are asked about some signatures."""
    return rows_as(RuleSubject, connection.execute(_SUBJECTS, {"ids": list(ids)}))


def batch_for(connection: Connection, campaign_id: int, rule: StandingRule, now: datetime) -> int:
    """Id of the batch that a rule's catch of a campaign belongs to, its row locked; a new one where there is none."""
    found = connection.execute(_OPEN_BATCH, {"rule_id": rule.id, "campaign_id": campaign_id}).scalar_one_or_none()
    if found is not None:
        return int(found)
    values = {
        "campaign_id": campaign_id, "rule_id": rule.id, "campaigner_id": rule.created_by if rule.campaign_id else None,
        "selection": SignatureSelection().to_json(), "max_signature_id": 0, "reason_class": RemovalKind.RULE.value,
        "reason": rule.reason, "state": BatchState.DONE.value, "expected": 0, "last_signature_id": 0, "invalidated": 0,
        "restored": 0, "created_at": now, "finished_at": now,
    }  # fmt: skip
    return int(connection.execute(batches.insert().values(**values).returning(batches.c.id)).scalar_one())


def add_caught(connection: Connection, batch_id: int, amount: int, now: datetime) -> None:
    """Note that a rule has caught some more."""
    connection.execute(_ADD_CAUGHT, {"of_id": batch_id, "more": amount, "now": now})


def list_rules(connection: Connection, campaign_id: int | None, limit: int = MAX_LISTED) -> list[ListedRule]:
    """The rules of a campaign, or of the site: those in force, then those that have ended."""
    rows = connection.execute(_LIST.where(_scope(campaign_id)), {"limit": limit, **_scope_parameters(campaign_id)})
    return [_listed(row) for row in rows]


def get_rule(connection: Connection, campaign_id: int | None, rule_id: int) -> ListedRule | None:
    """One rule of a campaign, or of the site."""
    given = {"limit": 1, "rule_id": rule_id, **_scope_parameters(campaign_id)}
    one = _LIST.where(_scope(campaign_id), standing_rules.c.id == bindparam("rule_id"))
    row = connection.execute(one, given).one_or_none()
    return None if row is None else _listed(row)


def count_in_force(connection: Connection, campaign_id: int | None) -> int:
    """Rules in force of a campaign, or of the site."""
    return int(connection.execute(_COUNT.where(_scope(campaign_id)), _scope_parameters(campaign_id)).scalar_one())


def create_rule(
    connection: Connection, campaign_id: int | None, action: RuleAction, criteria: RuleCriteria, mailbox_hash: str,
    mailbox_hint: str, reason: str, campaigner_id: int | None, now: datetime,
) -> int:  # fmt: skip
    """Id of a new rule, in force from the next counting on."""
    given = {
        "campaign_id": campaign_id, "action": action.value, "domain": criteria.domain, "mailbox_hash": mailbox_hash,
        "mailbox_hint": mailbox_hint, "network": criteria.network, "name_pattern": criteria.name_pattern, "reason": reason,
        "created_by": campaigner_id, "created_at": now,
    }  # fmt: skip
    return int(connection.execute(_CREATE, given).scalar_one())


def end_rule(connection: Connection, campaign_id: int | None, rule_id: int, campaigner_id: int | None, now: datetime) -> bool:
    """End a rule of a campaign, or of the site. False where it has ended, or is not there."""
    given = {"of_id": rule_id, "campaigner_id": campaigner_id, "now": now, **_scope_parameters(campaign_id)}
    return connection.execute(_END.where(_scope(campaign_id)), given).rowcount == 1


def start_undo(connection: Connection, rule_id: int) -> int:
    """Have all that a rule has caught given back, by the worker of batches; returns how many batches that are."""
    return connection.execute(_UNDO, {"of_rule": rule_id}).rowcount


def forget_rules(connection: Connection, campaign_id: int, now: datetime) -> None:
    """End the rules of a campaign and clear what they name: its personal data is over."""
    connection.execute(_FORGET, {"of_campaign": campaign_id, "now": now})


def _scope(campaign_id: int | None) -> ColumnElement[bool]:
    return _OF_SITE if campaign_id is None else _OF_CAMPAIGN


def _scope_parameters(campaign_id: int | None) -> dict[str, Any]:
    return {} if campaign_id is None else {"of_campaign": campaign_id}


def _listed(row: Row[*tuple[Any, ...]]) -> ListedRule:
    changed = {"action": RuleAction(row.action), "caught": int(row.caught), "given_back": int(row.given_back)}
    return ListedRule(**{**row._asdict(), **changed})
