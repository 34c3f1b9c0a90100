"""`countersign retention`: personal data whose time is over, and when what comes next."""

from collections.abc import Iterator
from datetime import datetime

import click

from campaign.cli.command_runtime import command_runtime
from campaign.domain.common.formatting import format_utc
from campaign.domain.privacy.retention import RetentionPlan
from campaign.services.privacy import retention

_MAX_LISTED = 50
"""Campaigns listed of those that come later."""


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def retention_command(*, dry_run: bool) -> None:
    """Destroy personal data whose time is over, as the clock does by itself, and say when what comes next.

    Teams are told 14 days ahead, and nothing is destroyed that was not announced for so long. Counts, ledger, certificates and
    the public log stay.
    """
    with command_runtime() as runtime:
        now = runtime.now()
        plans = list(retention.unfinished_plans(runtime))
        for line in _lines(plans, now, dry_run=dry_run):
            click.echo(line)
        if dry_run:
            return
        while True:
            done = retention.run_due_retention(runtime)
            for slug in done.finished:
                click.echo(f"{slug}: personal data is destroyed")
            if done.is_finished:
                break
        left = [plan.slug for plan in retention.unfinished_plans(runtime) if plan.is_due(now)]
    if left:
        raise click.ClickException(
            f"not finished: {', '.join(left[:5])}; the site is read-only or another program reads the database: run it again"
        )


def _lines(plans: list[RetentionPlan], now: datetime, *, dry_run: bool) -> Iterator[str]:
    due = [plan for plan in plans if plan.is_due(now)]
    announced = [plan for plan in plans if plan.announcement_due(now)]
    coming = sorted(
        (plan for plan in plans if plan not in due), key=lambda plan: (plan.expected_end(now), plan.campaign_id)
    )  # fmt: skip
    for plan in due:
        yield f"{plan.slug}: personal data {'would be' if dry_run else 'is'} destroyed now ({plan.months} months)"
    for plan in announced:
        yield f"{plan.slug}: the team {'would be' if dry_run else 'is'} told now"
    if not due:
        yield "No campaign's personal data is to be destroyed now."
    for plan in coming[:_MAX_LISTED]:
        told = f", announced on {format_utc(plan.announced_at)}" if plan.announced_at else ""
        yield f"{plan.slug}: kept until {format_utc(plan.expected_end(now))} ({plan.months} months){told}"
    if len(coming) > _MAX_LISTED:
        yield f"… and {len(coming) - _MAX_LISTED} more, later."
