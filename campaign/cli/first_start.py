"""First start of a site, a process of `countersign up`: migrates, and finds out what a newcomer should be shown."""

from urllib.parse import urlsplit

import click
from redis.exceptions import RedisError

from campaign.cli.demonstration import demonstration_campaign, demonstration_picture
from campaign.config import is_loopback, load_settings
from campaign.runtime import Runtime, make_runtime
from campaign.services.accounts import login_links
from campaign.services.campaigns import create_and_find
from campaign.store.redis import write_probe


def first_start() -> dict[str, str]:
    """Migrate; create the demonstration campaign in an empty database, on this machine alone; print the slug of a campaign, and
    the link by which the first campaigner comes in, where nobody has come yet.
    """
    runtime = make_runtime(load_settings(), max_connections=1)
    try:
        try:
            runtime.redis.ping()
        except (RedisError, OSError) as error:
            message, advice = write_probe.failure_words(error)
            raise click.ClickException(f"REDIS_URL: {message}; {advice}") from None
        from campaign.store.database import migrate  # noqa: PLC0415 - large, and never needed again

        migrate.upgrade_to_head(runtime.engine)
        return {"slug": _featured_slug(runtime), "login_link": login_links.first_login_link(runtime)}
    finally:
        runtime.close()


def _featured_slug(runtime: Runtime) -> str:
    """A campaign to show; "" for none. On a site for the public nobody is asked to sign what nobody answers for."""
    if first := create_and_find.list_campaigns(runtime):
        return first[0].slug
    if not is_loopback(urlsplit(runtime.settings.base_url).hostname or ""):
        return ""
    return create_and_find.create_campaign(runtime, demonstration_campaign(runtime.now()), demonstration_picture()).slug
