"""Requirements of a process: the settings it cannot begin without."""

from campaign.config.errors import InvalidSettingsError
from campaign.config.settings import Settings


def require_secret(settings: Settings) -> None:
    """Refuse to go on without a secret key. Raises InvalidSettingsError."""
    if not settings.secret_key.get_secret_value():
        raise InvalidSettingsError(
            "SECRET_KEY: is required; `openssl rand -hex 32` makes one, or start with `countersign up`, which keeps its own"
        )


def require_log_key(settings: Settings) -> None:
    """Refuse to keep the count without the key of its log. Raises InvalidSettingsError."""
    if not settings.log_key.get_secret_value():
        raise InvalidSettingsError(
            "LOG_KEY: is required; `openssl rand -hex 32` makes one, once for all machines, or start with `countersign up`, "
            "which keeps its own"
        )


def require_redis(settings: Settings) -> None:
    """Refuse to run one role alone without a Redis to share. Raises InvalidSettingsError."""
    if not settings.redis_url and not settings.own_redis_socket.exists():
        raise InvalidSettingsError("REDIS_URL: is required for a role of its own; `countersign up` starts a Redis of its own")
