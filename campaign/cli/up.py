"""`countersign up`: everything on one machine."""

import click

from campaign.cli.role_commands import become, whole_site_command


@click.command()
def up() -> None:
    """Run everything on this machine: web, workers, clock, and a Redis of its own where REDIS_URL is not set.

    Brings the database to the newest version, creates the demonstration campaign in an empty one, and prints the addresses.
    Ctrl-C stops all of it cleanly; the next start finds everything as it was.
    """
    become(whole_site_command())
