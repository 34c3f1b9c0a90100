"""Names of the site and of its log, as its settings make them."""

from functools import lru_cache
from urllib.parse import urlsplit

from campaign.config.addresses import is_loopback
from campaign.config.settings import Settings
from campaign.domain.mail.sender import readable_host


def site_name(settings: Settings) -> str:
    """Name of the site in its pages and mails: SITE_NAME, else the host people know it by."""
    if settings.site_name:
        return settings.site_name
    return _name_by_address(settings.base_url)


@lru_cache(maxsize=16)
def _name_by_address(base_url: str) -> str:
    """Kept, since each mail has it."""
    host = urlsplit(base_url).hostname or ""
    return "Countersign" if is_loopback(host) else readable_host(host)


def log_origin(settings: Settings) -> str:
    """The name of the public log: the address of its prefix without the scheme."""
    return settings.base_url.partition("://")[2] + "/log"
