"""`countersign campaign publish`, `pause`, `resume`, `extend`, `close`, `take-down`, `put-back`: the life of a campaign."""

import sys
from datetime import datetime

import click

from campaign.cli.command_runtime import command_runtime, require_campaign
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns import stages
from campaign.domain.campaigns.announcement import read_public_reason
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common import formatting
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.domain.common.local_time import read_local_time
from campaign.runtime import Runtime
from campaign.services.campaigns import lifecycle
from campaign.services.campaigns.lifecycle import NotReadyError

DEFAULT_CLOSE_REASON = "Closed by command line"
"""The reason of a campaign that a script closes without one."""


@click.command("publish")
@click.argument("slug")
@click.option("--opens-at", metavar="TIME", help="Open then, as in '2027-03-31 09:00' by the campaign's own clock. Else now.")
def publish(slug: str, *, opens_at: str | None) -> None:
    """Show a draft to everybody; it can be signed from now, or from a time to come."""
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug)
        at = _read_time(opens_at, campaign, "--opens-at") if opens_at else None
        try:
            after = lifecycle.publish_campaign(runtime, campaign, COMMAND_LINE, at)
        except NotReadyError as error:
            lacking = ", ".join(sorted({point.field for point in error.missing}))
            raise click.ClickException(f"{slug} is not ready to be published: see to {lacking}") from None
        after = _require_changed(after, f"{slug} is published already")
        opens = formatting.format_moment(after.window.opens_at, after.zone)
        click.echo(f"{slug} is published{f'; it opens on {opens}' if at else ' and open'}.")


@click.command("pause")
@click.argument("slug")
@click.option("--message", default="", help="What the public reads meanwhile, up to 300 characters.")
def pause(slug: str, *, message: str) -> None:
    """Take no signatures for now. Links already mailed still verify."""
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug)
        after = lifecycle.pause_campaign(runtime, campaign, COMMAND_LINE, _read_reason(message, "--message", required=False))
        _require_changed(after, f"{slug} is {_stage(runtime, campaign)}; only an open campaign can be paused")
        click.echo(f"{slug} is paused. `countersign campaign resume {slug}` lets people sign again.")


@click.command("resume")
@click.argument("slug")
def resume(slug: str) -> None:
    """Take signatures again after a pause."""
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug)
        after = lifecycle.resume_campaign(runtime, campaign, COMMAND_LINE)
        _require_changed(after, f"{slug} is {_stage(runtime, campaign)}, not paused")
        click.echo(f"{slug} is open again.")


@click.command("extend")
@click.argument("slug")
@click.argument("until", metavar="TIME")
@click.option("--reason", required=True, help="Why, up to 300 characters: the public page shows it.")
def extend(slug: str, until: str, *, reason: str) -> None:
    """Put the deadline off until TIME, as in '2027-03-31 23:59' by the campaign's own clock. A campaign that has closed opens
    again, as long as its total is not final."""
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug)
        closes_at = _read_time(until, campaign, "TIME")
        try:
            after = lifecycle.extend_deadline(runtime, campaign, COMMAND_LINE, closes_at, _read_reason(reason, "--reason"))
        except InvalidInputError as refused:
            raise click.ClickException(f"TIME: {refused}") from None
        after = _require_changed(after, f"{slug} is {_stage(runtime, campaign)}; its deadline cannot be extended")
        click.echo(f"{slug} can be signed until {formatting.format_deadline(after.window.closes_at, after.zone)}.")


@click.command("close")
@click.argument("slug")
@click.option("--reason", default=None, help="Why, up to 300 characters: the public page shows it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def close(slug: str, *, reason: str | None, yes: bool) -> None:
    """Close a campaign now, before its deadline. Links mailed before still verify during the grace."""
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug)
        if sys.stdin.isatty() and not yes:
            reason = reason or click.prompt("Why? The public page shows it")
            click.confirm(f"Close {slug} now, at {formatting.format_number(campaign.signatures)} signatures?", abort=True)
        after = lifecycle.close_campaign(
            runtime, campaign, COMMAND_LINE, _read_reason(reason or DEFAULT_CLOSE_REASON, "--reason")
        )
        refused = f"{slug} is {_stage(runtime, campaign)}; only a campaign that has opened can be closed"
        after = _require_changed(after, refused)
        until = formatting.format_deadline(after.window.verify_until, after.zone)
        click.echo(f"{slug} is closed. Links mailed before work until {until}.")


@click.command("take-down")
@click.argument("slug")
@click.option("--reason", default="", help="Why, for the audit trail.")
def take_down(slug: str, *, reason: str) -> None:
    """Hide a campaign: its pages say that it is gone, nobody can sign; withdrawing still works."""
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug)
        after = lifecycle.take_down_campaign(runtime, campaign, COMMAND_LINE, _read_reason(reason, "--reason", required=False))
        _require_changed(after, f"{slug} is taken down already" if campaign.published else f"{slug} is a draft; nobody sees it")
        click.echo(f"{slug} is taken down. `countersign campaign put-back {slug}` shows it again.")


@click.command("put-back")
@click.argument("slug")
def put_back(slug: str) -> None:
    """Show a campaign again that was taken down."""
    with command_runtime() as runtime:
        _require_changed(
            lifecycle.put_back_campaign(runtime, require_campaign(runtime, slug), COMMAND_LINE), f"{slug} is not taken down"
        )
        click.echo(f"{slug} is shown again.")


lifecycle_commands = (publish, pause, resume, extend, close, take_down, put_back)


def _require_changed(after: Campaign | None, refused: str) -> Campaign:
    if after is None:
        raise click.ClickException(refused)
    return after


def _stage(runtime: Runtime, campaign: Campaign) -> str:
    return stages.current_stage(campaign, runtime.now()).value


def _read_time(text: str, campaign: Campaign, name: str) -> datetime:
    try:
        return read_local_time(text, campaign.zone)
    except InvalidInputError as refused:
        raise click.ClickException(f"{name}: {refused}") from None


def _read_reason(text: str, name: str, *, required: bool = True) -> str:
    try:
        return read_public_reason(text, required=required)
    except InvalidInputError as refused:
        raise click.ClickException(f"{name}: {refused}") from None
