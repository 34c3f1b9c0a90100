"""Entry point of each web process: what the web server imports and calls."""

import os

from flask import Flask

from campaign.app import create_app
from campaign.cli.forked_process import set_process_name
from campaign.cli.parent_watch import SERVER_PID_VARIABLE, watch_parent_process
from campaign.cli.rsgi_adapter import RsgiAdapter
from campaign.config import load_settings, require_secret
from campaign.domain.site.process_heartbeat import WEB_ROLE
from campaign.logs import configure_role_logging
from campaign.runtime import make_runtime
from campaign.runtime.database import WEB_WAIT_LIMITS
from campaign.services.site.heartbeats import Heartbeat

CONNECTIONS_FOR_CACHED_PAGES = 2
"""Database connections beyond one for each thread that uses the database: what is not in memory is read by few at once."""


def create_app_from_environment() -> Flask:
    """The site as the environment says: a WSGI application for any server."""
    settings = load_settings()
    require_secret(settings)
    configure_role_logging(settings.log_level)
    connections = settings.web_threads + CONNECTIONS_FOR_CACHED_PAGES
    runtime = make_runtime(settings, max_connections=connections, limits=WEB_WAIT_LIMITS)
    Heartbeat(runtime, WEB_ROLE).start()
    return create_app(runtime)


def create_adapter_from_environment() -> RsgiAdapter:
    """The same for the web server that `countersign web` runs, which calls this in each of its processes."""
    set_process_name("web process")
    watch_parent_process(int(os.environ.get(SERVER_PID_VARIABLE, os.getppid())))
    return RsgiAdapter(create_app_from_environment(), load_settings().web_threads)
