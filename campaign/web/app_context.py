"""Runtime of the current web application: the one that `create_app` was given. And whether a request is for its desk."""

from typing import cast

from flask import Flask, current_app, request

from campaign.runtime import Runtime

_EXTENSION_NAME = "countersign"


def install_runtime(app: Flask, runtime: Runtime) -> None:
    """Store the runtime in the application's extensions, where `runtime()` finds it."""
    app.extensions[_EXTENSION_NAME] = runtime


def runtime() -> Runtime:
    """The runtime of the application that answers the request. Raises RuntimeError outside an application context."""
    return cast(Runtime, current_app.extensions[_EXTENSION_NAME])


def secure_cookies() -> bool:
    """Whether cookies are sent over HTTPS alone: wherever the site's own address says https."""
    return runtime().settings.base_url.startswith("https:")


def is_desk_request() -> bool:
    """Whether this request is for the desk; all else is public."""
    return request.path.startswith("/desk")
