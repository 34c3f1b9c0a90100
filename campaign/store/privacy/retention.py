"""End of personal data: plans of campaigns, and what is erased of one, a bounded number of signatures at a time."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate, groupby
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, exists, func, select, text, update

from campaign.domain.privacy.retention import RetentionPlan, effective_months
from campaign.store.accounts.memberships import SEEING_MEMBERS
from campaign.store.database.statements import adding_upsert
from campaign.store.database.upsert import insert as upsert
from campaign.store.exports import exports
from campaign.store.moderation import standing_rules
from campaign.store.tables import (
    ERASURE_REQUESTED_SQL,
    WITHDRAWN_KEPT_SQL,
    batches,
    campaigners,
    campaigns,
    cohort_tallies,
    flags,
    retentions,
    saved_filters,
    signatures,
    texts,
)

_PLANS = (
    select(
        campaigns.c.id, campaigns.c.slug, texts.c.title, campaigns.c.closes_at, campaigns.c.finalised_at, retentions.c.months,
        retentions.c.announced_at, retentions.c.started_at, retentions.c.finished_at,
        func.coalesce(retentions.c.signatures, 0).label("signatures"), func.coalesce(retentions.c.mails, 0).label("mails"),
    )
    .join(texts, and_(texts.c.campaign_id == campaigns.c.id, texts.c.hash == campaigns.c.text_hash))
    .outerjoin(retentions, retentions.c.campaign_id == campaigns.c.id)
)  # fmt: skip
_PLAN = _PLANS.where(campaigns.c.id == bindparam("campaign_id"))
_UNFINISHED = (
    _PLANS.where(
        campaigns.c.published_at.is_not(None), retentions.c.finished_at.is_(None), campaigns.c.id > bindparam("after_id")
    )
    .order_by(campaigns.c.id)
    .limit(bindparam("limit"))
)
_ADD_ROW = upsert(retentions).values(campaign_id=bindparam("campaign_id")).on_conflict_do_nothing()
_OF_CAMPAIGN = retentions.c.campaign_id == bindparam("of_campaign")
_SET_MONTHS = (
    update(retentions).where(_OF_CAMPAIGN, retentions.c.started_at.is_(None)).values(months=bindparam("new_months"))
)  # fmt: skip
_WITHDRAW_ANNOUNCEMENT = (
    update(retentions).where(_OF_CAMPAIGN, retentions.c.started_at.is_(None)).values(announced_at=None)
)  # fmt: skip
_ANNOUNCE = (
    update(retentions).where(_OF_CAMPAIGN, retentions.c.announced_at.is_(None)).values(announced_at=bindparam("now"))
)  # fmt: skip
_START = update(retentions).where(_OF_CAMPAIGN, retentions.c.started_at.is_(None)).values(started_at=bindparam("now"))
_FINISH = update(retentions).where(_OF_CAMPAIGN, retentions.c.finished_at.is_(None)).values(finished_at=bindparam("now"))
_LOCK = select(retentions.c.erased_to).where(
    retentions.c.campaign_id == bindparam("campaign_id"), retentions.c.finished_at.is_(None)
).with_for_update()  # fmt: skip
_ADVANCE = (
    update(retentions)
    .where(_OF_CAMPAIGN)
    .values(
        erased_to=bindparam("to_id"), signatures=retentions.c.signatures + bindparam("more_signatures"),
        mails=retentions.c.mails + bindparam("more_mails"),
    )
)  # fmt: skip
_HAS_MAILBOX = and_(campaigners.c.disabled_at.is_(None), campaigners.c.email != "")
_TEAM = (
    select(campaigners.c.id)
    .join(SEEING_MEMBERS, SEEING_MEMBERS.c.campaigner_id == campaigners.c.id)
    .where(SEEING_MEMBERS.c.campaign_id == bindparam("campaign_id"), _HAS_MAILBOX)
    .order_by(campaigners.c.id)
)
_OPERATORS = select(campaigners.c.id).where(campaigners.c.operator, _HAS_MAILBOX).order_by(campaigners.c.id)
_BATCH = (
    select(signatures.c.id, signatures.c.erased_at)
    .where(signatures.c.campaign_id == bindparam("campaign_id"), signatures.c.id > bindparam("after_id"))
    .order_by(signatures.c.id)
    .limit(bindparam("limit"))
    .with_for_update()
)
# Conditions in words, so that their partial indexes are found.
_WITHDRAWN = (
    select(signatures.c.id)
    .where(text(WITHDRAWN_KEPT_SQL), signatures.c.ended_at < bindparam("before"))
    .order_by(signatures.c.ended_at, signatures.c.id)
    .limit(bindparam("limit"))
    .with_for_update()
)
_REQUESTED = (
    select(signatures.c.id)
    .where(
        text(ERASURE_REQUESTED_SQL), signatures.c.counted_as == signatures.c.state,
        signatures.c.campaign_id.in_(select(campaigns.c.id).where(campaigns.c.finalised_at.is_not(None))),
    )
    .order_by(signatures.c.id)
    .limit(bindparam("limit"))
    .with_for_update()
)  # fmt: skip
_IS_ERASED = select(retentions.c.campaign_id).where(
    retentions.c.campaign_id == bindparam("campaign_id"),
    retentions.c.started_at.is_not(None),
    ~exists().where(signatures.c.campaign_id == bindparam("campaign_id"), signatures.c.id > retentions.c.erased_to),
)
_SAVED_FILTERS = delete(saved_filters).where(saved_filters.c.campaign_id == bindparam("campaign_id"))
_FLAGS = delete(flags).where(flags.c.campaign_id == bindparam("campaign_id"))
_BATCH_WORDS = (
    update(batches)
    .where(batches.c.campaign_id == bindparam("of_campaign"))
    .values(selection={"filters": {}, "ids": []}, reason="")
)
# What one hour's signatures of all mail domains came to stays; which domains, does not. What is added is what the deletion
# brings back: another transaction that has just counted something is waited for, and what it counted is not lost.
_OF_DOMAINS = and_(cohort_tallies.c.campaign_id == bindparam("campaign_id"), cohort_tallies.c.domain != "")
_COHORTS_AT_ONCE = 5000
"""Cohorts that are brought into memory at once, and those of one hour more: they are never parted."""
_HOURS = (
    select(cohort_tallies.c.hour, func.count().label("domains"))
    .where(_OF_DOMAINS)
    .group_by(cohort_tallies.c.hour)
    .order_by(cohort_tallies.c.hour)
)
_DELETE_COHORTS = (
    delete(cohort_tallies)
    .where(_OF_DOMAINS, cohort_tallies.c.hour.between(bindparam("first"), bindparam("last")))
    .returning(*cohort_tallies.columns)
)
_ADD_COHORT = adding_upsert(cohort_tallies)
_SUMS = tuple(column.name for column in cohort_tallies.columns if not column.primary_key)


def get_plan(connection: Connection, campaign_id: int, default_months: int, max_months: int) -> RetentionPlan:
    """The plan of a campaign."""
    return _plan(connection.execute(_PLAN, {"campaign_id": campaign_id}).one(), default_months, max_months)


def unfinished_plans(
    connection: Connection, after_id: int, limit: int, default_months: int, max_months: int
) -> list[RetentionPlan]:
    """Plans of published campaigns that still keep personal data, by number, after that of one."""
    rows = connection.execute(_UNFINISHED, {"after_id": after_id, "limit": limit})
    return [_plan(row, default_months, max_months) for row in rows]


def set_months(connection: Connection, campaign_id: int, months: int | None) -> bool:
    """Choose how long a campaign keeps personal data. False where it is being destroyed, or gone."""
    connection.execute(_ADD_ROW, {"campaign_id": campaign_id})
    return connection.execute(_SET_MONTHS, {"of_campaign": campaign_id, "new_months": months}).rowcount == 1


def withdraw_announcement(connection: Connection, campaign_id: int) -> None:
    """Let the end be announced again, since it is later now."""
    connection.execute(_WITHDRAW_ANNOUNCEMENT, {"of_campaign": campaign_id})


def mark_announced(connection: Connection, campaign_id: int, now: datetime) -> bool:
    """Note that the end is announced. False where it was."""
    connection.execute(_ADD_ROW, {"campaign_id": campaign_id})
    return connection.execute(_ANNOUNCE, {"of_campaign": campaign_id, "now": now}).rowcount == 1


def people_to_tell(connection: Connection, campaign_id: int) -> list[int]:
    """Campaigners of the team who have a mailbox; the operators of the site where there is none."""
    team: list[int] = list(connection.execute(_TEAM, {"campaign_id": campaign_id}).scalars())
    return team or list(connection.execute(_OPERATORS).scalars())


def start(connection: Connection, campaign_id: int, now: datetime) -> bool:
    """Begin: what is kept beside the signatures goes first. False where that was done.

    Saved searches, flags, what batches looked for and why, exports; and which mail domains the cohorts were of.
    """
    if connection.execute(_START, {"of_campaign": campaign_id, "now": now}).rowcount == 0:
        return False
    of_campaign = {"campaign_id": campaign_id}
    for statement in (_SAVED_FILTERS, _FLAGS):
        connection.execute(statement, of_campaign)
    fold_cohorts(connection, campaign_id)
    connection.execute(_BATCH_WORDS, {"of_campaign": campaign_id})
    exports.delete_exports_of_campaign(connection, campaign_id, now)
    return True


def fold_cohorts(connection: Connection, campaign_id: int) -> None:
    """Let no cohort of a campaign be told from another of its hour by mail domain."""
    of_campaign = {"campaign_id": campaign_id}
    rows = connection.execute(_HOURS, of_campaign).all()
    up_to_each = zip(rows, accumulate(row.domains for row in rows), strict=True)
    for _, some in groupby(up_to_each, lambda pair: pair[1] // _COHORTS_AT_ONCE):
        hours = [row.hour for row, _ in some]
        _fold_hours(connection, of_campaign, hours[0], hours[-1])


def _fold_hours(connection: Connection, of_campaign: dict[str, int], first: datetime, last: datetime) -> None:
    sums: dict[datetime, Counter[str]] = {}
    for row in connection.execute(_DELETE_COHORTS, of_campaign | {"first": first, "last": last}).mappings():
        sums.setdefault(row["hour"], Counter()).update({name: row[name] for name in _SUMS})
    folded = [
        of_campaign | {"hour": hour, "domain": ""} | {name: of_hour[name] for name in _SUMS} for hour, of_hour in sums.items()
    ]
    if folded:
        connection.execute(_ADD_COHORT, folded)


def lock_progress(connection: Connection, campaign_id: int) -> int | None:
    """Number of the last signature that is done, held until the transaction ends; None where all are."""
    done_to = connection.execute(_LOCK, {"campaign_id": campaign_id}).scalar_one_or_none()
    return None if done_to is None else int(done_to)


def next_signatures(connection: Connection, campaign_id: int, after_id: int, limit: int) -> list[tuple[int, bool]]:
    """Numbers of the next signatures of a campaign, each with whether it was erased before."""
    given = {"campaign_id": campaign_id, "after_id": after_id, "limit": limit}
    return [(row.id, row.erased_at is not None) for row in connection.execute(_BATCH, given)]


def is_erased(connection: Connection, campaign_id: int) -> bool:
    """Whether none of a campaign's signatures is left to be erased."""
    return connection.execute(_IS_ERASED, {"campaign_id": campaign_id}).one_or_none() is not None


