"""MAIL_URL: where mail leaves by, as an SMTP server or as the HTTP API of a provider."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlsplit

from campaign.domain.mail.sender import ascii_host

API_PROVIDERS = ("postmark", "mailgun", "sendgrid", "brevo", "resend", "ses")
"""Providers whose HTTP API is spoken, by the scheme of MAIL_URL."""
_SMTP_HOSTS: Mapping[str, str] = {
    r"smtp.*\.postmarkapp\.com": "postmark", r"smtp\.(eu\.)?mailgun\.org": "mailgun", r"smtp\.(eu\.)?sendgrid\.net": "sendgrid",
    r"smtp-relay\.(brevo|sendinblue)\.com": "brevo", r"smtp\.resend\.com": "resend",
    r"email-smtp\..*\.amazonaws\.com": "ses",
}  # fmt: skip
_FORMS: Mapping[str, str] = {
    "mailgun": "mailgun://KEY@DOMAIN, with ?region=eu where the domain is in Europe",
    "ses": "ses://KEY:SECRET@REGION, as in ses://AKIA…:…@eu-west-2",
}
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class MailUrl:
    """A MAIL_URL in its parts."""

    scheme: str
    key: str = field(default="", repr=False)
    """Token or key of an API."""
    secret: str = field(default="", repr=False)
    """Secret access key, of Amazon SES alone."""
    place: str = ""
    """Sending domain of Mailgun, region of Amazon SES."""
    region: str = ""
    """Region of Mailgun: "eu", or "" for the United States."""
    api: str = ""
    """Address of the API where it is not the provider's usual one."""

    @property
    def provider(self) -> str:
        """The provider whose API it names; "" for SMTP."""
        return self.scheme if self.scheme in API_PROVIDERS else ""


@lru_cache(maxsize=64)
def read_mail_url(text: str) -> MailUrl:
    """Read a MAIL_URL. Raises ValueError with words that say what is wrong and name no part of it."""
    scheme, separator, rest = text.partition("://")
    if separator and scheme in API_PROVIDERS:
        return _read_api_url(scheme, rest)
    parts = urlsplit(text)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path not in ("", "/"):
        raise ValueError(
            "must be smtp://user:password@host:port or smtps://…, with ?starttls=1 where it is wanted, "
            f"or one of {', '.join(f'{name}://' for name in API_PROVIDERS)} with its key"
        )
    if parts.query not in ("", "starttls=0", "starttls=1"):
        raise ValueError("takes ?starttls=1 and nothing else after the ?")
    if not unquote(f"{parts.username or ''}{parts.password or ''}").isascii():
        raise ValueError("must have a user and a password in ASCII: SMTP's ways of signing in take no others")
    _ = parts.port  # raises ValueError with its own words for a port that is none
    return MailUrl(parts.scheme)


def event_provider(text: str) -> str:
    """The provider that knows what becomes of mail sent by a MAIL_URL, by API or by its SMTP server; "" for none known."""
    if not text:
        return ""
    if provider := read_mail_url(text).provider:
        return provider
    host = (urlsplit(text).hostname or "").lower()
    return next((name for pattern, name in _SMTP_HOSTS.items() if re.fullmatch(pattern, host)), "")


@dataclass(frozen=True, slots=True)
class BounceUrl:
    """A BOUNCE_URL in its parts."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    tls: bool
    """Without it, for a server on this machine."""


@lru_cache(maxsize=16)
def read_bounce_url(text: str) -> BounceUrl:
    """Read a BOUNCE_URL. Raises ValueError with words that say what is wrong and name no part of it."""
    parts = urlsplit(text)
    tls = parts.scheme == "imaps"
    if not (tls or (parts.scheme == "imap" and parts.hostname in _LOOPBACK_HOSTS)) or not parts.hostname or not parts.username:
        raise ValueError("must be imaps://user:password@host/INBOX")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if parts.query or parts.fragment or any(not " " <= character <= "~" or character in '"\\' for character in folder):
        raise ValueError("must name a folder in ASCII after the host, as in imaps://user:password@host/INBOX")
    port = parts.port or (993 if tls else 143)
    return BounceUrl(parts.hostname, port, unquote(parts.username), unquote(parts.password or ""), folder, tls)


def _read_api_url(scheme: str, rest: str) -> MailUrl:
    # Not by urlsplit: keys hold upper case, and secrets of Amazon slashes.
    whole, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    known = ("api", "region") if scheme == "mailgun" else ("api",)
    if wrong := [name for name in options if name not in known]:
        raise ValueError(f"takes {' and '.join(f'?{name}=' for name in known)} and not {wrong[0]!r} after the ?")
    whole = whole.rstrip("/")
    user, _, place = whole.rpartition("@") if scheme in _FORMS else (whole, "", "")
    key, _, secret = user.partition(":") if scheme == "ses" else (user, "", "")
    found = MailUrl(scheme, unquote(key), unquote(secret), place, options.get("region", ""), options.get("api", "").rstrip("/"))
    form = f"must be {_FORMS.get(scheme, f'{scheme}://KEY')}"
    if not found.key or any(not "!" <= character <= "~" for character in found.key + found.secret):
        raise ValueError(form)
    if scheme == "mailgun" and (not _is_host(place) or found.region not in ("", "us", "eu")):
        raise ValueError(form)
    if scheme == "ses" and (not found.secret or not _REGION.fullmatch(place)):
        raise ValueError(form)
    if found.api:
        address = urlsplit(found.api)
        secure = address.scheme == "https" or (address.scheme == "http" and address.hostname in _LOOPBACK_HOSTS)
        if not secure or not address.hostname or address.query or address.fragment:
            raise ValueError("takes an https:// address after ?api=")
    return found


def _is_host(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", ascii_host(text)))
    except ValueError:
        return False
