"""End of personal data, carried out by the clock: a campaign's some months after its deadline, some of it sooner.

What the count stands on stays: ledger, totals, certificate, the public log without its salts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from campaign.domain.accounts.actor import SITE, Actor
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.mail.kinds import MailKind
from campaign.domain.privacy.retention import (
    ANNOUNCED_BEFORE,
    INVITATION_RETENTION,
    MIN_RETENTION_MONTHS,
    UNUSED_ACCOUNT_RETENTION,
    WITHDRAWN_RETENTION,
    RetentionPlan,
)
from campaign.jobs import DELIVER_MAIL, ERASE_PERSONAL_DATA
from campaign.runtime import Runtime
from campaign.runtime.steps import TimeBudget, run_steps
from campaign.services.privacy.complaints import erase_closed_complaints
from campaign.store.accounts import audit_log, invitations
from campaign.store.accounts.unused_accounts import delete_unused_accounts
from campaign.store.database import residue
from campaign.store.mail import outbox
from campaign.store.privacy import retention
from campaign.store.signatures import erasure
from campaign.store.site import switches

log = structlog.get_logger(__name__)

MAX_SIGNATURES_PER_STEP = 500
"""Signatures erased in one transaction."""
TIME_BUDGET_SECONDS = 5.0
"""Seconds of erasing in one job."""
MAX_INVITATIONS_PER_STEP = 500
"""Invitations deleted in one transaction."""
MAX_ACCOUNTS_PER_STEP = 100
"""Unused accounts deleted in one transaction."""
MAX_CAMPAIGNS_PER_PAGE = 500
"""Campaigns read at once."""
MAX_WAIT_FOR_OTHERS = timedelta(days=1)
"""How long a campaign whose data is erased waits to be finished with others: SQLite writes its whole file anew for it."""
_Step = Callable[[], int | None]


@dataclass(frozen=True, slots=True)
class RetentionRound:
    """Result of one round."""

    announced: int
    """Campaigns whose teams were told that the end is near."""
    erased: int
    """Signatures erased."""
    finished: tuple[str, ...]
    """Slugs of campaigns whose personal data is destroyed now."""
    is_finished: bool
    """Whether nothing that is due is left."""


def get_plan(runtime: Runtime, campaign_id: int) -> RetentionPlan:
    """The plan of a campaign."""
    with runtime.reading() as connection:
        return retention.get_plan(connection, campaign_id, *_limits(runtime))


def unfinished_plans(runtime: Runtime) -> Iterator[RetentionPlan]:
    """Plans of all published campaigns that keep personal data."""
    after = 0
    while True:
        with runtime.reading() as connection:
            page = retention.unfinished_plans(connection, after, MAX_CAMPAIGNS_PER_PAGE, *_limits(runtime))
        yield from page
        if len(page) < MAX_CAMPAIGNS_PER_PAGE:
            return
        after = page[-1].campaign_id


def set_months(runtime: Runtime, actor: Actor, campaign_id: int, months: int | None) -> RetentionPlan | None:
    """Choose how many months after its deadline a campaign keeps personal data, None for the default of the site.

    None where it is being destroyed already, or gone. Raises InvalidInputError for a number the site does not allow.
    """
    most = runtime.settings.retention_months_max
    if months is not None and not MIN_RETENTION_MONTHS <= months <= most:
        raise InvalidInputError(
            "Choose a number of months from %(fewest)s to %(most)s.", fewest=MIN_RETENTION_MONTHS, most=most
        )
    now = runtime.now()
    with runtime.transaction() as connection:
        before = retention.get_plan(connection, campaign_id, *_limits(runtime))
        if not retention.set_months(connection, campaign_id, months):
            return None
        after = retention.get_plan(connection, campaign_id, *_limits(runtime))
        if after.announced_at is not None and now < after.ends_at - ANNOUNCED_BEFORE:
            retention.withdraw_announcement(connection, campaign_id)
            after = retention.get_plan(connection, campaign_id, *_limits(runtime))
        if before.months != after.months:
            audit_log.record(
                connection, actor, "set retention", now, campaign_id=campaign_id, before={"months": before.months},
                after={"months": after.months},
            )  # fmt: skip
    return after


def run_due_retention(runtime: Runtime, seconds: float = TIME_BUDGET_SECONDS) -> RetentionRound:
    """Announce what ends soon, and erase what is due, within a time budget; the rest is asked for again.

    It may run twice at once. While the site is read-only nothing of a campaign is announced or destroyed.
    """
    budget = TimeBudget(seconds)
    with runtime.reading() as connection:
        is_read_only = switches.read_only_since(connection) is not None
    plans = [] if is_read_only else list(unfinished_plans(runtime))
    told = [plan for plan in plans if plan.announcement_due(runtime.now())]
    due = [plan for plan in plans if plan.is_due(runtime.now())]
    finished: list[str] = []
    erasing: dict[str, _Step] = {
        "withdrawn": partial(_erase_withdrawn, runtime),
        "requested": partial(_erase_requested, runtime),
        **{f"campaign {plan.campaign_id}": partial(_erase_some, runtime, plan) for plan in due},
    }
    announcing: dict[str, _Step] = {f"announce {plan.campaign_id}": partial(_announce, runtime, plan) for plan in told}
    work: dict[str, _Step] = {
        **announcing,
        **erasing,
        "complaints": partial(_erase_closed_complaints, runtime),
        "invitations": partial(_delete_ended_invitations, runtime),
        "accounts": partial(_delete_unused_accounts, runtime),
        **({"finish": partial(_finish_erased, runtime, due, [], finished)} if due else {}),
    }
    steps = run_steps(runtime, ERASE_PERSONAL_DATA, lambda name: work[name](), list(work), budget)
    announced, erased = (sum(steps.amounts[name] for name in names) for names in (announcing, erasing))
    if announced:
        runtime.enqueue_once(DELIVER_MAIL)
    if steps.done > announced and not finished:
        with runtime.single_statement() as connection:
            residue.empty_write_ahead_log(connection)
    return RetentionRound(announced, erased, tuple(finished), steps.is_finished)


def _limits(runtime: Runtime) -> tuple[int, int]:
    return runtime.settings.retention_months, runtime.settings.retention_months_max


def _announce(runtime: Runtime, plan: RetentionPlan) -> int | None:
    now = runtime.now()
    with runtime.transaction() as connection:
        if not retention.mark_announced(connection, plan.campaign_id, now):
            return None
        ends_at = retention.get_plan(connection, plan.campaign_id, *_limits(runtime)).ends_at
        for campaigner_id in retention.people_to_tell(connection, plan.campaign_id):
            outbox.enqueue_campaigner_mail(
                connection, MailKind.RETENTION, now, campaigner_id=campaigner_id, campaign_id=plan.campaign_id,
                facts={"ends_at": ends_at.isoformat(), "months": plan.months},
                dedupe_key=f"retention:{plan.campaign_id}:{ends_at:%Y%m%d}:{campaigner_id}",
            )  # fmt: skip
    log.info("A team is told that personal data of its campaign ends", campaign=plan.slug, ends_at=ends_at.isoformat())
    return 1


def _erase_some(runtime: Runtime, plan: RetentionPlan) -> int | None:
    """One step of a campaign; None where none of its signatures is left."""
    now = runtime.now()
    with runtime.transaction() as connection:
        if retention.start(connection, plan.campaign_id, now):
            return 0
        after = retention.lock_progress(connection, plan.campaign_id)
        found = [] if after is None else retention.next_signatures(
            connection, plan.campaign_id, after, MAX_SIGNATURES_PER_STEP
        )  # fmt: skip
        if not found:
            return None
        mails = erasure.anonymise_signatures(connection, [number for number, _ in found], now, with_domain=True)
        newly = sum(not was_erased for _, was_erased in found)
        retention.record_progress(connection, plan.campaign_id, found[-1][0], newly, mails)
    return newly


def _finish_erased(
    runtime: Runtime, due: Sequence[RetentionPlan], tried: list[RetentionPlan], finished: list[str]
) -> int | None:
    """Finish the campaigns of which nothing is left, together and each once in a run: `tried` and `finished` (slugs) get them.
    None where none is left to wait for."""
    with runtime.reading() as connection:
        erased = [plan for plan in due if retention.is_erased(connection, plan.campaign_id)]
    left = [plan for plan in due if plan not in erased]
    erased = [plan for plan in erased if plan not in tried]
    now = runtime.now()
    if erased and not any(now - plan.ends_at < MAX_WAIT_FOR_OTHERS for plan in left):
        tried += erased
        with runtime.transaction() as connection:
            for plan in erased:
                # Until the last signature had lost its domain, a mail could still be tallied by it.
                retention.fold_cohorts(connection, plan.campaign_id)
        if _leaves_no_residue(runtime):
            finished += [plan.slug for plan in erased if _finish(runtime, plan)]
    return 0 if left else None


def _leaves_no_residue(runtime: Runtime) -> bool:
    """Whether the database's files are rid of what was deleted; else the next round tries again."""
    with runtime.single_statement() as connection:
        residue.rewrite_file(connection)
        return residue.empty_write_ahead_log(connection)


