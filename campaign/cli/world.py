"""A runtime for one command: opened as the settings say, closed when the command ends."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from campaign import campaigning
from campaign.config import load_settings
from campaign.domain.standing import Standing
from campaign.logs import configure_logs
from campaign.runtime import Runtime, make_runtime
from campaign.store import schema


@contextmanager
def world() -> Iterator[Runtime]:
    """A runtime whose database has the newest schema. Raises click.ClickException where it has not."""
    settings = load_settings()
    configure_logs(settings.log_level)
    runtime = make_runtime(settings, connections=2)
    try:
        require_schema(runtime)
        yield runtime
    finally:
        runtime.close()


def require_schema(runtime: Runtime) -> None:
    """Refuse to work on a database of another version."""
    if not schema.usable(runtime.engine):
        raise click.ClickException("DATABASE_URL: the database is not at this version's schema; run `countersign migrate`")


def the_campaign(runtime: Runtime, slug: str) -> Standing:
    """The campaign named on the command line."""
    standing = campaigning.find(runtime, slug)
    if standing is None:
        raise click.ClickException(f"there is no campaign {slug!r}; `countersign campaign list` shows all")
    return standing
