"""Site's own words: what the operator says about it, on its pages and in its logs."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from campaign.domain.campaigns.colour import read_accent
from campaign.domain.common.email_address import read_email_address
from campaign.domain.common.invalid_input import InvalidInputError

LOGO_SUFFIXES = (".png", ".svg", ".webp")
MAX_LOGO_BYTES = 50_000


def _read_name(value: str) -> str:
    if not value.isprintable():
        raise ValueError("must be one line that can be read")
    return value.strip()


def _read_colour(value: str) -> str:
    try:
        return read_accent(value)
    except InvalidInputError as refused:
        raise ValueError(str(refused)) from None


def _read_contact(value: str) -> str:
    try:
        return read_email_address(value).typed if value else ""
    except InvalidInputError:
        raise ValueError("must be an email address, as in hello@example.org") from None


def _read_fediverse_account(value: str) -> str:
    account = value.strip()
    if account and not re.fullmatch(r"@[A-Za-z0-9_.-]{1,64}@[A-Za-z0-9.-]{1,253}", account):
        raise ValueError("must be an account like @library@mastodon.example")
    return account


def _check_logo(value: Path | None) -> Path | None:
    if value is None:
        return None
    if value.suffix.lower() not in LOGO_SUFFIXES or not value.is_file() or value.stat().st_size > MAX_LOGO_BYTES:
        raise ValueError("must be a PNG, SVG or WebP file of 50 KB at most")
    return value


def _read_level(value: str) -> str:
    if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return value.upper()


SiteName = Annotated[str, AfterValidator(_read_name)]
Colour = Annotated[str, AfterValidator(_read_colour)]
Contact = Annotated[str, AfterValidator(_read_contact)]
FediverseAccount = Annotated[str, AfterValidator(_read_fediverse_account)]
Logo = Annotated[Path | None, AfterValidator(_check_logo)]
LogLevel = Annotated[str, AfterValidator(_read_level)]
