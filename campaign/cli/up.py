"""`countersign up`: everything on one machine."""

import click

from campaign.cli.data_dir_lock import exclusive_data_dir
from campaign.cli.role_commands import become, whole_site_command
from campaign.cli.web_port import require_free_port
from campaign.config import InvalidSettingsError, load_settings


@click.command()
def up() -> None:
    """Run everything on this machine: web, workers, clock, and a Redis of its own where REDIS_URL is not set.

    Brings the database to the newest version, creates the demonstration campaign in an empty one, and prints the addresses.
    Ctrl-C stops all of it cleanly; the next start finds everything as it was.
    """
    # Asked again by the program below. Here it is answered before seconds of imports.
    try:
        settings = load_settings()
    except InvalidSettingsError as wrong:
        raise click.ClickException(str(wrong)) from None
    with exclusive_data_dir(settings):
        require_free_port(settings)
    become(whole_site_command())
