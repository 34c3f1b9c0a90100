"""Whether this process lives, and whether it can serve."""

from flask import Blueprint, Response, jsonify

from campaign.runtime import RedisUnavailableError, Runtime
from campaign.store.database import migrate
from campaign.store.database.engine import StoreUnavailableError


def health(runtime: Runtime) -> Blueprint:
    """`GET /healthz` and `GET /readyz`."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return _health_response({"process": "up"}, ready=True)

    @blueprint.get("/readyz")
    def readyz() -> Response:
        """For whoever watches. What decides where visitors go should ask /healthz: signing goes on without Redis."""
        try:
            database = "up" if migrate.is_compatible(runtime.engine) else "needs `countersign migrate`"
        except StoreUnavailableError:
            database = "down"
        try:
            runtime.call_redis(lambda redis: redis.ping())
            copies = "up"
        except RedisUnavailableError:
            copies = "down"
        return _health_response({"database": database, "redis": copies}, ready=database == copies == "up")

    return blueprint


def _health_response(checks: dict[str, str], *, ready: bool) -> Response:
    response = jsonify(checks)
    response.status_code = 200 if ready else 503
    response.headers["Cache-Control"] = "no-store"
    return response