def _finish(runtime: Runtime, plan: RetentionPlan) -> bool:
    now = runtime.now()
    with runtime.transaction() as connection:
        if not retention.finish(connection, plan.campaign_id, now):
            return False
        done = retention.get_plan(connection, plan.campaign_id, *_limits(runtime))
        audit_log.record(
            connection, SITE, "erase personal data", now, campaign_id=plan.campaign_id,
            after={"signatures": done.erased_signatures, "mails": done.deleted_mails},
        )  # fmt: skip
    log.info("Personal data of a campaign is destroyed", campaign=plan.slug, signatures=done.erased_signatures)
    return True


def _erase_withdrawn(runtime: Runtime) -> int | None:
    now: datetime = runtime.now()
    with runtime.transaction() as connection:
        found = retention.withdrawn_signatures(connection, now - WITHDRAWN_RETENTION, MAX_SIGNATURES_PER_STEP)
        erasure.anonymise_signatures(connection, found, now, with_domain=False)
    return len(found) or None


def _erase_requested(runtime: Runtime) -> int | None:
    with runtime.transaction() as connection:
        found = retention.requested_signatures(connection, MAX_SIGNATURES_PER_STEP)
        erasure.anonymise_signatures(connection, found, runtime.now(), with_domain=False)
    return len(found) or None


def _delete_ended_invitations(runtime: Runtime) -> int | None:
    ended_before = runtime.now() - INVITATION_RETENTION
    with runtime.transaction() as connection:
        return invitations.delete_ended_invitations(connection, ended_before, MAX_INVITATIONS_PER_STEP) or None


def _delete_unused_accounts(runtime: Runtime) -> int | None:
    now: datetime = runtime.now()
    with runtime.transaction() as connection:
        deleted = delete_unused_accounts(connection, now - UNUSED_ACCOUNT_RETENTION, MAX_ACCOUNTS_PER_STEP)
        for number in deleted:
            audit_log.record(connection, SITE, "delete campaigner", now, subject=str(number))
    return len(deleted) or None


def _erase_closed_complaints(runtime: Runtime) -> int | None:
    return erase_closed_complaints(runtime) or None
