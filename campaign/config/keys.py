"""Keys and secrets: how long they must be, how hard to guess, and where those made by `countersign up` are kept."""

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from campaign.config.errors import InvalidSettingsError
from campaign.config.files import LOG_KEY_FILE, SECRET_KEY_FILE
from campaign.domain.common.secret_strength import secret_weakness

MIN_WEBHOOK_SECRET_LENGTH = 16
"""Characters; providers' own keys are longer."""
MIN_SECRET_LENGTH = 32
"""Characters; 32 hexadecimal digits are the 128 bits a forged link would have to guess."""
_LOG_KEY = re.compile("[0-9a-fA-F]{64}")


def _split(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _require_length(secret: SecretStr) -> SecretStr:
    if 0 < len(secret.get_secret_value()) < MIN_SECRET_LENGTH:
        raise ValueError(f"must have {MIN_SECRET_LENGTH} characters or more; `openssl rand -hex 32` makes one")
    return secret


def _require_lengths(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    return tuple(map(_require_length, secrets))


def _require_strength(value: SecretStr) -> SecretStr:
    # Not of the fallbacks: what a weak key has signed must open until the last of its links is forgotten.
    if weakness := secret_weakness(value.get_secret_value()):
        raise ValueError(
            f"can be guessed, since it {weakness}; `openssl rand -hex 32` makes one, and SECRET_KEY_FALLBACKS keeps the "
            "links that this one has signed"
        )
    return value


def _require_hexadecimal(value: SecretStr) -> SecretStr:
    if value.get_secret_value() and not _LOG_KEY.fullmatch(value.get_secret_value()):
        raise ValueError("must be 64 hexadecimal digits; `openssl rand -hex 32` makes one")
    return value


def _require_webhook_length(value: SecretStr) -> SecretStr:
    if 0 < len(value.get_secret_value()) < MIN_WEBHOOK_SECRET_LENGTH:
        raise ValueError(f"must have {MIN_WEBHOOK_SECRET_LENGTH} characters or more")
    return value


SecretKey = Annotated[SecretStr, AfterValidator(_require_length), AfterValidator(_require_strength)]
"""SECRET_KEY; empty for none."""
SecretKeys = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split), AfterValidator(_require_lengths)]
"""SECRET_KEY_FALLBACKS, separated by commas. They may be weak: what they have signed must open until it is forgotten."""
LogKey = Annotated[SecretStr, AfterValidator(_require_hexadecimal)]
"""LOG_KEY; empty for none."""
WebhookSecret = Annotated[SecretStr, AfterValidator(_require_webhook_length)]
"""MAIL_WEBHOOK_SECRET; empty for none."""


def kept_secret_key(data_dir: Path) -> SecretStr:
    """SECRET_KEY as `countersign up` has kept it; empty where it has not. Raises InvalidSettingsError where it is damaged."""
    kept = data_dir / SECRET_KEY_FILE
    if not kept.is_file():
        return SecretStr("")
    secret = kept.read_text(errors="replace").strip()
    if len(secret) < MIN_SECRET_LENGTH:
        raise InvalidSettingsError(
            f"SECRET_KEY: the one kept in {kept} is too short; put it back from a copy, or remove the file"
        )
    return SecretStr(secret)


def kept_log_key(data_dir: Path) -> SecretStr:
    """The same for LOG_KEY."""
    kept = data_dir / LOG_KEY_FILE
    if not kept.is_file():
        return SecretStr("")
    secret = kept.read_text(errors="replace").strip()
    if not _LOG_KEY.fullmatch(secret):
        raise InvalidSettingsError(
            f"LOG_KEY: the one kept in {kept} is damaged; put it back from a copy: with a new one, everybody who "
            "watches the count is told that the key has changed"
        )
    return SecretStr(secret)
