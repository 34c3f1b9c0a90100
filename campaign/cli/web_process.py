"""Entry point of each web process: what the web server imports and calls."""

import os

from flask import Flask

from campaign.app import create_app
from campaign.cli.parent_watch import watch_parent_process
from campaign.config import load_settings, require_secret
from campaign.domain.site.process_heartbeat import WEB_ROLE
from campaign.logs import configure_logging
from campaign.runtime import make_runtime
from campaign.services.site.heartbeats import Heartbeat


def create_app_from_environment() -> Flask:
    """The site as the environment says: what the web server calls in each of its processes."""
    watch_parent_process(os.getppid())
    settings = load_settings()
    require_secret(settings)
    configure_logging(settings.log_level)
    runtime = make_runtime(settings, max_connections=settings.web_threads)
    Heartbeat(runtime, WEB_ROLE).start()
    return create_app(runtime)
