"""`countersign campaign …`: the same moves as the desk."""

import tomllib
from pathlib import Path

import click

from campaign.cli.command_runtime import command_runtime, require_campaign
from campaign.cli.lifecycle import lifecycle_commands
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.campaigns import stages
from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import read_definition
from campaign.domain.campaigns.image import PictureCopy
from campaign.domain.common import formatting
from campaign.domain.common.invalid_input import InvalidInputError
from campaign.rendering.picture_process import import_picture_apart
from campaign.runtime import Runtime
from campaign.services.campaigns import create_and_find
from campaign.services.campaigns.create_and_find import SlugTakenError


@click.group("campaign")
def campaign_commands() -> None:
    """Create, list and show campaigns; publish, pause, extend, close them."""


for command in lifecycle_commands:
    campaign_commands.add_command(command)


@campaign_commands.command("create")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def create_campaign(file: Path) -> None:
    """Create a campaign from a TOML file (see docs/campaign.toml)."""
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: is not TOML ({error})") from None
    with command_runtime() as runtime:
        definition = read_definition(raw, runtime.now())
        try:
            campaign = create_and_find.create_campaign(
                runtime, definition, _picture(file.parent, definition.picture), actor=COMMAND_LINE
            )
        except SlugTakenError:
            raise click.ClickException(f"slug: there is a campaign {definition.slug!r} already; choose another") from None
        except InvalidInputError as refused:
            raise click.ClickException(str(refused)) from None
        click.echo(_page_url(runtime, campaign))
        click.echo(
            "Nobody looks after it at the desk yet: "
            f"`countersign campaigner add EMAIL --campaign {campaign.slug}` makes somebody its owner.", err=True,
        )  # fmt: skip


@campaign_commands.command("list")
def list_campaigns() -> None:
    """List all campaigns with their state and count."""
    with command_runtime() as runtime:
        skip = 0
        while page := create_and_find.list_campaigns(runtime, skip):
            for campaign in page:
                closes = formatting.format_day(campaign.window.closes_at, campaign.zone)
                stage = stages.current_stage(campaign, runtime.now()).value
                click.echo(f"{campaign.slug:<40} {stage:<10} {campaign.signatures:>12,}  until {closes}")
            skip += len(page)
        if not skip:
            click.echo("There are no campaigns. `countersign campaign create FILE.toml` makes one.")


@campaign_commands.command("show")
@click.argument("slug")
def show_campaign(slug: str) -> None:
    """Show one campaign: its text, window and numbers."""
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug)
        w, zone = campaign.window, campaign.zone
        lines = {
            "campaign": campaign.slug,
            "address": _page_url(runtime, campaign),
            "title": campaign.text.title,
            "text": f"sha-256 {campaign.text.hash}",
            "languages": ", ".join(version.language for version in campaign.versions),
            "state": stages.current_stage(campaign, runtime.now()).value,
            "opens": formatting.format_moment(w.opens_at, zone),
            "closes": formatting.format_deadline(w.closes_at, zone),
            "links work until": formatting.format_deadline(w.verify_until, zone),
            "signatures": formatting.format_number(campaign.signatures),
            **({"on paper": f"{formatting.format_number(campaign.paper)} of them"} if campaign.paper else {}),
            "waiting": f"{formatting.format_number(campaign.pending)} to be verified",
            "goals": ", ".join(formatting.format_number(goal) for goal in campaign.goals),
            "ledger": f"{formatting.format_number(campaign.sequence)} entries",
        }
        for name, value in lines.items():
            click.echo(f"{name + ':':<18}{value}")
        for milestone in campaign.milestones:
            click.echo(
                f"{'reached:':<18}{formatting.format_number(milestone.goal)} on "
                f"{formatting.format_moment(milestone.reached_at, zone)}"
            )


def _picture(folder: Path, name: str) -> list[PictureCopy]:
    """The picture a campaign's file names, seen from its folder; none where it names none."""
    if not name:
        return []
    try:
        return import_picture_apart((folder / name).read_bytes())
    except OSError as error:
        raise click.ClickException(f"picture: {folder / name} cannot be read ({error.strerror})") from None
    except InvalidInputError as refused:
        raise click.ClickException(f"picture: {refused}") from None


def _page_url(runtime: Runtime, campaign: Campaign) -> str:
    return f"{runtime.settings.base_url}/c/{campaign.slug}"
