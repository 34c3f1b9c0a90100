"""Event request: a POST of a provider, and the ways in which it is refused."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

MAX_EVENT_AGE = timedelta(hours=12)
"""How old a signed event may be: providers try again for hours while we are away. Within it, each is taken in once."""
MAX_CLOCK_SKEW = timedelta(minutes=5)
"""How far in our future one may be."""
MAX_EVENTS_PER_REQUEST = 5_000


class EventRefusedError(Exception):
    """An event that its provider has not sent, or sent long ago. It is answered 403 and changes nothing."""


class EventMalformedError(Exception):
    """Malformed event: none that this provider sends. It is answered 400."""


class EventSourceUnavailableError(Exception):
    """Keys or addresses to judge an event by cannot be fetched now. It is answered 503, and the provider tries again."""


@dataclass(frozen=True, slots=True)
class EventRequest:
    """A POST of a provider."""

    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes
    at: datetime
    """When it came."""

    def json(self) -> Any:
        """The body. Raises EventMalformedError."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise EventMalformedError from None

    def json_object(self) -> dict[str, Any]:
        """The body, where it is an object. Raises EventMalformedError."""
        found = self.json()
        if not isinstance(found, dict):
            raise EventMalformedError
        return found

    def require_fresh(self, seconds: object, oldest: timedelta = MAX_EVENT_AGE) -> None:
        """Refuse what was signed too long ago, or in the future; `seconds` of Unix time. Raises EventRefusedError."""
        try:
            signed_at = datetime.fromtimestamp(float(str(seconds)), UTC)
        except (ValueError, OverflowError, OSError):
            raise EventRefusedError from None
        if not -MAX_CLOCK_SKEW <= self.at - signed_at <= oldest:
            raise EventRefusedError

    def require_password(self, secret: str) -> None:
        """Refuse what does not carry the secret: as the password of basic authentication, whatever the name, or as a bearer
        token. Raises EventRefusedError."""
        scheme, _, value = self.headers.get("authorization", "").partition(" ")
        given = value.strip()
        if scheme.lower() == "basic":
            try:
                given = base64.b64decode(given, validate=True).decode().partition(":")[2]
            except (binascii.Error, ValueError):
                raise EventRefusedError from None
        elif scheme.lower() != "bearer":
            raise EventRefusedError
        if not hmac.compare_digest(given.encode(), secret.encode()):
            raise EventRefusedError


def dig(value: Any, *path: str | int) -> Any:
    """The value under some keys; None where it is not there."""
    for key in path:
        if isinstance(key, int):
            value = value[key] if isinstance(value, list) and len(value) > key else None
        else:
            value = value.get(key) if isinstance(value, dict) else None
    return value


def words(value: Any, *path: str | int) -> str:
    """The text or number under some keys; "" where there is none. It fits UTF-8: JSON can hold half a character."""
    found = dig(value, *path)
    return str(found).encode(errors="replace").decode() if isinstance(found, str | int | float) else ""
