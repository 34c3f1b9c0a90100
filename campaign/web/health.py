"""Whether this process lives, and whether it can serve."""

from flask import Blueprint, Response, jsonify

from campaign.runtime import RedisUnavailable, Runtime
from campaign.store import schema
from campaign.store.engine import StoreUnavailable


def health(runtime: Runtime) -> Blueprint:
    """`GET /healthz` and `GET /readyz`."""
    blueprint = Blueprint("health", __name__)
    newest = schema.newest()

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return _answer({"process": "up"}, ready=True)

    @blueprint.get("/readyz")
    def readyz() -> Response:
        """Signing needs the database only; a Redis that is down is told, but does not take the process out of service."""
        try:
            database = "up" if schema.current(runtime.engine) == newest else "needs `countersign migrate`"
        except StoreUnavailable:
            database = "down"
        try:
            runtime.ask_redis(lambda redis: redis.ping())
            copies = "up"
        except RedisUnavailable:
            copies = "down"
        return _answer({"database": database, "redis": copies}, ready=database == "up")

    return blueprint


def _answer(found: dict[str, str], *, ready: bool) -> Response:
    response = jsonify(found)
    response.status_code = 200 if ready else 503
    response.headers["Cache-Control"] = "no-store"
    return response
