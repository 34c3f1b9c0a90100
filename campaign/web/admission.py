"""Admission of a request: how long its body may be, and which threads answer it. Decided from its head alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any, cast

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect, Rule

from campaign.web.desk.access import ACCESS_TABLE, SESSION_COOKIE, DeskView
from campaign.web.security_headers import BODY_ATTRIBUTE, MAX_BODY_BYTES

ROUTE_KEY = "countersign.route"
"""Key of the WSGI environment: the route of a request and the values in its path, where they were looked for already."""
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_STORE_PREFIXES = ("/desk", "/v/", "/s/", "/u/", "/preview/", "/dev/")
_STORE_SUFFIXES = ("/thanks", "/thanks/friends.json")
"""What is read from the database at every request."""


class Threads(Enum):
    """Pool of threads that answers a request: each kind has its own, so that none waits behind another."""

    HEALTH = "health"
    READINESS = "readiness"
    CACHED = "cached"
    """Pages from memory or from Redis: they never wait for a signer."""
    STORE = "store"
    """What reads or writes the database: signing, verifying, the desk."""


@dataclass(frozen=True, slots=True)
class Admission:
    """Decision about one request."""

    threads: Threads
    max_body_bytes: int
    """Octets; 0 where no body is read."""
    route: tuple[Rule, Mapping[str, Any]] | None = None
    """The route of a form and the values in its path; None where it was not looked for, or there is none."""


_HEALTH = Admission(Threads.HEALTH, 0)
_READINESS = Admission(Threads.READINESS, 0)
_CACHED = Admission(Threads.CACHED, 0)
_STORE = Admission(Threads.STORE, 0)


def admission(app: Flask, method: str, path: str, cookie: str) -> Admission:
    """The decision about a request, from its method, its path and its Cookie header."""
    if method not in _BODY_METHODS:
        match path:
            case "/healthz":
                return _HEALTH
            case "/readyz":
                return _READINESS
        return _STORE if path.startswith(_STORE_PREFIXES) or path.endswith(_STORE_SUFFIXES) else _CACHED
    try:
        # Octets of an address that are no ASCII are decoded by the application.
        route = _routes(app).match(path, method, return_rule=True)
    except RequestRedirect:
        return Admission(Threads.STORE, MAX_BODY_BYTES)
    except HTTPException:
        return Admission(Threads.STORE, 0)
    return Admission(Threads.STORE, _max_body_bytes(app, route[0].endpoint, cookie), route if path.isascii() else None)


@lru_cache(maxsize=8)
def _routes(app: Flask) -> MapAdapter:
    """The routes of an application: a process has one, and asks it for each form."""
    return app.url_map.bind("")


def _max_body_bytes(app: Flask, endpoint: str, cookie: str) -> int:
    """Octets a route takes: more than a form only from a browser with a session."""
    view = cast("DeskView", app.view_functions[endpoint])
    if (taken := getattr(view, BODY_ATTRIBUTE, None)) is not None:
        return int(taken)
    requirement = ACCESS_TABLE.get(view)
    if requirement is None or requirement.max_bytes is None or f"{SESSION_COOKIE}=" not in cookie:
        return MAX_BODY_BYTES
    return requirement.max_bytes
