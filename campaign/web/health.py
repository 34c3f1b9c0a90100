"""Health checks: whether this process lives, and whether it can serve."""

import ipaddress

from flask import Blueprint, Response, current_app, jsonify, request

from campaign.services.site.readiness import ReadinessCheck
from campaign.web.app_context import runtime

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def show_liveness() -> Response:
    """Whether this process answers."""
    return _health_response({"process": "up"}, ready=True)


@blueprint.get("/readyz")
def show_readiness() -> Response:
    """Whether the site can do its work, for monitoring. A load balancer should ask /healthz: signing goes on without Redis."""
    check: ReadinessCheck = current_app.extensions.setdefault("readiness", ReadinessCheck(runtime()))
    found = check.result()
    facts = {"database": found.database, "redis": found.redis, "clock": found.clock, "your_address": _address_kind()}
    return _health_response(facts, ready=found.is_ready)


def _address_kind() -> str:
    """What kind of address the caller has, as it arrives here: behind a proxy, `doctor` learns from it whether any does."""
    try:
        address = ipaddress.ip_address((request.remote_addr or "").partition("%")[0])
    except ValueError:
        return "none"
    return "loopback" if address.is_loopback else "private" if address.is_private else "public"


def _health_response(checks: dict[str, str], *, ready: bool) -> Response:
    response = jsonify(checks)
    response.status_code = 200 if ready else 503
    response.headers["Cache-Control"] = "no-store"
    return response
