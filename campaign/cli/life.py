"""`countersign campaign publish`, `pause`, `resume`, `extend`, `close`, `take-down`, `put-back`: the life of a campaign."""

import sys
from datetime import datetime

import click

from campaign import running
from campaign.cli.world import the_campaign, world
from campaign.domain import life, wording
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.announcement import read_reason
from campaign.domain.refusal import Refused
from campaign.domain.standing import Standing
from campaign.domain.wall_clock import read_wall_clock
from campaign.running import NotReady
from campaign.runtime import Runtime

BY_COMMAND_LINE = "Closed by command line"
"""The reason of a campaign that a script closes without one."""


@click.command("publish")
@click.argument("slug")
@click.option("--opens-at", metavar="TIME", help="Open then, as in '2027-03-31 09:00' by the campaign's own clock. Else now.")
def publish(slug: str, *, opens_at: str | None) -> None:
    """Show a draft to everybody; it can be signed from now, or from a time to come."""
    with world() as runtime:
        standing = the_campaign(runtime, slug)
        at = _time(opens_at, standing, "--opens-at") if opens_at else None
        try:
            after = running.publish(runtime, standing, COMMAND_LINE, at)
        except NotReady as error:
            lacking = ", ".join(sorted({point.field for point in error.lacking}))
            raise click.ClickException(f"{slug} is not ready to be published: see to {lacking}") from None
        after = _possible(after, f"{slug} is published already")
        opens = wording.moment(after.window.opens_at, after.zone)
        click.echo(f"{slug} is published{f'; it opens on {opens}' if at else ' and open'}.")


@click.command("pause")
@click.argument("slug")
@click.option("--message", default="", help="What the public reads meanwhile, up to 300 characters.")
def pause(slug: str, *, message: str) -> None:
    """Take no signatures for now. Links already mailed still verify."""
    with world() as runtime:
        standing = the_campaign(runtime, slug)
        after = running.pause(runtime, standing, COMMAND_LINE, _reason(message, "--message", required=False))
        _possible(after, f"{slug} is {_stage(runtime, standing)}; only an open campaign can be paused")
        click.echo(f"{slug} is paused. `countersign campaign resume {slug}` lets people sign again.")


@click.command("resume")
@click.argument("slug")
def resume(slug: str) -> None:
    """Take signatures again after a pause."""
    with world() as runtime:
        standing = the_campaign(runtime, slug)
        after = running.resume(runtime, standing, COMMAND_LINE)
        _possible(after, f"{slug} is {_stage(runtime, standing)}, not paused")
        click.echo(f"{slug} is open again.")


@click.command("extend")
@click.argument("slug")
@click.argument("until", metavar="TIME")
@click.option("--reason", required=True, help="Why, up to 300 characters: the public page shows it.")
def extend(slug: str, until: str, *, reason: str) -> None:
    """Put the deadline off until TIME, as in '2027-03-31 23:59' by the campaign's own clock. A campaign that has closed opens
    again, as long as its total is not final."""
    with world() as runtime:
        standing = the_campaign(runtime, slug)
        closes_at = _time(until, standing, "TIME")
        try:
            after = running.extend(runtime, standing, COMMAND_LINE, closes_at, _reason(reason, "--reason"))
        except Refused as refused:
            raise click.ClickException(f"TIME: {refused}") from None
        after = _possible(after, f"{slug} is {_stage(runtime, standing)}; its deadline cannot be extended")
        click.echo(f"{slug} can be signed until {wording.moment(after.window.closes_at, after.zone)}.")


@click.command("close")
@click.argument("slug")
@click.option("--reason", default=None, help="Why, up to 300 characters: the public page shows it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def close(slug: str, *, reason: str | None, yes: bool) -> None:
    """Close a campaign now, before its deadline. Links mailed before still verify during the grace."""
    with world() as runtime:
        standing = the_campaign(runtime, slug)
        if sys.stdin.isatty() and not yes:
            reason = reason or click.prompt("Why? The public page shows it")
            click.confirm(f"Close {slug} now, at {wording.number(standing.signatures)} signatures?", abort=True)
        after = running.close(runtime, standing, COMMAND_LINE, _reason(reason or BY_COMMAND_LINE, "--reason"))
        refused = f"{slug} is {_stage(runtime, standing)}; only a campaign that has opened can be closed"
        after = _possible(after, refused)
        until = wording.moment(after.window.verify_until, after.zone)
        click.echo(f"{slug} is closed. Links mailed before work until {until}.")


@click.command("take-down")
@click.argument("slug")
@click.option("--reason", default="", help="Why, for the audit trail.")
def take_down(slug: str, *, reason: str) -> None:
    """Hide a campaign: its pages say that it is gone, nobody can sign; withdrawing still works."""
    with world() as runtime:
        standing = the_campaign(runtime, slug)
        after = running.take_down(runtime, standing, COMMAND_LINE, _reason(reason, "--reason", required=False))
        _possible(after, f"{slug} is taken down already" if standing.published else f"{slug} is a draft; nobody sees it")
        click.echo(f"{slug} is taken down. `countersign campaign put-back {slug}` shows it again.")


@click.command("put-back")
@click.argument("slug")
def put_back(slug: str) -> None:
    """Show a campaign again that was taken down."""
    with world() as runtime:
        _possible(running.put_back(runtime, the_campaign(runtime, slug), COMMAND_LINE), f"{slug} is not taken down")
        click.echo(f"{slug} is shown again.")


life_commands = (publish, pause, resume, extend, close, take_down, put_back)


def _possible(after: Standing | None, refused: str) -> Standing:
    if after is None:
        raise click.ClickException(refused)
    return after


def _stage(runtime: Runtime, standing: Standing) -> str:
    return life.stage(standing, runtime.now()).value


def _time(text: str, standing: Standing, name: str) -> datetime:
    try:
        return read_wall_clock(text, standing.zone)
    except Refused as refused:
        raise click.ClickException(f"{name}: {refused}") from None


def _reason(text: str, name: str, *, required: bool = True) -> str:
    try:
        return read_reason(text, required=required)
    except Refused as refused:
        raise click.ClickException(f"{name}: {refused}") from None
