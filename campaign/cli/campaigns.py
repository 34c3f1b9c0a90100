"""`countersign campaign …`: the same moves as the desk."""

import tomllib
from pathlib import Path

import click

from campaign import campaigning
from campaign.campaigning import SlugTaken
from campaign.cli.life import life_commands
from campaign.cli.world import the_campaign, world
from campaign.domain import life, wording
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.definition import read_definition
from campaign.domain.refusal import Refused
from campaign.domain.standing import Standing
from campaign.drawing.picture import Copy, read_picture
from campaign.runtime import Runtime


@click.group("campaign")
def campaign_commands() -> None:
    """Create, list and show campaigns; publish, pause, extend, close them."""


for command in life_commands:
    campaign_commands.add_command(command)


@campaign_commands.command("create")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def create(file: Path) -> None:
    """Create a campaign from a TOML file (see docs/campaign.toml)."""
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: is not TOML ({error})") from None
    with world() as runtime:
        definition = read_definition(raw, runtime.now())
        try:
            standing = campaigning.create(runtime, definition, _picture(file.parent, definition.picture), actor=COMMAND_LINE)
        except SlugTaken:
            raise click.ClickException(f"slug: there is a campaign {definition.slug!r} already; choose another") from None
        click.echo(_address(runtime, standing))


@campaign_commands.command("list")
def list_campaigns() -> None:
    """List all campaigns with their state and count."""
    with world() as runtime:
        skip = 0
        while page := campaigning.page(runtime, skip):
            for standing in page:
                closes = wording.day(standing.window.closes_at, standing.zone)
                stage = life.stage(standing, runtime.now()).value
                click.echo(f"{standing.slug:<40} {stage:<10} {standing.signatures:>12,}  until {closes}")
            skip += len(page)
        if not skip:
            click.echo("There are no campaigns. `countersign campaign create FILE.toml` makes one.")


@campaign_commands.command("show")
@click.argument("slug")
def show(slug: str) -> None:
    """Show one campaign: its text, window and numbers."""
    with world() as runtime:
        standing = the_campaign(runtime, slug)
        w, zone = standing.window, standing.zone
        lines = {
            "campaign": standing.slug,
            "address": _address(runtime, standing),
            "title": standing.text.title,
            "text": f"sha-256 {standing.text.hash}",
            "languages": ", ".join(version.language for version in standing.versions),
            "state": life.stage(standing, runtime.now()).value,
            "opens": wording.moment(w.opens_at, zone),
            "closes": wording.moment(w.closes_at, zone),
            "links work until": wording.moment(w.verify_until, zone),
            "signatures": wording.number(standing.signatures),
            **({"on paper": f"{wording.number(standing.paper)} of them"} if standing.paper else {}),
            "waiting": f"{wording.number(standing.pending)} to be verified",
            "goals": ", ".join(wording.number(goal) for goal in standing.goals),
            "ledger": f"{wording.number(standing.sequence)} entries",
        }
        for name, value in lines.items():
            click.echo(f"{name + ':':<18}{value}")
        for milestone in standing.milestones:
            click.echo(f"{'reached:':<18}{wording.number(milestone.goal)} on {wording.moment(milestone.reached_at, zone)}")


def _picture(folder: Path, name: str) -> list[Copy]:
    """The picture a campaign's file names, seen from its folder; none where it names none."""
    if not name:
        return []
    try:
        return read_picture((folder / name).read_bytes())
    except OSError as error:
        raise click.ClickException(f"picture: {folder / name} cannot be read ({error.strerror})") from None
    except Refused as refused:
        raise click.ClickException(f"picture: {refused}") from None


def _address(runtime: Runtime, standing: Standing) -> str:
    return f"{runtime.settings.base_url}/c/{standing.slug}"
