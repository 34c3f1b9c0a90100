"""Names of the site and of its log, as its settings make them."""

from urllib.parse import urlsplit

from campaign.config.addresses import is_loopback
from campaign.config.settings import Settings
from campaign.domain.mail.sender import readable_host


def site_name(settings: Settings) -> str:
    """Name of the site in its pages and mails: SITE_NAME, else the host people know it by."""
    if settings.site_name:
        return settings.site_name
    host = urlsplit(settings.base_url).hostname or ""
    return "Countersign" if is_loopback(host) else readable_host(host)


def log_origin(settings: Settings) -> str:
    """The name of the public log: the address of its prefix without the scheme."""
    return settings.base_url.partition("://")[2] + "/log"
