"""Addresses: of the site, its database, its Redis, and of whom it asks."""

import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from campaign.domain.log.note import InvalidNoteError
from campaign.domain.log.witness import read_witnesses
from campaign.domain.mail.sender import ascii_host

_POSTGRES = re.compile(r"postgresql\+psycopg://(?:.*@)?(?:\[[^\]]*\]|[^:/?@]*)(?::\d+)?(?:[/?].*)?")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _read_database_url(value: str) -> str:
    if value and not value.startswith(("postgresql+psycopg://", "postgresql://", "postgres://", "sqlite:///")):
        raise ValueError("must begin with postgresql+psycopg:// (or be unset, for SQLite in DATA_DIR)")
    value = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", value)
    if value.startswith("sqlite") and value.removeprefix("sqlite:///") in ("", ":memory:"):
        raise ValueError("must name a file, as in sqlite:////srv/countersign.sqlite3: all our processes share it")
    if value.startswith("postgresql") and not _POSTGRES.fullmatch(value):
        raise ValueError("must be postgresql+psycopg://user:password@host:port/name")
    return value


def _read_redis_url(value: str) -> str:
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    _ = urlsplit(value).port  # raises ValueError with its own words for a port that is none
    return value


def _read_base_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
        raise ValueError("must be http:// or https:// and a host, as in https://sign.example.org")
    _ = parts.port
    if parts.path.rstrip("/"):
        raise ValueError("must not have a path; give the campaign site a host of its own")
    if parts.hostname and not parts.hostname.isascii():
        # Browsers and mail programs know an international host by its labels in ASCII (IDNA).
        parts = parts._replace(netloc=parts.netloc.lower().replace(parts.hostname, ascii_host(parts.hostname)))
        value = parts.geturl()
    return value.rstrip("/")


def _read_places_url(value: str) -> str:
    if value in ("", "off"):
        return ""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be http:// or https:// and a host, as in https://api.postcodes.io, or off")
    _ = parts.port
    return value.rstrip("/")


def _read_tsa_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.fragment):
        raise ValueError("must be http:// or https:// and a host, as in https://freetsa.org/tsr")
    _ = parts.port
    return value


def _read_witness_list(value: str) -> str:
    try:
        read_witnesses(value)
    except InvalidNoteError as error:
        raise ValueError(str(error)) from None
    return value.strip()


DatabaseUrl = Annotated[str, AfterValidator(_read_database_url)]
RedisUrl = Annotated[str, AfterValidator(_read_redis_url)]
BaseUrl = Annotated[str, AfterValidator(_read_base_url)]
PlacesUrl = Annotated[str, AfterValidator(_read_places_url)]
"""PLACES_URL; empty for `off`."""
TsaUrl = Annotated[str, AfterValidator(_read_tsa_url)]
WitnessList = Annotated[str, AfterValidator(_read_witness_list)]
