"""Things to test with, made with one call."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from campaign import campaigning
from campaign.domain.definition import Definition
from campaign.domain.standing import Standing
from campaign.links import VerifyLink
from campaign.runtime import Runtime
from campaign.store.signatures import Submission

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""When every test begins, unless it says otherwise."""


class Now:
    """A clock that moves when it is told to."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **time: float) -> None:
        self.at += timedelta(**time)


def definition(**changes: Any) -> Definition:
    """A campaign open from an hour before START for thirty days."""
    plain: dict[str, Any] = {
        "slug": "save-the-pond",
        "title": "Save the village pond",
        "recipient": "The parish council",
        "ask": "Keep the pond.",
        "background": "It is old.\n\nIt is loved.",
        "opens_at": START - timedelta(hours=1),
        "closes_at": START + timedelta(days=30),
        "goals": (3, 10, 1000),
    }
    return Definition(**{**plain, **changes})


def new_campaign(runtime: Runtime, **changes: Any) -> Standing:
    """A campaign in the store."""
    return campaigning.create(runtime, definition(**changes))


def submission(email: str = "ada@example.org", **changes: Any) -> Submission:
    """What a form has been read as."""
    plain: dict[str, Any] = {
        "name": "Ada Lovelace",
        "email": email,
        "email_key": email.lower(),
        "country": "GB",
        "postcode": "SW1A 1AA",
        "comment": "",
        "public": False,
        "updates": False,
        "updates_wording": "",
        "source": "",
        "browser": "",
    }
    return Submission(**{**plain, **changes})


def link_to(runtime: Runtime, signature_id: int, edition: int = 1) -> VerifyLink:
    """The verification link of a signature; one that fits no row where there is none."""
    with runtime.reading() as connection:
        sql = text("SELECT link_key FROM signatures WHERE id = :id")
        key = connection.execute(sql, {"id": signature_id}).scalar_one_or_none()
    return VerifyLink(signature_id, key or "", edition)
