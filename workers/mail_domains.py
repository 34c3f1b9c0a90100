"""Mail domains asked of DNS: whether one exists. Only workers ask: a request never waits for a stranger's name server."""

from functools import cache
from typing import TYPE_CHECKING

from email_validator import EmailSyntaxError, EmailUndeliverableError, caching_resolver, validate_email

if TYPE_CHECKING:
    from dns.resolver import Resolver

DNS_TIMEOUT_SECONDS = 3
"""Seconds. A domain that does not answer in time is taken to exist: our network's fault must not lose a signature."""


@cache
def _resolver() -> "Resolver":
    return caching_resolver(timeout=DNS_TIMEOUT_SECONDS)


def domain_takes_mail(email: str) -> bool:
    """False only where DNS says that the domain does not exist or takes no mail (RFC 7505)."""
    try:
        validate_email(email, check_deliverability=True, dns_resolver=_resolver(), strict=True)
    except EmailUndeliverableError:
        return False
    except EmailSyntaxError:
        # One that DNS knows nothing of: at `.test`, taken while mail went to the development mailbox.
        return True
    return True