def record_progress(connection: Connection, campaign_id: int, done_to: int, signatures_erased: int, mails: int) -> None:
    """Note how far a campaign is, and how many came to it."""
    given = {"of_campaign": campaign_id, "to_id": done_to, "more_signatures": signatures_erased, "more_mails": mails}
    connection.execute(_ADVANCE, given)


def finish(connection: Connection, campaign_id: int, now: datetime) -> bool:
    """Note that all is destroyed. False where it was noted."""
    standing_rules.forget_rules(connection, campaign_id, now)
    return connection.execute(_FINISH, {"of_campaign": campaign_id, "now": now}).rowcount == 1


def withdrawn_signatures(connection: Connection, ended_before: datetime, limit: int) -> Sequence[int]:
    """Signatures of all campaigns that were withdrawn before a time, and whose details are still kept."""
    return connection.execute(_WITHDRAWN, {"before": ended_before, "limit": limit}).scalars().all()


def requested_signatures(connection: Connection, limit: int) -> Sequence[int]:
    """Signatures of final campaigns whose owners have asked to have them erased."""
    return connection.execute(_REQUESTED, {"limit": limit}).scalars().all()


def _plan(row: "Row[*tuple[Any, ...]]", default_months: int, max_months: int) -> RetentionPlan:
    found = row._asdict()
    return RetentionPlan(
        campaign_id=found["id"], slug=found["slug"], title=found["title"], closes_at=found["closes_at"],
        finalised_at=found["finalised_at"], chosen_months=found["months"],
        months=effective_months(found["months"], default_months, max_months), announced_at=found["announced_at"],
        started_at=found["started_at"], finished_at=found["finished_at"], erased_signatures=found["signatures"],
        deleted_mails=found["mails"],
    )  # fmt: skip
