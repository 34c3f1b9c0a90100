"""`countersign backup`: one encrypted file of everything, made while everything runs."""

from pathlib import Path

import click

from campaign.cli.command_runtime import command_runtime
from campaign.cli.output_file import output_file
from campaign.cli.passphrase import passphrase_option, read_passphrase
from campaign.services.site import backup as backups
from campaign.services.site.backup import BackupError

MIN_PASSPHRASE_LENGTH = 12
"""Characters. The file holds names, addresses and the key that signs links, and may lie anywhere."""


@click.command()
@click.argument("file", metavar="FILE")
@passphrase_option
def backup(file: str, passphrase_file: Path | None) -> None:
    """Write database, keys and settings into FILE, encrypted with a passphrase, while everything runs.

    Without the passphrase nobody opens it again: keep it apart from the file.
    """
    passphrase = read_passphrase(passphrase_file, confirm=True)
    if len(passphrase) < MIN_PASSPHRASE_LENGTH:
        raise click.ClickException(f"the passphrase must have {MIN_PASSPHRASE_LENGTH} characters or more")
    with command_runtime() as runtime, output_file(file, name="FILE") as out:
        try:
            made = backups.write_backup(runtime.settings, runtime.engine, out, passphrase, runtime.now())
        except BackupError as error:
            raise click.ClickException(str(error)) from None
    size = Path(file).stat().st_size if file != "-" else 0
    click.echo(f"{file} is written: {made.kind} at version {made.revision}, {size:,} octets.", err=file == "-")
