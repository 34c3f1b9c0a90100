"""Settings: every environment variable Countersign reads, read once, refused early in one line that names it."""

from campaign.config.addresses import is_loopback
from campaign.config.environment import env_file_text, environment_value
from campaign.config.errors import InvalidSettingsError
from campaign.config.files import ADDRESS_FILE, LOG_KEY_FILE, SECRET_KEY_FILE, TEMPLATES
from campaign.config.names import log_origin, site_name
from campaign.config.requirements import require_log_key, require_redis, require_secret
from campaign.config.settings import Settings, load_settings

__all__ = [
    "ADDRESS_FILE", "LOG_KEY_FILE", "SECRET_KEY_FILE", "TEMPLATES",
    "InvalidSettingsError", "Settings",
    "env_file_text", "environment_value",
    "is_loopback", "load_settings", "log_origin", "require_log_key", "require_redis", "require_secret", "site_name",
]  # fmt: skip
