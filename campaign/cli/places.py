"""`countersign certificates` and `countersign representatives`: for whom represents where signatures come from."""

from pathlib import Path

import click

from campaign.cli.output import output
from campaign.cli.world import the_campaign, world
from campaign.constituents import certificates as certifying
from campaign.constituents import people
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.place import By
from campaign.domain.representative import KINDS, RepresentativesRefused

_LARGEST = 16_000_000
"""Octets of a file; all councillors of the country are far fewer."""


@click.command()
@click.argument("slug")
@click.option("--out", required=True, help="The PDF to write; - for standard output.")
@click.option("--by", type=click.Choice([kind.value for kind in KINDS]), default=By.CONSTITUENCY.value, show_default=True)
@click.option("--area", default="", help="Only for this constituency or council, by its name or code.")
def certificates(slug: str, out: str, by: str, area: str) -> None:
    """Write a certificate for each representative: how many of their constituents signed.

    A page each, in one PDF. Numbers below 5 are left out, with as many others as keep those from being worked out.
    """
    with world() as runtime:
        standing = the_campaign(runtime, slug)
        certified = certifying.certificates(runtime, COMMAND_LINE, standing, By(by), area)
        with output(out, anywhere=True) as file:
            certifying.write(runtime, file, standing, certified)
    if out != "-":
        click.echo(f"{out} is written: {len(certified)} {'certificate' if len(certified) == 1 else 'certificates'}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def representatives(file: Path) -> None:
    """Take in who represents constituencies or councils, from a CSV file (see docs/handing-in.md).

    The file replaces all of the kinds it names, or nothing where anything in it is wrong.
    """
    if file.stat().st_size > _LARGEST:
        raise click.ClickException(f"{file}: is larger than {_LARGEST:,} octets")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file}: is not UTF-8; save it as CSV UTF-8") from None
    except OSError as error:
        raise click.ClickException(f"{file}: cannot be read ({error.strerror})") from None
    with world() as runtime:
        try:
            kinds = people.take_in_representatives(runtime, COMMAND_LINE, text)
        except RepresentativesRefused as refused:
            for fault in refused.faults:
                click.echo(fault, err=True)
            raise click.ClickException(f"{file}: nothing was changed; put the lines above right") from None
    click.echo("Taken in: " + ", ".join(f"{amount:,} for {kind}" for kind, amount in kinds.items()) + ".")
