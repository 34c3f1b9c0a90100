"""Connection to Redis: what an outage costs, and what the log says of it."""

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from structlog.testing import capture_logs

from campaign.runtime import RedisUnavailableError, Runtime
from campaign.runtime.redis_connection import RedisConnection

NO_SERVER = Redis(unix_socket_path="/nowhere/redis.sock", retry=Retry(NoBackoff(), 0))


def test_an_outage_is_logged_once_a_minute_and_its_end_once(runtime: Runtime) -> None:
    seconds = 0.0
    connection = RedisConnection(NO_SERVER, lambda: seconds)

    def ask() -> bool:
        try:
            return bool(connection.call(lambda redis: redis.ping()))
        except RedisUnavailableError:
            return False

    with capture_logs() as logged:
        for _ in range(100):
            seconds += 1.5
            assert not ask()
        connection.client = runtime.redis
        seconds += 1.5
        assert all(ask() for _ in range(3))
    assert [(entry["event"], entry["seconds"]) for entry in logged] == [
        ("Redis is unavailable; going on without it", 0),
        ("Redis is unavailable; going on without it", 60),
        ("Redis is unavailable; going on without it", 120),
        ("Redis answers again", 150),
    ]


def test_a_new_connection_asks_nothing_of_its_own(runtime: Runtime) -> None:
    redis = runtime.redis
    redis.ping()
    redis.config_resetstat()
    redis.connection_pool.disconnect()
    redis.ping()
    asked = {name for name, told in redis.info("commandstats").items() if told["calls"]}
    assert asked <= {"cmdstat_ping", "cmdstat_hello", "cmdstat_config|resetstat", "cmdstat_info"}, asked
