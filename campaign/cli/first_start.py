"""First start of a site, a process of `countersign up`: migrates, and prints as JSON what a newcomer should be shown."""

import json
import sys
from urllib.parse import urlsplit

import click

from campaign.cli import run_reporting_failures
from campaign.cli.demonstration import demonstration_campaign
from campaign.config import is_loopback, load_settings
from campaign.runtime import RedisUnavailableError, Runtime, make_runtime
from campaign.services.accounts import login_links
from campaign.services.campaigns import create_and_find
from campaign.store.database import migrate
from campaign.store.redis import write_probe


def first_start() -> None:
    """Migrate; create the demonstration campaign in an empty database, on this machine alone; print the slug of a campaign, and
    the link by which the first campaigner comes in, where nobody has come yet.
    """
    runtime = make_runtime(load_settings(), max_connections=1)
    try:
        try:
            runtime.call_redis(lambda redis: redis.ping())
        except RedisUnavailableError as error:
            message, advice = write_probe.failure_words(error.__cause__ or error)
            raise click.ClickException(f"REDIS_URL: {message}; {advice}") from None
        migrate.upgrade_to_head(runtime.engine)
        found = {"slug": _featured_slug(runtime), "login_link": login_links.first_login_link(runtime)}
    finally:
        runtime.close()
    json.dump(found, sys.stdout)


def _featured_slug(runtime: Runtime) -> str:
    """A campaign to show; "" for none. On a site for the public nobody is asked to sign what nobody answers for."""
    if first := create_and_find.list_campaigns(runtime):
        return first[0].slug
    if not is_loopback(urlsplit(runtime.settings.base_url).hostname or ""):
        return ""
    return create_and_find.create_campaign(runtime, demonstration_campaign(runtime.now())).slug


if __name__ == "__main__":
    run_reporting_failures(first_start)
