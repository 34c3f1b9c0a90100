"""Health checks: whether this process lives, and whether it can serve."""

from flask import Blueprint, Response, jsonify

from campaign.runtime import RedisUnavailableError
from campaign.store.database import schema_version
from campaign.store.database.engine import StoreUnavailableError
from campaign.web.app_context import runtime

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def show_liveness() -> Response:
    """Whether this process answers."""
    return _health_response({"process": "up"}, ready=True)


@blueprint.get("/readyz")
def show_readiness() -> Response:
    """Whether the site can do its work, for monitoring. A load balancer should ask /healthz: signing goes on without Redis."""
    try:
        database = "up" if schema_version.is_compatible(runtime().engine) else "needs `countersign migrate`"
    except StoreUnavailableError:
        database = "down"
    try:
        runtime().call_redis(lambda redis: redis.ping())
        copies = "up"
    except RedisUnavailableError:
        copies = "down"
    return _health_response({"database": database, "redis": copies}, ready=database == copies == "up")


def _health_response(checks: dict[str, str], *, ready: bool) -> Response:
    response = jsonify(checks)
    response.status_code = 200 if ready else 503
    response.headers["Cache-Control"] = "no-store"
    return response
