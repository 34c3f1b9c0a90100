"""`countersign certificates` and `countersign representatives`: for whom represents where signatures come from."""

from pathlib import Path

import click

from campaign.cli.command_runtime import command_runtime, require_campaign
from campaign.cli.output_file import output_file
from campaign.domain.accounts.actor import COMMAND_LINE
from campaign.domain.places.place import AreaKind
from campaign.domain.places.representative import REPRESENTED_AREA_KINDS, InvalidRepresentativesError
from campaign.services.places.certificates import draw_certificates, prepare_certificates
from campaign.services.places.representatives import replace_representatives

_MAX_FILE_BYTES = 16_000_000
"""Octets of a file; all councillors of the country are far fewer."""


@click.command()
@click.argument("slug")
@click.option("--out", required=True, help="The PDF to write; - for standard output.")
@click.option(
    "--by",
    type=click.Choice([kind.value for kind in REPRESENTED_AREA_KINDS]),
    default=AreaKind.CONSTITUENCY.value,
    show_default=True,
)
@click.option("--area", default="", help="Only for this constituency or council, by its name or code.")
def certificates(slug: str, out: str, by: str, area: str) -> None:
    """Write a certificate for each representative: how many of their constituents signed.

    A page each, in one PDF. Numbers below 5 are left out, with as many others as keep those from being worked out.
    """
    with command_runtime() as runtime:
        campaign = require_campaign(runtime, slug)
        certified = prepare_certificates(runtime, COMMAND_LINE, campaign, AreaKind(by), area)
        body = draw_certificates(runtime, campaign, certified)
        with output_file(out) as file:
            file.write(body)
    if out != "-":
        click.echo(f"{out} is written: {len(certified)} {'certificate' if len(certified) == 1 else 'certificates'}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def representatives(file: Path) -> None:
    """Take in who represents constituencies or councils, from a CSV file (see docs/handing-in.md).

    The file replaces all of the kinds it names, or nothing where anything in it is wrong.
    """
    if file.stat().st_size > _MAX_FILE_BYTES:
        raise click.ClickException(f"{file}: is larger than {_MAX_FILE_BYTES:,} octets")
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file}: is not UTF-8; save it as CSV UTF-8") from None
    except OSError as error:
        raise click.ClickException(f"{file}: cannot be read ({error.strerror})") from None
    with command_runtime() as runtime:
        try:
            kinds = replace_representatives(runtime, COMMAND_LINE, text)
        except InvalidRepresentativesError as refused:
            for fault in refused.errors:
                click.echo(fault, err=True)
            raise click.ClickException(f"{file}: nothing was changed; put the lines above right") from None
    click.echo("Taken in: " + ", ".join(f"{amount:,} for {kind}" for kind, amount in kinds.items()) + ".")
