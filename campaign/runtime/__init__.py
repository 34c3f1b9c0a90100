"""Everything that touches the world, made once and handed in: database, Redis, queue, secrets, clock and chance."""

from campaign.runtime.job_queue import job_queue
from campaign.runtime.redis_connection import RedisUnavailableError, redis_client
from campaign.runtime.runtime import Runtime, make_runtime

__all__ = ["RedisUnavailableError", "Runtime", "job_queue", "make_runtime", "redis_client"]
