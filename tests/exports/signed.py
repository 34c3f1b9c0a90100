"""Signatures to export, made with one call."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

AT = datetime(2026, 11, 23, 12, 0, 0, 123_456, tzinfo=UTC)


def signed(**changes: Any) -> SimpleNamespace:
    """A verified signature as the store gives it out, with all that must never leave the house."""
    plain: dict[str, Any] = {
        "id": 77, "name": "Ada Lovelace", "email": "ada@example.org", "email_key": "key@example.org", "postcode": "SW1A 1AA",
        "country": "GB", "comment": "", "public": True, "updates": False, "signed_at": AT,
        "verified_at": AT + timedelta(minutes=3), "source": "", "browser": "browser-hash",
    }  # fmt: skip
    return SimpleNamespace(**{**plain, **changes})
