"""A runtime for one command: opened as the settings say, closed when the command ends."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from campaign.config import load_settings
from campaign.domain.campaigns.campaign import Campaign
from campaign.logs import configure_logging
from campaign.runtime import Runtime, make_runtime
from campaign.services.campaigns import create_and_find
from campaign.store.database import schema_version


@contextmanager
def command_runtime() -> Iterator[Runtime]:
    """A runtime whose database has the newest schema. Raises click.ClickException where it has not."""
    settings = load_settings()
    configure_logging(settings.log_level)
    runtime = make_runtime(settings, max_connections=2)
    try:
        require_schema(runtime)
        yield runtime
    finally:
        runtime.close()


def require_schema(runtime: Runtime) -> None:
    """Refuse to work on a database of another version."""
    if not schema_version.is_compatible(runtime.engine):
        raise click.ClickException("DATABASE_URL: the database is not at this version's schema; run `countersign migrate`")


def require_campaign(runtime: Runtime, slug: str) -> Campaign:
    """The campaign named on the command line."""
    campaign = create_and_find.get_by_slug(runtime, slug)
    if campaign is None:
        raise click.ClickException(f"there is no campaign {slug!r}; `countersign campaign list` shows all")
    return campaign
