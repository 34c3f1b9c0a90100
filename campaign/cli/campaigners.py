"""`countersign campaigner …`: who runs campaigns here, and how the first of them gets in."""

import click

from campaign.cli.command_runtime import command_runtime, require_campaign
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.accounts.role import Role
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.common.email_address import read_email_address
from campaign.domain.signatures.names import read_name
from campaign.runtime import RedisUnavailableError, Runtime
from campaign.services.accounts import login_links, team
from campaign.services.accounts.auth.reset import reset_credentials
from campaign.services.accounts.members import LastOwnerError
from campaign.services.site import campaigners


@click.group("campaigner")
def campaigner_commands() -> None:
    """Add and list campaigners, help who cannot get in."""


@campaigner_commands.command("add")
@click.argument("email")
@click.option("--name", default="", help="What they are called; they are asked when they come in where it is left out.")
@click.option("--operator", is_flag=True, help="They look after the whole site: campaigns, people, switches.")
@click.option("--campaign", "slug", metavar="SLUG", help="Put them into the team of this campaign.")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), default=Role.OWNER.value, show_default=True,
    help="What they are in that team.",
)  # fmt: skip
def add_campaigner(email: str, name: str, slug: str | None, role: str, *, operator: bool) -> None:
    """Add a campaigner and print a link that signs them in: once, within 24 hours.

    For one who is there already it prints a new link. Pass it on by a way that nobody else reads. Who never comes in is deleted
    again with their address, 30 days after their last link has expired; not where they have a role or look after the site.
    """
    address, called = read_email_address(email), read_name(name) if name else ""
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug) if slug else None
        printed = login_links.add_campaigner(runtime, address, called, operator=operator)
        if printed is None:
            raise click.ClickException(f"{address.typed} is shut out of this site; an operator lets them in again at the desk")
        if not printed.is_new:
            click.echo(f"{address.typed} is a campaigner already; this is a new link.", err=True)
        if campaign is not None:
            _put_in_team(runtime, campaign, printed.campaigner_id, Role(role))
        click.echo(printed.url)


@campaigner_commands.command("reset")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset_campaigner(email: str, *, yes: bool) -> None:
    """Take away the passkeys, password, code app and recovery codes of somebody who has lost them.

    They are signed out everywhere and told by mail. Afterwards their mailbox alone opens the desk: be sure that it is they
    who ask.
    """
    address = read_email_address(email)
    with command_runtime() as runtime:
        if not yes:
            click.confirm(f"Take away all by which {address.typed} signs in, but for links by mail?", abort=True, err=True)
        try:
            found = reset_credentials(runtime, address.key, COMMAND_LINE)
        except RedisUnavailableError:
            raise click.ClickException("Redis is unavailable, so they cannot be signed out; nothing was changed") from None
        if not found:
            raise click.ClickException(f"{address.typed} is no campaigner here; `countersign campaigner list` names them all")
        click.echo(f"{address.typed} now signs in by mail alone. `countersign campaigner add {address.typed}` prints a link.")


@campaigner_commands.command("list")
def list_campaigners() -> None:
    """List all campaigners, the newest first."""
    with command_runtime() as runtime:
        page, next_id = campaigners.list_campaigners(runtime)
        if not page:
            click.echo("There are no campaigners. `countersign campaigner add EMAIL` adds one.")
        while page:
            for each in page:
                notes = [word for word, so in (("operator", each.operator), ("shut out", each.disabled_at is not None)) if so]
                address = each.email or "(has not come in yet)"
                click.echo(f"{address:<40} {each.name:<30} {', '.join(notes)}".rstrip())
            page, next_id = campaigners.list_campaigners(runtime, next_id) if next_id else ([], None)


def _put_in_team(runtime: Runtime, campaign: Campaign, campaigner_id: int, role: Role) -> None:
    try:
        team.add_to_team(runtime, COMMAND_LINE, campaign, campaigner_id, role)
    except LastOwnerError:
        raise click.ClickException(f"they are the only owner of {campaign.slug}; add another one first") from None
