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
    """A runtime whose database has the newest schema. Raises WrongSchemaError where it has not."""
    settings = load_settings()
    configure_logging(settings.log_level)
    runtime = make_runtime(settings, max_connections=2)
    try:
        schema_version.require_current(runtime.engine)
        yield runtime
    finally:
        runtime.close()


def require_campaign(runtime: Runtime, slug: str) -> Campaign:
    """The campaign named on the command line."""
    campaign = create_and_find.get_by_slug(runtime, slug)
    if campaign is None:
        raise click.ClickException(f"there is no campaign {slug!r}; `countersign campaign list` shows all")
    return campaign
