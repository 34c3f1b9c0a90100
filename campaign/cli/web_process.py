"""Entry point of each web process: what the web server imports and calls."""

from flask import Flask

from campaign.app import create_app
from campaign.cli.parent_watch import watch_parent_process
from campaign.config import load_settings, require_secret
from campaign.logs import configure_logging
from campaign.runtime import make_runtime


def create_app_from_environment() -> Flask:
    """The site as the environment says: what the web server calls in each of its processes."""
    watch_parent_process()
    settings = load_settings()
    require_secret(settings)
    configure_logging(settings.log_level)
    return create_app(make_runtime(settings, max_connections=settings.web_threads))
