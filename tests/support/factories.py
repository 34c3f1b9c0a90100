"""Things to test with, made with one call."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from campaign.domain.campaigns.campaign import Campaign
from campaign.domain.campaigns.definition import CampaignDefinition
from campaign.runtime import Runtime
from campaign.security.tokens import VerificationRef
from campaign.services.campaigns import create_and_find
from campaign.store.campaigns import campaigns
from campaign.store.signatures.signatures import SignFormData

START_TIME = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""When every test begins, unless it says otherwise."""


class ManualClock:
    """A clock that moves when it is told to."""

    def __init__(self, at: datetime = START_TIME) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **time: float) -> None:
        self.at += timedelta(**time)


def definition(**changes: Any) -> CampaignDefinition:
    """A campaign open from an hour before START for thirty days."""
    plain: dict[str, Any] = {
        "slug": "save-the-pond",
        "title": "Save the village pond",
        "recipient": "The parish council",
        "organiser": "Friends of the Pond",
        "ask": "Keep the pond.",
        "background": "It is old.\n\nIt is loved.",
        "opens_at": START_TIME - timedelta(hours=1),
        "closes_at": START_TIME + timedelta(days=30),
        "goals": (3, 10, 1000),
    }
    return CampaignDefinition(**{**plain, **changes})


def new_campaign(runtime: Runtime, **changes: Any) -> Campaign:
    """A campaign in the store."""
    return create_and_find.create_campaign(runtime, definition(**changes))


def stored_campaign(runtime: Runtime, campaign: Campaign) -> Campaign:
    """A campaign as the store has it now."""
    with runtime.reading() as connection:
        return campaigns.get_by_id(connection, campaign.id)


def sign_form_data(email: str = "ada@example.org", **changes: Any) -> SignFormData:
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
        "browser_hash": "",
    }
    return SignFormData(**{**plain, **changes})


def verify_link_of(runtime: Runtime, signature_id: int, edition: int = 1) -> VerificationRef:
    """The verification link of a signature; one that fits no row where there is none."""
    with runtime.reading() as connection:
        sql = text("SELECT link_key FROM signatures WHERE id = :id")
        key = connection.execute(sql, {"id": signature_id}).scalar_one_or_none()
    return VerificationRef(signature_id, key or "", edition)
