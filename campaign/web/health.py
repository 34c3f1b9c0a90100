"""Whether this process lives, and whether it can serve."""

from flask import Blueprint, Response, jsonify

from campaign.runtime import RedisUnavailable, Runtime
from campaign.store import schema
from campaign.store.engine import StoreUnavailable


def health(runtime: Runtime) -> Blueprint:
    """`GET /healthz` and `GET /readyz`."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return _answer({"process": "up"}, ready=True)

    @blueprint.get("/readyz")
    def readyz() -> Response:
        """For whoever watches. What decides where visitors go should ask /healthz: signing goes on without Redis."""
        try:
            database = "up" if schema.usable(runtime.engine) else "needs `countersign migrate`"
        except StoreUnavailable:
            database = "down"
        try:
            runtime.ask_redis(lambda redis: redis.ping())
            copies = "up"
        except RedisUnavailable:
            copies = "down"
        return _answer({"database": database, "redis": copies}, ready=database == copies == "up")

    return blueprint


def _answer(found: dict[str, str], *, ready: bool) -> Response:
    response = jsonify(found)
    response.status_code = 200 if ready else 503
    response.headers["Cache-Control"] = "no-store"
    return response
